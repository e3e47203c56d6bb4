import { IsIn, IsInt, IsNotEmpty, Matches, Max, MaxLength, Min, ValidateBy, ValidateIf } from 'class-validator';
import { Type } from 'class-transformer';
import { isSiret } from '../people/registry-numbers.js';
import { IsCalendarDay, MONEY, tooLong } from '../platform/typed.js';
import { Trimmed } from '../platform/web.js';

const LONG = 10_000;
const NO_MONEY = { message: 'Indiquez un montant en euros hors taxes, par exemple 1 250 000.' };
const IsRightSiret = () =>
  ValidateBy({ name: 'siret', validator: { validate: (value: unknown) => typeof value === 'string' && isSiret(value) } }, { message: 'Ce SIRET n’est pas valable : quatorze chiffres, dont la clé ne correspond pas.' });
const Optional = (field: string) => ValidateIf((form: Record<string, unknown>) => form[field] !== '');
/** A field that was not sent at all: what is known stays. Sent empty, it clears. */
const Kept = (field: string) => ValidateIf((form: Record<string, unknown>) => form[field] !== undefined);

export class ProgrammeForm {
  @Trimmed() @Matches(/^[A-Z0-9-]{2,20}$/, { message: 'Un sigle s’écrit en majuscules, par exemple AGIR.' }) code!: string;
  @Trimmed() @IsNotEmpty({ message: 'Donnez le nom du programme.' }) @MaxLength(200, tooLong('Nom', 200)) name!: string;
  @Trimmed() @IsNotEmpty({ message: 'Décrivez l’objectif du programme.' }) @MaxLength(LONG, tooLong('Objectif', LONG)) objective!: string;
  @Trimmed() @IsNotEmpty({ message: 'Dites à qui le programme s’adresse.' }) @MaxLength(LONG, tooLong('Public', LONG)) audience!: string;
  @Trimmed() @MaxLength(LONG, tooLong('Orientation', LONG)) orientation: string = '';
  @Trimmed() @MaxLength(LONG, tooLong('Prestations', LONG)) services: string = '';
  @Trimmed() @MaxLength(LONG, tooLong('Dépenses financées', LONG)) fundedItems: string = '';
  @Trimmed() @Matches(/^\d{0,3}$/, { message: 'Indiquez un nombre de mois.' }) pathMaxMonths: string = '';
  @Trimmed() @Matches(/^\d{0,3}$/, { message: 'Indiquez un nombre de mois.' }) supportMaxMonths: string = '';
}

const FIELDS_OF_LAW = { message: 'Dites sous quelle procédure et quel fondement l’accord-cadre a été passé : cela ne se déduit pas.' };

export class FrameworkForm {
  @Trimmed() @IsNotEmpty({ message: 'Choisissez le programme.' }) programmeId!: string;
  @Trimmed() @IsNotEmpty({ message: 'Donnez la référence de l’accord-cadre.' }) @MaxLength(60, tooLong('Référence', 60)) reference!: string;
  @Trimmed() @IsNotEmpty({ message: 'Donnez un intitulé.' }) @MaxLength(300, tooLong('Intitulé', 300)) title!: string;
  @Trimmed() @IsNotEmpty({ message: 'Nommez l’acheteur.' }) @MaxLength(200, tooLong('Acheteur', 200)) buyerName!: string;
  @Trimmed()
  @IsRightSiret()
  buyerSiret!: string;
  @Trimmed() @IsNotEmpty(FIELDS_OF_LAW) @MaxLength(200, tooLong('Procédure', 200)) procedure!: string;
  @Trimmed() @IsNotEmpty(FIELDS_OF_LAW) @MaxLength(300, tooLong('Fondement', 300)) legalBasis!: string;
  @Trimmed() @IsIn(['withReopeningCompetition', 'withoutReopeningCompetition'], { message: 'Choisissez la méthode.' }) method!: 'withReopeningCompetition' | 'withoutReopeningCompetition';
  @Trimmed() @Matches(/^\d{8}(-\d)?$/, { message: 'Un code CPV a huit chiffres, et parfois un neuvième après un tiret : 85312000-9.' }) cpv!: string;
  @Trimmed() @MaxLength(100, tooLong('CCAG', 100)) ccag: string = '';
  @Trimmed() @IsCalendarDay('Indiquez le jour où la consultation a été publiée, ou laissez vide.', { optional: true }) callPublishedOn: string = '';
  @Trimmed() @MaxLength(500, tooLong('Reconductions', 500)) renewals: string = '';
  @Trimmed() @IsCalendarDay('Indiquez le dernier jour que les reconductions peuvent atteindre, ou laissez vide.', { optional: true }) renewableUntil: string = '';
  /** « Qualité de l’accompagnement : 40 à 60 », one per line. */
  @Trimmed() @IsNotEmpty({ message: 'Indiquez les critères annoncés, avec leur poids ou leur fourchette.' }) @MaxLength(LONG, tooLong('Critères', LONG)) criteria!: string;
  @Trimmed() @MaxLength(LONG, tooLong('Prestations', LONG)) services: string = '';
  @Trimmed() @MaxLength(LONG, tooLong('Formes de prix', LONG)) priceForms: string = '';
  /** « Marché signé : 3 jours ouvrés », one per line; empty: those by default. */
  @Trimmed() @MaxLength(2000, tooLong('Durées', 2000)) durations: string = '';
  @Trimmed() @IsCalendarDay('Indiquez le premier jour de validité.') startsOn!: string;
  @Trimmed() @IsCalendarDay('Indiquez le dernier jour de validité.') endsOn!: string;
  @Trimmed() @MaxLength(2000, tooLong('Justification', 2000)) durationJustification: string = '';
  @Trimmed() previousId: string = '';
  @Trimmed() @MaxLength(200, tooLong('Référence reçue', 200)) sourceReference: string = '';
}

export class RenewForm {
  @Trimmed() @IsCalendarDay('Indiquez le nouveau dernier jour.') until!: string;
  @Trimmed() @IsNotEmpty({ message: 'Donnez la référence de la décision : elle reste au dossier.' }) @MaxLength(200, tooLong('Référence', 200)) reference!: string;
}

export class LotForm {
  @Type(() => Number) @IsInt({ message: 'Indiquez le numéro du lot.' }) @Min(1, { message: 'Un lot est numéroté à partir de 1.' }) @Max(999, { message: 'Un lot est numéroté jusqu’à 999.' }) number!: number;
  @Trimmed() @IsNotEmpty({ message: 'Nommez le lot.' }) @MaxLength(200, tooLong('Nom', 200)) name!: string;
  @Trimmed() @IsNotEmpty({ message: 'Indiquez la région dont la plateforme achète.' }) regionCode!: string;
  /** Codes, separated by blanks or commas. */
  @Trimmed() @MaxLength(2000, tooLong('Départements', 2000)) departments: string = '';
  @Trimmed() @Optional('max') @Matches(MONEY, NO_MONEY) max: string = '';
  @Trimmed() @Optional('min') @Matches(MONEY, NO_MONEY) min: string = '';
  @Trimmed() @Matches(/^\d{0,7}$/, { message: 'Indiquez un nombre entier.' }) maxQuantity: string = '';
  @Trimmed() @Matches(/^\d{0,7}$/, { message: 'Indiquez un nombre entier.' }) minQuantity: string = '';
}

/** What is written of a holder, and corrected afterwards. */
export class HolderContentForm {
  @Trimmed() @IsNotEmpty({ message: 'Donnez le nom du titulaire, ou du mandataire du groupement.' }) @MaxLength(200, tooLong('Nom', 200)) name!: string;
  @Trimmed() @IsIn(['single', 'joint', 'joint-solidary-lead', 'solidary'], { message: 'Choisissez la forme.' }) form!: 'single' | 'joint' | 'joint-solidary-lead' | 'solidary';
  /** Other members of the consortium, « nom ; SIRET ; prestation », one per line. */
  @Trimmed() @MaxLength(2000, tooLong('Membres', 2000)) members: string = '';
  @Trimmed() @IsCalendarDay('Indiquez le jour d’entrée.') enteredOn!: string;
  @Trimmed() @IsCalendarDay('Indiquez le jour de la signature, ou laissez vide.', { optional: true }) signedOn: string = '';
  @Trimmed() @IsCalendarDay('Indiquez le jour de la notification, ou laissez vide.', { optional: true }) notifiedOn: string = '';
  @Trimmed() @MaxLength(1000, tooLong('Capacité', 1000)) capacity: string = '';
  @Trimmed() @MaxLength(200, tooLong('Référence reçue', 200)) sourceReference: string = '';
}

/** A new one: its company, its exit when it is known already, and whose place it takes. */
export class HolderForm extends HolderContentForm {
  @Trimmed() @Optional('siret') @IsRightSiret() siret: string = '';
  @Trimmed() @Matches(/^[^\s@;]+@[^\s@;]+\.[^\s@;]+$/, { message: 'Écrivez l’adresse à laquelle le titulaire recevra ses lettres.' }) email!: string;
  @Trimmed() @IsCalendarDay('Indiquez un jour de sortie, ou laissez vide.', { optional: true }) leftOn: string = '';
  @Trimmed() @MaxLength(1000, tooLong('Motif', 1000)) reason: string = '';
  /** Succession: the holder it takes the place of, and the legal case (R2194-6). */
  @Trimmed() replaces: string = '';
  @Trimmed() @MaxLength(300, tooLong('Fondement', 300)) legalCase: string = '';
}

const LEAVING = ['suspend', 'resume', 'withdraw', 'terminate', 'reinstate'] as const;

export class LeaveForm {
  @Trimmed() @IsIn(LEAVING, { message: 'Choisissez ce qui arrive.' }) move!: (typeof LEAVING)[number];
  @Trimmed() @IsCalendarDay('Indiquez le jour d’effet.') on!: string;
  @Trimmed() @MaxLength(1000, tooLong('Motif', 1000)) reason: string = '';
  @Trimmed() @MaxLength(200, tooLong('Référence reçue', 200)) sourceReference: string = '';
}

export class TargetForm {
  @Trimmed() @Kept('wave') @Matches(/^(\d{4})?$/, { message: 'Une vague est une année, par exemple 2023.' }) wave?: string;
  @Trimmed() @Kept('wording') @MaxLength(100, tooLong('Cible', 100)) wording?: string;
  @Trimmed() @Kept('earliest') @IsCalendarDay('Indiquez une date, ou laissez vide.', { optional: true }) earliest?: string;
  @Trimmed() @Kept('latest') @IsCalendarDay('Indiquez une date, ou laissez vide.', { optional: true }) latest?: string;
  @Trimmed() @Kept('wantedStart') @IsCalendarDay('Indiquez une date, ou laissez vide.', { optional: true }) wantedStart?: string;
  @Trimmed() @MaxLength(1000, tooLong('Motif', 1000)) pulledForward: string = '';
  /** « Rôle ; nom ; contact ; ce qu’il suit », one per line. */
  @Trimmed() @Kept('actors') @MaxLength(LONG, tooLong('Acteurs', LONG)) actors?: string;
}

export class GreenLightForm {
  @Trimmed() @IsIn(['framework', 'lot', 'wave', 'department'], { message: 'Choisissez la portée.' }) scope!: 'framework' | 'lot' | 'wave' | 'department';
  @Trimmed() lotId: string = '';
  @Trimmed() @Matches(/^(\d{4})?$/, { message: 'Une vague est une année, par exemple 2023.' }) wave: string = '';
  @Trimmed() departmentCode: string = '';
  @Trimmed() @IsCalendarDay('Indiquez la date du feu vert.') givenOn!: string;
  @Trimmed() @IsNotEmpty({ message: 'Donnez la référence du feu vert : numéro de la note, du courriel ou de la lettre.' }) @MaxLength(200, tooLong('Référence', 200)) reference!: string;
  @Trimmed() @IsNotEmpty({ message: 'Dites qui le donne.' }) @MaxLength(200, tooLong('Émetteur', 200)) issuer!: string;
  @Trimmed() @MaxLength(4000, tooLong('Conditions', 4000)) conditions: string = '';
}

/** What the ministry corrects of a green light that a region recorded; its scope is another green light. */
export class CorrectForm {
  @Trimmed() @IsCalendarDay('Indiquez la date du feu vert.') givenOn!: string;
  @Trimmed() @IsNotEmpty({ message: 'Donnez la référence du feu vert.' }) @MaxLength(200, tooLong('Référence', 200)) reference!: string;
  @Trimmed() @IsNotEmpty({ message: 'Dites qui le donne.' }) @MaxLength(200, tooLong('Émetteur', 200)) issuer!: string;
  @Trimmed() @MaxLength(4000, tooLong('Conditions', 4000)) conditions: string = '';
}

export class RevokeForm {
  @Trimmed() @IsCalendarDay('Indiquez la date du retrait.') revokedOn!: string;
  @Trimmed() @IsNotEmpty({ message: 'Écrivez le motif : il reste au dossier.' }) @MaxLength(2000, tooLong('Motif', 2000)) reason!: string;
}
