import { Filled, Lines, Part } from './blanks.js';
import { LetterFrame } from './letter-frame.js';

/** Lettre « hors délai » : the late bid is eliminated, with the reasons and the remedies (R2151-5, R2181-1). */
export class LateBidData {
  @Part(() => LetterFrame, 'le cadre de la lettre') frame!: LetterFrame;
  @Filled('l’intitulé de la consultation') consultation!: string;
  @Filled('la référence') reference!: string;
  @Filled('la date et l’heure de réception') receivedAt!: string;
  @Filled('la date limite') deadline!: string;
  /** « 200 millisecondes après la date limite ». */
  @Filled('la durée du retard') lateness!: string;
  @Filled('la phrase sur l’heure légale') zoneSentence!: string;
  @Lines('les motifs') reasons!: string[];
}
