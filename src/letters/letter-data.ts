import 'reflect-metadata'; // read by @Type as this file loads, before any of Nest is there
import { plainToInstance, Type } from 'class-transformer';
import { ArrayNotEmpty, IsArray, IsBoolean, IsDefined, IsIn, IsOptional, Matches, ValidateIf, ValidateNested, validateSync, type ValidationError } from 'class-validator';

// What each template of templates/letters/ prints. Dates, amounts and hours arrive already written in French: a letter
// is frozen text, which must not change the day a format or a time zone does.

const together =
  (...decorators: PropertyDecorator[]): PropertyDecorator =>
  (target, key) =>
    decorators.forEach((decorate) => decorate(target, key));

const lacks = (blank: string) => ({ message: `il manque ${blank}` });
const Filled = (blank: string) => Matches(/\S/, lacks(blank));
const Lines = (blank: string) => together(ArrayNotEmpty(lacks(blank)), LinesOrNone(blank));
const LinesOrNone = (blank: string) => together(IsArray(lacks(blank)), Matches(/\S/, { each: true, ...lacks(blank) }));
const Part = (type: () => new () => object, blank: string) => together(Type(type), IsDefined(lacks(blank)), ValidateNested(lacks(blank)));
const PartsOrNone = (type: () => new () => object, blank: string) => together(Type(type), IsArray(lacks(blank)), ValidateNested({ each: true, ...lacks(blank) }));
const Parts = (type: () => new () => object, blank: string) => together(ArrayNotEmpty(lacks(blank)), PartsOrNone(type, blank));

export class Agent {
  @Filled('le nom de l’agent') name!: string;
  @Filled('le téléphone de l’agent') phone!: string;
  @Filled('le courriel de l’agent') email!: string;
}

export class Addressee {
  @IsIn(['single', 'in-fine'], lacks('le mode d’adressage (« single » ou « in-fine »)')) mode!: 'single' | 'in-fine';
  /** Name and address; none for « in-fine ». */
  @ValidateIf((addressee: Addressee) => addressee.mode === 'single') @Lines('le nom et l’adresse du destinataire') lines?: string[];
}

export class Signature {
  /** « Pour la Préfète et par délégation », « la Secrétaire Générale Adjointe ». */
  @Lines('la qualité du signataire (art. L. 212-1 du CRPA)') qualityLines!: string[];
  @Filled('le prénom et le nom du signataire (art. L. 212-1 du CRPA)') name!: string;
}

/** Around every document. The label’s gender and the signatory’s are independent: « PRÉFET » over « La Préfète ». */
export class DocumentFrame {
  @Lines('le libellé du bloc-marque') brandLabel!: string[];
  @Lines('la devise') motto!: string[];
  @Lines('le service') service!: string[];
  @Lines('l’adresse du pied de page') footer!: string[];
  /** « Scénario fictif : aucun de ces dépôts n’a eu lieu ». */
  @IsOptional() @Filled('l’avertissement') notice?: string;
}

export class LetterFrame extends DocumentFrame {
  // The name and the address of the agent in charge are a right (art. L. 111-2 of the CRPA).
  @Part(() => Agent, 'l’agent chargé de l’affaire') caseOfficer!: Agent;
  @Filled('le lieu') place!: string;
  /** Null until signed: the letter then says « Projet ». */
  @ValidateIf((frame: LetterFrame) => frame.date !== null) @Filled('la date de signature') date!: string | null;
  @Lines('le titre de l’auteur') authorTitles!: string[];
  @Part(() => Addressee, 'le destinataire') addressee!: Addressee;
  @Filled('l’objet') subject!: string;
  @LinesOrNone('le nom d’une pièce jointe') attachments!: string[];
  @IsOptional() @Filled('la formule finale') closing?: string;
  /** A draft may leave it null; a dated letter may not. */
  @ValidateIf((frame: LetterFrame) => frame.date !== null || frame.signature !== null) @Part(() => Signature, 'la signature') signature!: Signature | null;
  @ValidateIf((frame: LetterFrame) => frame.addressee?.mode === 'in-fine') @Lines('la liste des destinataires in fine') inFine?: string[];
}

/** How to file a bid. The zone has a sentence of its own (decisions.md 27). */
export class Means {
  @Filled('l’adresse de la plateforme') platformUrl!: string;
  @Filled('la taille admise par fichier') fileLimit!: string;
  @Filled('la taille admise au total') totalLimit!: string;
  @Filled('la phrase sur l’heure légale') zoneSentence!: string;
}

export class Phases {
  @Filled('la phrase d’introduction des phases') intro!: string;
  @Lines('les phases') items!: string[];
}

export class InvitationData {
  @Part(() => LetterFrame, 'le cadre de la lettre') frame!: LetterFrame;
  @Lines('les paragraphes de contexte') paragraphs!: string[];
  @IsOptional() @Part(() => Phases, 'les phases') phases?: Phases;
  /** « la réalisation du diagnostic pré-opérationnel ». */
  @Filled('ce qui est commandé') purpose!: string;
  @Filled('la date limite') deadline!: string;
  @Part(() => Means, 'les moyens de dépôt') means!: Means;
}

export class Milestone {
  @Filled('le nom d’une étape') label!: string;
  @Filled('la date d’une étape') date!: string;
}

export class Criterion {
  @Filled('le nom d’un critère') label!: string;
  @Filled('le poids d’un critère') weight!: string;
}

export class CommissionLetterData {
  @Part(() => LetterFrame, 'le cadre de la lettre') frame!: LetterFrame;
  @Filled('la référence') reference!: string;
  @Lines('l’objet de la commande') object!: string[];
  /** « l’article R. 2122-8 du code de la commande publique »: the threshold moves, so the ground is data. */
  @Filled('le fondement juridique') legalBasis!: string;
  @Lines('les livrables') deliverables!: string[];
  @Parts(() => Milestone, 'le calendrier') schedule!: Milestone[];
  @Filled('le plafond de prix hors taxes') priceCeiling!: string;
  @Filled('le délai d’admission') acceptanceDelay!: string;
  @Filled('le délai de paiement') paymentDelay!: string;
  @Parts(() => Criterion, 'les critères de choix') criteria!: Criterion[];
  @Filled('la date limite') deadline!: string;
  @Part(() => Means, 'les moyens de dépôt') means!: Means;
  @Part(() => Agent, 'le contact') contact!: Agent;
}

export class Passage {
  @Filled('le titre d’une partie') title!: string;
  @LinesOrNone('les paragraphes d’une partie') paragraphs!: string[];
  @LinesOrNone('la liste d’une partie') items!: string[];
}

export class Section extends Passage {
  /** « 1 », « 2 »: written, so that a reference to it in the text cannot slide. */
  @Filled('le numéro d’une partie') number!: string;
  @IsOptional() @PartsOrNone(() => Passage, 'les sous-parties') subsections?: Passage[];
}

export class SpecificationsData {
  @Part(() => DocumentFrame, 'le cadre du document') frame!: DocumentFrame;
  @Filled('le titre') title!: string;
  @IsOptional() @Filled('le sous-titre') subtitle?: string;
  @Filled('la référence') reference!: string;
  @Filled('la version') version!: string;
  @Parts(() => Section, 'les parties') sections!: Section[];
}

export class Operator {
  @Filled('le nom de l’opérateur') name!: string;
  @IsOptional() @Filled('l’identifiant de l’opérateur') identifier?: string;
}

export class ConsultationNames {
  @Filled('la référence de la consultation') reference!: string;
  @Filled('l’intitulé de la consultation') title!: string;
  @Filled('l’objet de la consultation') object!: string;
}

export class FilePart {
  @Filled('la taille d’une partie') size!: string;
  @Filled('l’empreinte d’une partie') sha256!: string;
}

/** The whole file’s hash is unknown when several processes saw its parts (decisions.md 16): the parts prove as much. */
export class FileLine {
  @Filled('le nom d’un fichier') name!: string;
  @Filled('la taille d’un fichier') size!: string;
  @IsOptional() @Filled('l’empreinte d’un fichier') sha256?: string | null;
  @ValidateIf((file: FileLine) => !file.sha256 || file.parts !== undefined)
  @Parts(() => FilePart, 'l’empreinte d’un fichier ou de ses parties')
  parts?: FilePart[];
}

export class Proof {
  @Filled('l’empreinte du pli scellé') sealHash!: string;
  @Filled('l’empreinte du journal') checkpointHash!: string;
  @Filled('la signature Ed25519') signature!: string;
  @Filled('l’empreinte de la clé publique') keyFingerprint!: string;
}

/** Of a consultation’s documents of proof, all of them. */
class Evidence {
  @Part(() => DocumentFrame, 'le cadre du document') frame!: DocumentFrame;
  @Filled('l’acheteur') buyer!: string;
  @Part(() => ConsultationNames, 'la consultation') consultation!: ConsultationNames;
  @Filled('la date limite') deadline!: string;
  @Filled('la version de la date limite') deadlineVersion!: string;
  @Filled('le fuseau horaire') zone!: string;
}

/** The five mentions: operator, buyer, title and object, date and hour, list (arrêté of 22 March 2019, annex 8, art. 2 II). */
export class ReceiptData extends Evidence {
  @Part(() => Operator, 'l’opérateur') operator!: Operator;
  @Filled('la date et l’heure de réception') receivedAt!: string;
  @Filled('la date et l’heure de réception en temps universel') receivedAtUtc!: string;
  @IsBoolean(lacks('le statut : en temps utile ou hors délai')) late!: boolean;
  @Filled('l’identifiant du pli') bidId!: string;
  @IsOptional() @Filled('l’identifiant du pli remplacé') replaces?: string;
  @Parts(() => FileLine, 'la liste des documents') files!: FileLine[];
  @Part(() => Proof, 'les éléments de preuve') proof!: Proof;
}

export class WithdrawalReceiptData extends Evidence {
  @Part(() => Operator, 'l’opérateur') operator!: Operator;
  @Filled('l’identifiant du pli') bidId!: string;
  @Filled('la date et l’heure du dépôt') receivedAt!: string;
  @Filled('la date et l’heure du retrait') withdrawnAt!: string;
  @Filled('la date et l’heure du retrait en temps universel') withdrawnAtUtc!: string;
  /** The bid that takes its place; none for a withdrawal. */
  @IsOptional() @Filled('l’identifiant du nouveau pli') replacedBy?: string;
  @Part(() => Proof, 'les éléments de preuve') proof!: Proof;
}

export class RegisterEntry {
  @Filled('la date et l’heure d’un dépôt') instant!: string;
  @Filled('l’opérateur d’un dépôt') operator!: string;
  /** « en temps utile », « hors délai », « remplacé », « retiré ». */
  @Filled('le statut d’un dépôt') status!: string;
  @Filled('l’empreinte d’un pli') sealHash!: string;
}

export class RegisterData extends Evidence {
  @Filled('la date et l’heure d’établissement') drawnUpAt!: string;
  @PartsOrNone(() => RegisterEntry, 'les dépôts') entries!: RegisterEntry[];
  @Filled('l’empreinte du journal') checkpointHash!: string;
}

export class Opener {
  @Filled('le nom d’un ouvreur') name!: string;
  @Filled('la qualité d’un ouvreur') quality!: string;
  @Filled('la déclaration d’absence de conflit d’intérêts') declaration!: string;
  /** Whom the opener stands in for, and why. */
  @IsOptional() @Filled('le motif du remplacement') replaces?: string;
}

export class OpenedBid {
  @Filled('l’opérateur d’un pli') operator!: string;
  @Filled('l’identifiant d’un pli') bidId!: string;
  @Filled('la date et l’heure de réception d’un pli') receivedAt!: string;
  @Filled('le résultat du contrôle d’un pli') integrity!: string;
  /** None when the bid could not be read: the anomaly says so. */
  @PartsOrNone(() => FileLine, 'les fichiers d’un pli') files!: FileLine[];
}

export class Signatory {
  @Filled('le nom d’un signataire') name!: string;
  @Filled('la qualité d’un signataire') quality!: string;
}

export class MinutesData extends Evidence {
  @Filled('la date et l’heure d’ouverture') openedAt!: string;
  @Filled('la date et l’heure d’ouverture en temps universel') openedAtUtc!: string;
  @Filled('le quorum') quorum!: string;
  @Parts(() => Opener, 'les ouvreurs') openers!: Opener[];
  @PartsOrNone(() => RegisterEntry, 'les dépôts') entries!: RegisterEntry[];
  @PartsOrNone(() => OpenedBid, 'les plis ouverts') bids!: OpenedBid[];
  @Lines('le résultat des contrôles d’intégrité') integrity!: string[];
  @LinesOrNone('les anomalies') anomalies!: string[];
  @Filled('l’empreinte du journal') checkpointHash!: string;
  /** « Fait à Strasbourg, le 27 juillet 2023 ». */
  @Filled('le lieu et la date') done!: string;
  @Parts(() => Signatory, 'les signataires') signatures!: Signatory[];
}

export const LETTER_KINDS = {
  invitation: { template: 'letters/invitation', dataClass: InvitationData, label: 'Lettre d’invitation' },
  'commission-letter': { template: 'letters/commission-letter', dataClass: CommissionLetterData, label: 'Lettre de commande' },
  specifications: { template: 'letters/specifications', dataClass: SpecificationsData, label: 'Cahier des charges' },
  receipt: { template: 'letters/receipt', dataClass: ReceiptData, label: 'Accusé de réception de dépôt' },
  'withdrawal-receipt': { template: 'letters/withdrawal-receipt', dataClass: WithdrawalReceiptData, label: 'Accusé de retrait ou de remplacement' },
  register: { template: 'letters/register', dataClass: RegisterData, label: 'Registre des dépôts' },
  minutes: { template: 'letters/minutes', dataClass: MinutesData, label: 'Procès-verbal d’ouverture des plis' },
} as const;

export type LetterKind = keyof typeof LETTER_KINDS;

/**
 * A letter leaves with every blank filled in, or does not leave. The data is an instance of its class; its parts may be plain.
 * @throws Error with one line per blank
 */
export function checkLetter<T extends object>(data: T): T {
  const whole = plainToInstance(data.constructor as new () => T, data);
  const blanks = validateSync(whole).flatMap((fault) => blanksOf(fault));
  if (blanks.length > 0) throw new Error(`Cette lettre ne peut pas partir :\n- ${[...new Set(blanks)].join('\n- ')}`);
  return whole;
}

function blanksOf({ property, constraints = {}, children = [] }: ValidationError, above = ''): string[] {
  const path = `${above}${property}`;
  return [...Object.values(constraints).map((text) => `${text} (${path})`), ...children.flatMap((child) => blanksOf(child, `${path}.`))];
}
