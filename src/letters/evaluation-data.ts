import { IsOptional } from 'class-validator';
import { DocumentFrame, Filled, Lines, LinesOrNone, Part, PartsOrNone } from './blanks.js';
import { ConsultationNames } from './record-data.js';

// Rapport d'analyse des offres (D14): what was announced, what was received, each note with its reasons, the ranking.

export class ReportedCriterion {
  @Filled('le nom d’un critère') label!: string;
  @Filled('le poids d’un critère') weight!: string;
  @Filled('la note maximale d’un critère') max!: string;
}

export class ReportedNote {
  @Filled('le nom d’un critère') label!: string;
  @Filled('une note') note!: string;
  @Filled('des points') points!: string;
  @Filled('la justification d’une note') why!: string;
}

export class ReportedOffer {
  @Filled('l’auteur d’une offre') operator!: string;
  @Filled('la classe d’une offre') className!: string;
  @IsOptional() @Filled('le motif d’une classe') reason?: string;
  @IsOptional() @Filled('le prix d’une offre') price?: string;
  @IsOptional() @Filled('le total d’une offre') total?: string;
  @IsOptional() @Filled('le rang d’une offre') rank?: string;
  @PartsOrNone(() => ReportedNote, 'les notes d’une offre') notes!: ReportedNote[];
}

/** Drawn beside the tables, which say the same: geometry and words, reckoned by whoever writes the report. */
export class ReportChart {
  @Filled('le nom d’un diagramme') id!: string;
  @Filled('le titre d’un diagramme') title!: string;
  @Filled('la description d’un diagramme') desc!: string;
}

export class EvaluationReportData {
  @Part(() => DocumentFrame, 'le cadre du document') frame!: DocumentFrame;
  @Filled('l’acheteur') buyer!: string;
  @Part(() => ConsultationNames, 'la consultation') consultation!: ConsultationNames;
  @Filled('la date de l’analyse') lockedOn!: string;
  @Lines('la règle de choix') rule!: string[];
  @PartsOrNone(() => ReportedCriterion, 'les critères') criteria!: ReportedCriterion[];
  @LinesOrNone('les évaluateurs') evaluators!: string[];
  @PartsOrNone(() => ReportedOffer, 'les offres') offers!: ReportedOffer[];
  @IsOptional() @Part(() => ReportChart, 'le diagramme') chart?: ReportChart;
  @Lines('la conclusion') conclusion!: string[];
}

export class ReportPassage {
  @Filled('le titre d’une partie') title!: string;
  @LinesOrNone('les paragraphes d’une partie') paragraphs!: string[];
  @LinesOrNone('la liste d’une partie') items!: string[];
}

/** Rapport de présentation (D15): what R2184-2 and R2184-3 ask for, and nothing that is not on file. */
export class PresentationReportData {
  @Part(() => DocumentFrame, 'le cadre du document') frame!: DocumentFrame;
  @Filled('l’acheteur') buyer!: string;
  @Part(() => ConsultationNames, 'la consultation') consultation!: ConsultationNames;
  @Filled('la date du rapport') writtenOn!: string;
  @PartsOrNone(() => ReportPassage, 'les parties') passages!: ReportPassage[];
}
