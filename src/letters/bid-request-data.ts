import { Filled, Lines, Part } from './blanks.js';
import { LetterFrame } from './letter-frame.js';

/** Demande à un candidat after the opening (D10 to D13): what is asked, why, until when, and what silence brings. */
export class BidRequestData {
  @Part(() => LetterFrame, 'le cadre de la lettre') frame!: LetterFrame;
  @Filled('l’intitulé de la consultation') consultation!: string;
  @Filled('la référence') reference!: string;
  @Lines('le motif de la demande') reasons!: string[];
  /** « En application de l’article …, je vous demande … : » */
  @Filled('la demande') intro!: string;
  @Lines('ce qui est demandé') items!: string[];
  @Filled('la date de réponse') deadline!: string;
  @Filled('la phrase sur l’heure légale') zoneSentence!: string;
  /** What the answer may not change. */
  @Filled('les limites de la réponse') limits!: string;
  @Filled('les suites d’une absence de réponse') consequence!: string;
  @Filled('l’adresse où répondre') platformUrl!: string;
}
