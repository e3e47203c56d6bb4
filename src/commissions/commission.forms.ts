import { IsArray, IsIn, IsNotEmpty, IsOptional, Matches, MaxLength } from 'class-validator';
import { Many, MONEY, tooLong } from '../platform/typed.js';
import { UPLOADED_KINDS, type UploadedKind } from '../consultations/consultation-parts.js';
import { Trimmed } from '../platform/web.js';

const LONG = 20_000;

/** Fields of a commission, as typed. One item per line; a blank line between two paragraphs. */
export class CommissionForm {
  @Trimmed() @IsNotEmpty({ message: 'Donnez un intitulé à la commande.' }) @MaxLength(200, tooLong('Intitulé', 200)) title!: string;
  @Trimmed() @IsNotEmpty({ message: 'Indiquez l’objet de la lettre.' }) @MaxLength(400, tooLong('Objet', 400)) subject!: string;
  @Trimmed() @IsNotEmpty({ message: 'Dites ce qui est commandé, par exemple « la réalisation du diagnostic ».' }) @MaxLength(400, tooLong('Commande', 400)) purpose!: string;
  @Trimmed() @IsNotEmpty({ message: 'Rédigez le contexte de la commande.' }) @MaxLength(LONG, tooLong('Contexte', LONG)) context!: string;
  @Trimmed() @MaxLength(1000, tooLong('Introduction des phases', 1000)) phasesIntro!: string;
  @Trimmed() @MaxLength(LONG, tooLong('Phases', LONG)) phases!: string;
  @Trimmed() @IsNotEmpty({ message: 'Décrivez l’objet de la commande.' }) @MaxLength(LONG, tooLong('Objet de la commande', LONG)) object!: string;
  @Trimmed() @IsNotEmpty({ message: 'Indiquez au moins un livrable.' }) @MaxLength(LONG, tooLong('Livrables', LONG)) deliverables!: string;
  @Trimmed() @IsNotEmpty({ message: 'Indiquez quand le livrable est attendu.' }) @MaxLength(100, tooLong('Échéance', 100)) deliverableDue!: string;
  @Trimmed() @IsNotEmpty({ message: 'Indiquez au moins un critère de choix.' }) @MaxLength(LONG, tooLong('Critères', LONG)) criteria!: string;
  @Trimmed() @Matches(MONEY, { message: 'Indiquez un montant en euros hors taxes, par exemple 24 000.' }) ceiling!: string;
  @Trimmed() @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, { message: 'Indiquez une date et une heure, par exemple 26/07/2023 à 23:59.' }) deadline!: string;
}

export class AddresseesForm {
  @Trimmed() @MaxLength(200_000, tooLong('Destinataires', 200_000)) addressees!: string;
}

export class ChosenForm {
  @Many() @IsArray() chosen: string[] = [];
}

export class JoinedDocumentForm {
  @Trimmed() @MaxLength(200, tooLong('Titre', 200)) title: string = '';
  @Trimmed() @IsIn([...UPLOADED_KINDS], { message: 'Choisissez la nature du document.' }) kind: UploadedKind = 'annex';
}

export class OpenersForm {
  @Many()
  @IsArray()
  openers: string[] = [];
}

export class EndCommissionForm {
  @Trimmed() @IsIn(['sans-suite', 'infructueuse'], { message: 'Choisissez comment elle se termine.' }) how!: 'sans-suite' | 'infructueuse';
  @Trimmed() @MaxLength(2000, tooLong('Motif', 2000)) reason: string = '';
}

export class CopyForm {
  @Trimmed() @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, { message: 'Indiquez une date et une heure, par exemple 26/07/2023 à 23:59.' }) deadline!: string;
}

export class SignForm {
  @IsIn(['oui'], { message: 'Cochez la case : vous signez ce que vous avez relu.' })
  read!: string;
}

export class ListQuery {
  @IsOptional()
  @Trimmed()
  after?: string;
}

/** « Pertinence de la méthode : 50 % »; without a weight, criteria stand in order of importance. */
export function criterionOf(line: string): { label: string; weight: string } {
  const cut = line.lastIndexOf(':');
  if (cut < 1) return { label: line, weight: 'sans pondération' };
  return { label: line.slice(0, cut).trim(), weight: line.slice(cut + 1).trim() || 'sans pondération' };
}
