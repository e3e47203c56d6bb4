import { IsIn, IsOptional, ValidateIf } from 'class-validator';
import { DocumentFrame, Filled, lacks, Lines, LinesOrNone, Part, Parts, PartsOrNone } from './blanks.js';
import { LetterFrame, Signature } from './letter-frame.js';
import { ConsultationNames } from './record-data.js';

// Attribution: the decision, the letters that leave together after it, the answer to who asks why (D15 to D19).

/** Remedies and their court, by name: without them the two months would not run (R421-5 CJA). */
export class Remedies {
  /** « tribunal administratif de Strasbourg » */
  @Filled('le tribunal administratif compétent') court!: string;
  @Filled('le siège du tribunal administratif') seat!: string;
}

/** Décision d’attribution (D16). */
export class AwardDecisionData {
  @Part(() => DocumentFrame, 'le cadre du document') frame!: DocumentFrame;
  @Part(() => ConsultationNames, 'la consultation') consultation!: ConsultationNames;
  @Filled('l’acheteur') buyer!: string;
  @Filled('le lieu') place!: string;
  @ValidateIf((data: AwardDecisionData) => data.date !== null) @Filled('la date de la décision') date!: string | null;
  @Filled('l’auteur de la décision') author!: string;
  /** « Vu … » */
  @Lines('les visas') grounds!: string[];
  @Filled('l’attributaire') winner!: string;
  @Filled('le montant hors taxes') amount!: string;
  @Lines('les motifs du choix') reasons!: string[];
  /** Intended winners set aside before (R2144-7). */
  @LinesOrNone('les attributaires pressentis écartés') passed!: string[];
  @Lines('les autres offres') others!: string[];
  @ValidateIf((data: AwardDecisionData) => data.date !== null || data.signature !== null) @Part(() => Signature, 'la signature') signature!: Signature | null;
}

/** Lettre d’information au candidat retenu (D19, NOTI1): not yet a commitment, nothing is executed before the notification. */
export class AwardLetterData {
  @Part(() => LetterFrame, 'le cadre de la lettre') frame!: LetterFrame;
  @Filled('l’intitulé de la consultation') consultation!: string;
  @Filled('la référence') reference!: string;
  @Filled('le montant hors taxes') amount!: string;
  @IsOptional() @Filled('le classement') rank?: string;
  @Filled('la date à partir de laquelle le marché peut être signé') signableFrom!: string;
  @IsOptional() @Filled('la phrase sur le délai de suspension') standstill?: string;
}

export class ComparedNote {
  @Filled('le nom d’un critère') label!: string;
  @Filled('le poids d’un critère') weight!: string;
  @Filled('votre note sur un critère') own!: string;
  @Filled('la note de l’attributaire sur un critère') winner!: string;
  @Filled('votre rang sur un critère') rank!: string;
  /** What the price’s note was computed with, or why this note was given. */
  @Filled('l’appréciation d’un critère') why!: string;
}

export class WinnerFacts {
  @Filled('le nom de l’attributaire') name!: string;
  @Lines('les motifs du choix de l’attributaire') reasons!: string[];
  /** Told to whoever filed a regular offer (R2181-2, R2181-4); never unit prices nor methods (L2132-1). */
  @IsOptional() @Filled('le prix total de l’offre retenue') price?: string;
  @IsOptional() @Lines('les caractéristiques et avantages de l’offre retenue') advantages?: string[];
}

export class Elimination {
  /** « irrégulière » */
  @Filled('la classe de l’offre') className!: string;
  @Filled('l’article appliqué') article!: string;
  @Lines('les motifs de l’élimination') reasons!: string[];
}

/** Lettre de rejet (D17, NOTI3). */
export class RejectionData {
  @Part(() => LetterFrame, 'le cadre de la lettre') frame!: LetterFrame;
  @Filled('l’intitulé de la consultation') consultation!: string;
  @Filled('la référence') reference!: string;
  @IsIn(['ranked', 'compared', 'eliminated'], lacks('le cas du rejet')) kind!: 'ranked' | 'compared' | 'eliminated';
  @ValidateIf((data: RejectionData) => data.kind === 'eliminated') @Part(() => Elimination, 'les motifs de l’élimination') elimination?: Elimination;
  @ValidateIf((data: RejectionData) => data.kind === 'ranked') @Filled('votre rang') rank?: string;
  @ValidateIf((data: RejectionData) => data.kind === 'ranked') @Filled('votre total') total?: string;
  @ValidateIf((data: RejectionData) => data.kind === 'ranked') @Filled('le total de l’attributaire') winnerTotal?: string;
  @ValidateIf((data: RejectionData) => data.kind === 'ranked') @Parts(() => ComparedNote, 'les notes par critère') notes?: ComparedNote[];
  @IsOptional() @LinesOrNone('l’appréciation de votre offre') remarks?: string[];
  @Part(() => WinnerFacts, 'l’attributaire') winner!: WinnerFacts;
  @Filled('la date à partir de laquelle le marché peut être signé') signableFrom!: string;
  @IsOptional() @Filled('la phrase sur le délai de suspension') standstill?: string;
  @Part(() => Remedies, 'les voies et délais de recours') remedies!: Remedies;
}

/** Réponse à une demande de motifs (D18), within fifteen days. */
export class ReasonsData {
  @Part(() => LetterFrame, 'le cadre de la lettre') frame!: LetterFrame;
  @Filled('l’intitulé de la consultation') consultation!: string;
  @Filled('la référence') reference!: string;
  @Filled('la date de la demande') receivedOn!: string;
  @Lines('la réponse') answer!: string[];
  @Filled('le nom de l’attributaire') winner!: string;
  @Part(() => Remedies, 'les voies et délais de recours') remedies!: Remedies;
}

export class ChronologyLine {
  @Filled('la date d’un fait') at!: string;
  @Filled('un fait') what!: string;
  /** « Pièce 4 » */
  @IsOptional() @Filled('le numéro d’une pièce') piece?: string;
}

/** Bordereau of the exhibits for the judge: what happened, in order, and the numbered pieces. */
export class ExhibitsData {
  @Part(() => DocumentFrame, 'le cadre du document') frame!: DocumentFrame;
  @Part(() => ConsultationNames, 'la consultation') consultation!: ConsultationNames;
  @Filled('l’acheteur') buyer!: string;
  @Filled('la date') drawnUpOn!: string;
  @Part(() => Remedies, 'le tribunal administratif compétent') remedies!: Remedies;
  @LinesOrNone('les recours') claims!: string[];
  @Parts(() => ChronologyLine, 'la chronologie') chronology!: ChronologyLine[];
  @PartsOrNone(() => ChronologyLine, 'les pièces') pieces!: ChronologyLine[];
}
