import { Filled, Lines, Part } from './blanks.js';
import { LetterFrame } from './letter-frame.js';

/** Convocation à la séance d’ouverture. Nothing about bids: neither their number nor their authors are known. */
export class ConvocationData {
  @Part(() => LetterFrame, 'le cadre de la lettre') frame!: LetterFrame;
  @Filled('l’intitulé de la consultation') consultation!: string;
  @Filled('la référence') reference!: string;
  @Filled('la date limite') deadline!: string;
  @Filled('la date et l’heure de la séance') startsAt!: string;
  /** « en salle 204 », « à distance, à l’adresse … ». */
  @Filled('le lieu de la séance') where!: string;
  @Lines('les membres de la séance') members!: string[];
  @Filled('la règle de quorum') quorum!: string;
  @Filled('l’adresse de la page') url!: string;
}
