import { IsIn, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { Many, tooLong } from '../platform/typed.js';
import { Trimmed } from '../platform/web.js';
import { UNREADABLE, type UnreadableReason } from './unreadable.js';

const LONG = 4000;

export class PlanForm {
  @Trimmed() @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, { message: 'Indiquez le jour et l’heure de la séance, par exemple 27/07/2023 à 10:00.' }) startsAt!: string;
  @Trimmed() @IsIn(['place', 'visio'], { message: 'Choisissez : sur place, ou à distance.' }) mode!: 'place' | 'visio';
  @Trimmed() @MaxLength(300, tooLong('Lieu', 300)) place: string = '';
  @Trimmed() @MaxLength(500, tooLong('Adresse', 500)) link: string = '';
  @Many() @IsString({ each: true, message: 'Rechargez la page, puis recommencez.' }) substitutes: string[] = [];
  @Trimmed() secretary: string = '';
}

export class ReplaceOpenerForm {
  @Trimmed() @MinLength(1, { message: 'Choisissez la personne remplacée.' }) outgoing!: string;
  @Trimmed() @MinLength(1, { message: 'Choisissez la personne qui la remplace.' }) incoming!: string;
  @Trimmed() @MinLength(15, { message: 'Écrivez le motif du remplacement en une phrase : il figure au procès-verbal.' }) @MaxLength(LONG, tooLong('Motif', LONG)) reason!: string;
}

export class RecuseForm {
  @Trimmed() @MinLength(10, { message: 'Dites en une phrase quel intérêt vous écarte : la récusation figure au procès-verbal.' }) @MaxLength(LONG, tooLong('Déclaration', LONG)) conflict!: string;
}

export class ObservationForm {
  @Trimmed() @MinLength(3, { message: 'Écrivez votre observation.' }) @MaxLength(LONG, tooLong('Observation', LONG)) text!: string;
}

export class UnreadableForm {
  @Trimmed() @IsIn(Object.keys(UNREADABLE), { message: 'Choisissez pourquoi ce pli ne se lit pas.' }) reason!: UnreadableReason;
  @Trimmed() @MinLength(10, { message: 'Dites en une phrase ce qui a été constaté et essayé : le procès-verbal et l’analyse le reprennent.' }) @MaxLength(LONG, tooLong('Constat', LONG)) note!: string;
}

export class QuorumForm {
  @Trimmed() @IsIn(['1', '2', '3', '4', '5'], { message: 'Choisissez de une à cinq personnes.' }) quorum!: string;
}
