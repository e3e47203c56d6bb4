import { ArrayNotEmpty, IsArray, IsIn, IsNotEmpty, Matches, MaxLength, ValidateIf } from 'class-validator';
import { IsCalendarDay, Many, MONEY, tooLong } from '../platform/typed.js';
import { Trimmed } from '../platform/web.js';

const DEADLINE = { message: 'Indiquez une date et une heure, par exemple 26/07/2023 à 12:00.' };
const Quantity = () => Matches(/^\d{0,7}$/, { message: 'Indiquez un nombre entier de personnes.' });

export class PrepareForm {
  @Trimmed() @IsNotEmpty({ message: 'Choisissez l’accord-cadre.' }) frameworkId!: string;
  @Many() @IsArray() @ArrayNotEmpty({ message: 'Cochez au moins un département.' }) departments: string[] = [];
  @Trimmed() @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, DEADLINE) deadline!: string;
  /** Who buys: the platform of the region, or the prefecture of each department. Empty: the one the person works for. */
  @Trimmed() @IsIn(['', 'region', 'department'], { message: 'Choisissez l’acheteur.' }) buyer?: '' | 'region' | 'department' = '';
}

export class ContractForm {
  @Trimmed() @IsNotEmpty({ message: 'Donnez un intitulé.' }) @MaxLength(200, tooLong('Intitulé', 200)) title!: string;
  @Trimmed() @IsNotEmpty({ message: 'Dites ce qui est acheté.' }) @MaxLength(600, tooLong('Objet', 600)) object!: string;
  @Trimmed() @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, DEADLINE) deadline!: string;
  @Trimmed() @ValidateIf((form: ContractForm) => form.budget !== '') @Matches(MONEY, { message: 'Indiquez un montant en euros hors taxes, par exemple 480 000.' }) budget: string = '';
  @Trimmed() @Quantity() minQuantity: string = '';
  @Trimmed() @Quantity() estimatedQuantity: string = '';
  @Trimmed() @Quantity() maxQuantity: string = '';
  /** « Qualité : 60 », one per line. */
  @Trimmed() @IsNotEmpty({ message: 'Indiquez les critères de l’accord-cadre et leurs poids.' }) @MaxLength(4000, tooLong('Critères', 4000)) weights!: string;
  @Trimmed() @Matches(/^[1-9]\d{0,2}$/, { message: 'Indiquez un nombre de jours, par exemple 120.' }) validityDays!: string;
  @Trimmed() @IsCalendarDay('Indiquez le dernier jour des questions, ou laissez vide.', { optional: true }) questionsBefore: string = '';
  /** Who signs; empty: anyone entitled at the buyer's. */
  @Trimmed() @MaxLength(64) signatoryId?: string = '';
  /** Also for the departments prepared with it. */
  @Trimmed() together: string = '';
}

export class OverrideForm {
  @Trimmed() @IsIn(['green-light', 'diagnostic'], { message: 'Choisissez ce à quoi vous dérogez.' }) of!: 'green-light' | 'diagnostic';
  @Trimmed() @MaxLength(4000, tooLong('Raisons', 4000)) reason!: string;
}

export class EndForm {
  @Trimmed() @IsIn(['fail', 'abandon', 'terminate', 'complete'], { message: 'Choisissez comment il se termine.' }) move!: 'fail' | 'abandon' | 'terminate' | 'complete';
  @Trimmed() @MaxLength(2000, tooLong('Motif', 2000)) reason: string = '';
}

export class RelaunchForm {
  @Trimmed() @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, DEADLINE) deadline!: string;
}
