import { IsEmail, IsIn, IsNotEmpty, Matches, MaxLength, ValidateIf } from 'class-validator';
import { IsCalendarDay, tooLong } from '../platform/typed.js';
import { Trimmed } from '../platform/web.js';
import { UPLOADED_KINDS, type UploadedKind } from './consultation-parts.js';
import { CHANNELS, type Channel } from './exchange.js';

const LONG = 8000;

export class AskForm {
  @Trimmed() @IsNotEmpty({ message: 'Écrivez votre question.' }) @MaxLength(LONG, tooLong('Question', LONG)) text!: string;
}

export class RecordQuestionForm {
  @Trimmed() @IsNotEmpty({ message: 'Écrivez la question reçue.' }) @MaxLength(LONG, tooLong('Question', LONG)) text!: string;
  @Trimmed() @IsIn(Object.keys(CHANNELS), { message: 'Dites comment la question est arrivée.' }) channel!: Channel;
  @Trimmed() organisationId: string = '';
  @Trimmed() @IsCalendarDay('Indiquez le jour où elle est arrivée, ou laissez vide pour aujourd’hui.', { optional: true }) receivedOn: string = '';
}

export class AnswerForm {
  @Trimmed() @IsNotEmpty({ message: 'Écrivez la réponse.' }) @MaxLength(LONG, tooLong('Réponse', LONG)) answer!: string;
  /** The question as everybody will read it, when its own words would tell who asks. */
  @Trimmed() @MaxLength(LONG, tooLong('Question publiée', LONG)) publicText: string = '';
}

export class ExtendForm {
  @Trimmed() @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, { message: 'Indiquez une date et une heure, par exemple 28/07/2023 à 12:00.' }) deadline!: string;
  @Trimmed() @IsNotEmpty({ message: 'Écrivez pourquoi la date est reportée : les invités le liront.' }) @MaxLength(LONG, tooLong('Motif', LONG)) reason!: string;
  @Trimmed() @IsCalendarDay('Indiquez le nouveau dernier jour des questions, ou laissez vide.', { optional: true }) questionsBefore: string = '';
}

export class RectifyForm {
  @Trimmed() @IsNotEmpty({ message: 'Écrivez ce qui change.' }) @MaxLength(LONG, tooLong('Changement', LONG)) text!: string;
  @Trimmed() significant: string = '';
}

export class DocumentForm {
  @Trimmed() @MaxLength(200, tooLong('Titre', 200)) title: string = '';
  @Trimmed() replaces: string = '';
  @Trimmed() @IsIn([...UPLOADED_KINDS], { message: 'Choisissez la nature du document.' }) kind: UploadedKind = 'annex';
  @Trimmed() @MaxLength(LONG, tooLong('Différences', LONG)) note: string = '';
  @Trimmed() significant: string = '';
}

export class IntentForm {
  @Trimmed() @IsIn(['yes', 'no'], { message: 'Choisissez une réponse.' }) intent!: 'yes' | 'no';
}

export class ColleagueForm {
  @Trimmed() @IsEmail({}, { message: 'Écrivez une adresse électronique complète.' }) email!: string;
}

export class AddressForm {
  @Trimmed() @IsEmail({}, { message: 'Écrivez une adresse électronique complète.' }) email!: string;
}

export class SettingsForm {
  @Trimmed() @IsCalendarDay('Indiquez le dernier jour des questions, ou laissez vide.', { optional: true }) questionsBefore: string = '';
  @Trimmed() @MaxLength(4000, tooLong('Documents attendus', 4000)) expected: string = '';
  @Trimmed() @IsIn(['souspli', 'place', 'other'], { message: 'Choisissez où se tient la consultation.' }) channel!: 'souspli' | 'place' | 'other';
  @Trimmed() @MaxLength(100, tooLong('Référence', 100)) externalReference: string = '';
  @Trimmed() @ValidateIf((form: SettingsForm) => form.externalLink !== '') @Matches(/^https:\/\/\S+$/, { message: 'Une adresse commence par https://' }) externalLink: string = '';
  @Trimmed() @Matches(/^\d{0,3}$/, { message: 'Indiquez un nombre de minutes.' }) outageMinutes: string = '';
  @Trimmed() @Matches(/^\d{0,3}$/, { message: 'Indiquez un nombre d’heures.' }) outageHours: string = '';
}
