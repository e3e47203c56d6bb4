import { IsIn, IsNotEmpty, Matches, MaxLength, ValidateIf } from 'class-validator';
import { IsSiretOrNothing } from '../people/organisations.forms.js';
import { IsCalendarDay, MONEY, tooLong } from '../platform/typed.js';
import { Trimmed } from '../platform/web.js';
import { AMENDMENT_CASES, type AmendmentCase } from './amendment-rules.js';
import { TERMINATION_GROUNDS, type TerminationGround } from './execution-fact.js';
import type { DeliverableMove } from './order.js';
import { CONTRACT_NUMBER, NUMBER_SENTENCE, PRICE_FORMS, type PriceForm } from './record-rules.js';

const Amount = (message = 'Indiquez un montant positif en euros hors taxes, par exemple 480 000 ou 480 000,50.') => Matches(MONEY, { message });
/** A point or a comma, and a sign: an amendment may take away. */
const SIGNED_MONEY = /^[+\-−]?\s?\d{1,3}([ \u00a0\u202f]?\d{3}){0,3}([.,]\d{1,2})?$/;
const Quantity = () => Matches(/^\d{0,7}$/, { message: 'Indiquez un nombre entier de personnes, ou laissez vide.' });
const Months = (message: string) => Matches(/^([1-9]\d{0,2})$/, { message });

export class RecordForm {
  @Trimmed() @Matches(CONTRACT_NUMBER, { message: NUMBER_SENTENCE }) number!: string;
  /** Of a declared contract; otherwise the winner's. */
  @Trimmed() @MaxLength(200, tooLong('Titulaire', 200)) contractorName: string = '';
  @Trimmed() @IsSiretOrNothing() contractorSiret: string = '';
  @Trimmed() @IsIn(Object.keys(PRICE_FORMS), { message: 'Choisissez la forme du prix.' }) priceForm!: PriceForm;
  @Trimmed() @Amount() amount!: string;
  @Trimmed() @Quantity() minQuantity: string = '';
  @Trimmed() @Quantity() estimatedQuantity: string = '';
  @Trimmed() @Quantity() maxQuantity: string = '';
  @Trimmed() @Months('Indiquez la durée en mois entiers, par exemple 24.') durationMonths!: string;
  @Trimmed() @IsCalendarDay('Indiquez le premier jour, ou laissez vide : il est alors celui de la réception.', { optional: true }) startsOn: string = '';
  @Trimmed() @Matches(/^\d{0,2}$/, { message: 'Indiquez un nombre de reconductions, 0 s’il n’y en a pas.' }) renewals: string = '';
  @Trimmed() @Matches(/^\d{0,2}$/, { message: 'Indiquez la durée d’une reconduction, en mois.' }) renewalMonths: string = '';
  @Trimmed() @MaxLength(60, tooLong('Ligne budgétaire', 60)) budgetLine: string = '';
  @Trimmed() @Matches(/^[A-Za-z0-9-]{0,20}$/, { message: 'Le numéro d’engagement juridique a des chiffres et des lettres, 20 au plus.' }) commitmentNumber: string = '';
  @Trimmed() visaRequired: string = '';
  @Trimmed() @MaxLength(60, tooLong('Référence du visa', 60)) visaReference: string = '';
  @Trimmed() @IsCalendarDay('Indiquez le jour du visa, ou laissez vide.', { optional: true }) visaOn: string = '';
  @Trimmed() sme: string = '';
  @Trimmed() advanceRefused: string = '';
  @Trimmed() @Matches(/^(\d{0,2}|100)$/, { message: 'Indiquez un taux en pour cent, entier, ou laissez vide pour le taux dû.' }) advancePercent: string = '';
}

export class HolderSignatureForm {
  @Trimmed() @IsNotEmpty({ message: 'Indiquez qui a signé pour le titulaire.' }) @MaxLength(200, tooLong('Signataire', 200)) holderSignatory!: string;
  @Trimmed() @IsCalendarDay('Indiquez le jour de la signature du titulaire.') holderSignedOn!: string;
}

export class NotificationForm {
  @Trimmed() @IsCalendarDay('Indiquez le jour de l’envoi au titulaire.') notifiedOn!: string;
  @Trimmed() @IsCalendarDay('Indiquez le jour de la réception : le marché prend effet ce jour-là (art. R. 2182-5).') receivedOn!: string;
}

export class SubContractorForm {
  @Trimmed() @IsNotEmpty({ message: 'Indiquez le nom du sous-traitant.' }) @MaxLength(200, tooLong('Nom', 200)) name!: string;
  @Trimmed() @IsSiretOrNothing() siret: string = '';
  @Trimmed() @IsNotEmpty({ message: 'Dites ce qui est sous-traité.' }) @MaxLength(1000, tooLong('Prestations', 1000)) services!: string;
  @Trimmed() @Amount() amount!: string;
  @Trimmed() @Amount('Indiquez le montant toutes taxes comprises : il décide du paiement direct (art. R. 2193-10).') withVat!: string;
  @Trimmed() @IsCalendarDay('Indiquez le jour de réception de la demande complète : le délai de 21 jours en part (art. R. 2193-4).') receivedOn!: string;
}

export class DecisionForm {
  @Trimmed() @IsIn(['accept', 'refuse'], { message: 'Choisissez : accepté, ou refusé.' }) outcome!: 'accept' | 'refuse';
  @Trimmed() @MaxLength(2000, tooLong('Motif', 2000)) reason: string = '';
}

export class OrderForm {
  @Trimmed() @IsNotEmpty({ message: 'Dites ce qui est commandé.' }) @MaxLength(1000, tooLong('Objet', 1000)) object!: string;
  @Trimmed() @Quantity() quantity: string = '';
  @Trimmed() @Amount() amount!: string;
  @Trimmed() @IsCalendarDay('Indiquez la date d’exécution, ou laissez vide.', { optional: true }) dueOn: string = '';
}

export class ReasonForm {
  @Trimmed() @MaxLength(2000, tooLong('Motif', 2000)) reason: string = '';
}

export class DeliverableForm {
  @Trimmed() @IsNotEmpty({ message: 'Donnez un titre au livrable.' }) @MaxLength(300, tooLong('Titre', 300)) title!: string;
  @Trimmed() @IsCalendarDay('Indiquez la date attendue, ou laissez vide.', { optional: true }) dueOn: string = '';
  @Trimmed() @MaxLength(64) orderId: string = '';
}

export class DeliverableMoveForm {
  @Trimmed() @IsIn(['receive', 'admit', 'adjourn', 'reject'], { message: 'Choisissez la décision.' }) move!: DeliverableMove;
  @Trimmed() @IsCalendarDay('Indiquez le jour.') on!: string;
  @Trimmed() @MaxLength(2000, tooLong('Motif', 2000)) reason: string = '';
}

/** A dated fact with its amount and its reason. */
export class FactForm {
  @Trimmed() @IsCalendarDay('Indiquez le jour.') on!: string;
  @Trimmed() @ValidateIf((form: FactForm) => form.amount !== '') @Amount() amount: string = '';
  @Trimmed() @IsNotEmpty({ message: 'Écrivez le motif, en une phrase.' }) @MaxLength(2000, tooLong('Motif', 2000)) reason!: string;
  @Trimmed() @MaxLength(64) aboutId: string = '';
}

export class RenewalForm {
  @Trimmed() @IsIn(['renew', 'stop'], { message: 'Choisissez : reconduire, ou ne pas reconduire.' }) move!: 'renew' | 'stop';
  @Trimmed() @IsNotEmpty({ message: 'Écrivez le motif, en une phrase.' }) @MaxLength(2000, tooLong('Motif', 2000)) reason!: string;
  @Trimmed() @MaxLength(2000, tooLong('Analyse', 2000)) frameworkAnalysis: string = '';
}

export class TerminationForm {
  @Trimmed() @IsIn(Object.keys(TERMINATION_GROUNDS), { message: 'Choisissez le fondement de la résiliation.' }) ground!: TerminationGround;
  @Trimmed() @IsCalendarDay('Indiquez le jour d’effet.') on!: string;
  @Trimmed() @ValidateIf((form: TerminationForm) => form.amount !== '') @Amount() amount: string = '';
  @Trimmed() @IsNotEmpty({ message: 'Écrivez le motif de la résiliation : le titulaire le lira.' }) @MaxLength(2000, tooLong('Motif', 2000)) reason!: string;
}

export class AmendmentForm {
  @Trimmed() @IsIn(Object.keys(AMENDMENT_CASES), { message: 'Choisissez le cas de modification (art. R. 2194-1 à R. 2194-8).' }) legalCase!: AmendmentCase;
  @Trimmed() @IsNotEmpty({ message: 'Dites ce qui change.' }) @MaxLength(1000, tooLong('Objet', 1000)) object!: string;
  @Trimmed() @ValidateIf((form: AmendmentForm) => form.delta !== '') @Matches(SIGNED_MONEY, { message: 'Indiquez la variation en euros hors taxes, par exemple 12 000,50 ou -3 000.' }) delta: string = '';
  @Trimmed() @IsCalendarDay('Indiquez la nouvelle fin, ou laissez vide.', { optional: true }) endsOn: string = '';
  @Trimmed() @IsNotEmpty({ message: 'Écrivez en quoi les conditions du cas choisi sont remplies : la justification est obligatoire.' }) @MaxLength(4000, tooLong('Justification', 4000)) justification!: string;
  @Trimmed() @MaxLength(4000, tooLong('Analyse', 4000)) frameworkAnalysis: string = '';
  @Trimmed() @MaxLength(200, tooLong('Nouveau titulaire', 200)) newContractor: string = '';
  @Trimmed() @IsIn(['oui', 'non'], { message: 'Dites si la nature globale du marché change (art. L. 2194-1).' }) changesNature!: 'oui' | 'non';
}

export class ReceptionForm {
  @Trimmed() @IsCalendarDay('Indiquez le jour de la réception par le titulaire.') receivedOn!: string;
}
