import { IsBoolean, IsOptional } from 'class-validator';
import { DocumentFrame, Filled, lacks, Lines, LinesOrNone, Part, Parts, PartsOrNone } from './blanks.js';
import { BidRequestData } from './bid-request-data.js';
import { ConvocationData } from './convocation-data.js';
import { AwardDecisionData, AwardLetterData, ExhibitsData, ReasonsData, RejectionData } from './award-data.js';
import { EvaluationReportData, PresentationReportData } from './evaluation-data.js';
import { LateBidData } from './late-bid-data.js';
import { Agent, LetterFrame } from './letter-frame.js';
import { AttestationData, DeliveryReceiptData, MinutesData, ReceiptData, RegisterData, WithdrawalReceiptData } from './record-data.js';

export { checkLetter, DocumentFrame } from './blanks.js';
export { BidRequestData } from './bid-request-data.js';
export { LateBidData } from './late-bid-data.js';
export { Addressee, Agent, LetterFrame, Signature } from './letter-frame.js';
export { AttestationData, DeliveryReceiptData, MinutesData, ReceiptData, RegisterData, WithdrawalReceiptData } from './record-data.js';

// What each template of templates/letters/ prints. Dates, amounts and hours arrive already written in French: a letter
// is frozen text, which must not change the day a format or a time zone does.

/** How to file a bid. The zone has a sentence of its own (decisions.md 27). */
export class Means {
  /** Where bids are deposited and within which sizes: here, or on the platform that holds the call. */
  @Filled('la phrase sur le dépôt') depositSentence!: string;
  /** Sealed and acknowledged here; what another platform does is its own. */
  @IsBoolean(lacks('le lieu du dépôt')) here!: boolean;
  /** The automatic rule that the launch announces. */
  @IsOptional() @Filled('la règle de report automatique') outageSentence?: string;
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
  @LinesOrNone('le nom d’un document attendu') expected!: string[];
  @IsOptional() @Filled('la date limite des questions') questionsBefore?: string;
  @Filled('la date limite') deadline!: string;
  @Part(() => Means, 'les moyens de dépôt') means!: Means;
  /** Other means than electronic ones, one bid each: announced in the documents (R2132-13, R2142-21). */
  @IsOptional() @LinesOrNone('les règles de remise') rules?: string[];
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
  /** A table of contents, for documents of several pages. */
  @IsOptional() contents?: boolean;
}

export class PublishedAnswer {
  @Filled('le numéro d’une question') number!: string;
  @Filled('une question') question!: string;
  @Filled('une réponse') answer!: string;
  @Filled('la date d’une réponse') date!: string;
}

/** Avis rectificatif, lettre de report (D4), déclaration sans suite (D22): what changes, and what becomes of bids already filed. */
export class NoticeData {
  @Part(() => LetterFrame, 'le cadre de la lettre') frame!: LetterFrame;
  @Filled('la consultation') consultation!: string;
  @Filled('la référence') reference!: string;
  @Lines('ce qui change') paragraphs!: string[];
  /** Published with it, without their authors. */
  @PartsOrNone(() => PublishedAnswer, 'les réponses') answers!: PublishedAnswer[];
  @IsOptional() @Filled('l’ancienne date limite') oldDeadline?: string;
  @IsOptional() @Filled('la nouvelle date limite') newDeadline?: string;
  @IsOptional() @Filled('la phrase sur l’heure légale') zoneSentence?: string;
  @Filled('l’effet sur les plis déjà déposés') effect!: string;
  /** Of a decision that may be contested. */
  @IsOptional() @Filled('les voies et délais de recours') remedies?: string;
}

/** Réponses aux questions (D5): without their authors. */
export class AnswersData {
  @Part(() => DocumentFrame, 'le cadre du document') frame!: DocumentFrame;
  @Filled('la consultation') consultation!: string;
  @Filled('la référence') reference!: string;
  @Parts(() => PublishedAnswer, 'les réponses') answers!: PublishedAnswer[];
}

/** Feu vert: the national level lets subsequent contracts be launched (D23). */
export class GreenLightData {
  @Part(() => LetterFrame, 'le cadre de la lettre') frame!: LetterFrame;
  /** « l’accord-cadre « … » (référence …) » */
  @Filled('l’accord-cadre') framework!: string;
  /** « du lot 6, Grand Est » */
  @Filled('la portée') scope!: string;
  @Filled('la date du feu vert') givenOn!: string;
  @Filled('la référence') reference!: string;
  @LinesOrNone('les conditions') conditions!: string[];
}

/** Lettre de consultation: puts the holders of a lot back in competition (D24, art. R. 2162-10). */
export class ConsultationLetterData {
  @Part(() => LetterFrame, 'le cadre de la lettre') frame!: LetterFrame;
  @Filled('la référence de la consultation') reference!: string;
  @Filled('l’accord-cadre') framework!: string;
  /** One active holder in the lot: it completes its offer (art. R. 2162-9), nobody is put back in competition. */
  @IsOptional() single?: boolean;
  @Filled('l’objet du marché subséquent') object!: string;
  /** What the programme is, and for whom: quoted from its sheet. */
  @Lines('la présentation du programme') programme!: string[];
  @Filled('le lieu d’exécution') place!: string;
  @LinesOrNone('les volumes') volumes!: string[];
  /** The study reached every competitor (art. R. 2111-2), or why not. */
  @Filled('ce qui est dit du diagnostic') diagnostic!: string;
  @Parts(() => Criterion, 'les critères') criteria!: Criterion[];
  @LinesOrNone('le nom d’un document attendu') expected!: string[];
  @Filled('la date limite') deadline!: string;
  @Filled('la durée de validité des offres') validity!: string;
  @Filled('la date limite des questions') questionsBefore!: string;
  @Part(() => Means, 'les moyens de dépôt') means!: Means;
  @IsOptional() @LinesOrNone('les règles de remise') rules?: string[];
}

export const LETTER_KINDS = {
  invitation: { template: 'letters/invitation', dataClass: InvitationData, label: 'Lettre d’invitation' },
  'commission-letter': { template: 'letters/commission-letter', dataClass: CommissionLetterData, label: 'Lettre de commande' },
  'green-light': { template: 'letters/green-light', dataClass: GreenLightData, label: 'Feu vert' },
  'consultation-letter': { template: 'letters/consultation-letter', dataClass: ConsultationLetterData, label: 'Lettre de consultation' },
  convocation: { template: 'letters/convocation', dataClass: ConvocationData, label: 'Convocation à l’ouverture des plis' },
  'late-bid': { template: 'letters/late-bid', dataClass: LateBidData, label: 'Lettre « hors délai »' },
  'bid-request': { template: 'letters/bid-request', dataClass: BidRequestData, label: 'Demande à un candidat' },
  notice: { template: 'letters/notice', dataClass: NoticeData, label: 'Avis rectificatif' },
  'no-award': { template: 'letters/notice', dataClass: NoticeData, label: 'Déclaration sans suite ou d’infructuosité' },
  answers: { template: 'letters/answers', dataClass: AnswersData, label: 'Réponses aux questions' },
  specifications: { template: 'letters/specifications', dataClass: SpecificationsData, label: 'Cahier des charges' },
  receipt: { template: 'letters/receipt', dataClass: ReceiptData, label: 'Accusé de réception de dépôt' },
  'withdrawal-receipt': { template: 'letters/withdrawal-receipt', dataClass: WithdrawalReceiptData, label: 'Accusé de retrait ou de remplacement' },
  'delivery-receipt': { template: 'letters/delivery-receipt', dataClass: DeliveryReceiptData, label: 'Récépissé d’une enveloppe remise' },
  register: { template: 'letters/register', dataClass: RegisterData, label: 'Registre des dépôts' },
  'evaluation-report': { template: 'letters/evaluation-report', dataClass: EvaluationReportData, label: 'Rapport d’analyse des offres' },
  'award-decision': { template: 'letters/award-decision', dataClass: AwardDecisionData, label: 'Décision d’attribution' },
  'award-letter': { template: 'letters/award-letter', dataClass: AwardLetterData, label: 'Lettre au candidat retenu' },
  rejection: { template: 'letters/rejection', dataClass: RejectionData, label: 'Lettre de rejet' },
  reasons: { template: 'letters/reasons', dataClass: ReasonsData, label: 'Réponse à une demande de motifs' },
  exhibits: { template: 'letters/exhibits', dataClass: ExhibitsData, label: 'Bordereau des pièces et chronologie' },
  'presentation-report': { template: 'letters/presentation-report', dataClass: PresentationReportData, label: 'Rapport de présentation' },
  minutes: { template: 'letters/minutes', dataClass: MinutesData, label: 'Procès-verbal d’ouverture des plis' },
  attestation: { template: 'letters/attestation', dataClass: AttestationData, label: 'Attestation de fonctionnement' },
} as const;

export type LetterKind = keyof typeof LETTER_KINDS;
