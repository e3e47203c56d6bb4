import { IsArray, IsIn, IsNotEmpty, MaxLength } from 'class-validator';
import { IsCalendarDay, Many, tooLong } from '../platform/typed.js';
import { Trimmed } from '../platform/web.js';
import type { Day } from '../platform/working-days.js';
import { PASS_GROUNDS, type PassGround } from './award.js';
import { CERTIFICATES, type CertificateKind } from './certificate.js';
import { OUTCOMES, REMEDIES, type RemedyKind, type RemedyOutcome, type Step, STEPS } from './remedy.js';

const WHY = { message: 'Écrivez le motif : il reste au dossier.' };
const LONG = 6000;

export class AskForm {
  @Many() @IsArray() @IsIn(Object.keys(CERTIFICATES), { each: true, message: 'Choisissez les pièces dans la liste.' }) certificates: CertificateKind[] = [];
  @Trimmed() @IsCalendarDay('Indiquez la date limite d’envoi des pièces.', { optional: true }) due: Day = '';
  /** Nothing is asked: the buyer holds or obtains them (R2143-13, -14). */
  @Trimmed() @MaxLength(LONG, tooLong('Motif', LONG)) held: string = '';
}

export class CheckForm {
  @Trimmed() @IsIn(['accepted', 'refused'], { message: 'Acceptez ou refusez cette pièce.' }) outcome!: 'accepted' | 'refused';
  @Trimmed() @IsCalendarDay('Écrivez une date, par exemple 31/12/2023.', { optional: true }) expiresOn: Day = '';
  @Trimmed() @MaxLength(2000, tooLong('Motif', 2000)) note: string = '';
}

export class PassForm {
  @Trimmed() @IsIn(Object.keys(PASS_GROUNDS), { message: 'Choisissez pourquoi cet attributaire pressenti est écarté.' }) ground!: PassGround;
  @Trimmed() @IsNotEmpty(WHY) @MaxLength(LONG, tooLong('Motif', LONG)) reason!: string;
  /** Of a comparison, which has no rank to follow: whom to propose now, and why. */
  @Trimmed() bidId: string = '';
  @Trimmed() @MaxLength(LONG, tooLong('Raisons', LONG)) reasons: string = '';
}

export class WhyForm {
  @Trimmed() @IsNotEmpty(WHY) @MaxLength(LONG, tooLong('Motif', LONG)) reason!: string;
}

export class ReverseForm extends WhyForm {
  @Trimmed() @IsIn(Object.keys(STEPS), { message: 'Dites à quelle étape la procédure reprend.' }) backTo!: Step;
}

export class InformForm {
  /** « Une lettre au moins part par la poste » : sixteen days instead of eleven. */
  @Trimmed() @IsIn(['', 'oui'], { message: 'Cochez, ou laissez vide.' }) byPost: '' | 'oui' = '';
  @Trimmed() @IsIn(['', 'oui'], { message: 'Cochez, ou laissez vide.' }) waive: '' | 'oui' = '';
  @Trimmed() @MaxLength(LONG, tooLong('Motif', LONG)) waiver: string = '';
}

export class RemedyForm {
  @Trimmed() @IsIn(Object.keys(REMEDIES), { message: 'Choisissez le recours.' }) kind!: RemedyKind;
  @Trimmed() @IsNotEmpty({ message: 'Indiquez la juridiction.' }) @MaxLength(200, tooLong('Juridiction', 200)) court!: string;
  @Trimmed() @IsNotEmpty({ message: 'Indiquez le numéro de la requête.' }) @MaxLength(60, tooLong('Numéro', 60)) number!: string;
  @Trimmed() @IsNotEmpty({ message: 'Indiquez qui a formé le recours.' }) @MaxLength(200, tooLong('Requérant', 200)) applicant!: string;
  @Trimmed() @IsCalendarDay('Indiquez la date de la requête.') filedOn!: Day;
}

export class OutcomeForm {
  @Trimmed() @IsIn(Object.keys(OUTCOMES), { message: 'Choisissez l’issue du recours.' }) outcome!: RemedyOutcome;
  @Trimmed() @IsCalendarDay('Indiquez la date de la décision.') on!: Day;
  @Trimmed() @MaxLength(LONG, tooLong('Décision', LONG)) ruling: string = '';
  @Trimmed() @IsIn(['', ...Object.keys(STEPS)], { message: 'Choisissez l’étape, ou aucune.' }) sentBackTo: Step | '' = '';
}

export class RequestForm {
  @Trimmed() @MaxLength(LONG, tooLong('Demande', LONG)) text: string = '';
}

/** Received by letter or by mail, and recorded by the officer for the organisation. */
export class RecordedRequestForm extends RequestForm {
  @Trimmed() @IsNotEmpty({ message: 'Choisissez qui demande les motifs.' }) organisationId!: string;
}

export class AnswerForm {
  @Trimmed() @IsNotEmpty({ message: 'Écrivez la réponse.' }) @MaxLength(LONG, tooLong('Réponse', LONG)) answer!: string;
}
