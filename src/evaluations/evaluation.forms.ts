import { ArrayNotEmpty, IsArray, IsIn, IsNotEmpty, MaxLength } from 'class-validator';
import { Many, tooLong } from '../platform/typed.js';
import { cleanText, Trimmed } from '../platform/web.js';
import { BID_CLASSES, type BidClass, type CheckedDocument } from './assessment.js';
import type { Leaf } from './criteria.js';

export class EvaluatorsForm {
  @Many() @IsArray() @ArrayNotEmpty({ message: 'Désignez au moins un évaluateur.' }) evaluators: string[] = [];
}

export class DeclarationForm {
  @Trimmed() @IsIn(['none', 'recused'], { message: 'Choisissez : aucun conflit d’intérêts, ou vous récuser.' }) outcome!: 'none' | 'recused';
  @Trimmed() @MaxLength(1000, tooLong('Motif', 1000)) reason: string = '';
}

export class ClassForm {
  @Trimmed() @IsIn(Object.keys(BID_CLASSES), { message: 'Choisissez une classe.' }) bidClass!: BidClass;
  @Trimmed() @MaxLength(4000, tooLong('Motif', 4000)) reason: string = '';
}

export class TieForm {
  @Many() @IsArray() @ArrayNotEmpty({ message: 'Donnez l’ordre des offres.' }) order: string[] = [];
  @Trimmed() @IsNotEmpty({ message: 'Écrivez la décision qui départage ces offres.' }) @MaxLength(4000, tooLong('Décision', 4000)) reason!: string;
}

export class ChoiceForm {
  @Trimmed() @IsNotEmpty({ message: 'Choisissez l’offre retenue.' }) bidId!: string;
  @Trimmed() @IsNotEmpty({ message: 'Écrivez les raisons du choix.' }) @MaxLength(8000, tooLong('Raisons', 8000)) reasons!: string;
}

export class ReopenForm {
  @Trimmed() @IsNotEmpty({ message: 'Écrivez le motif de la reprise.' }) @MaxLength(2000, tooLong('Motif', 2000)) reason!: string;
}

/** Fields named after what the call announced: documents and criteria are data, so these forms are read by hand. */
const read = (body: unknown, field: string, max: number): string => {
  const value = (Object(body) as Record<string, unknown>)[field];
  return typeof value === 'string' ? cleanText(value).slice(0, max) : '';
};

export interface AssessmentForm {
  price: string;
  advantages: string;
  documents: CheckedDocument[];
  typed: Record<string, unknown>;
}

const STATES = ['present', 'missing', 'incomplete', 'not-needed'] as const;

/** `document-0`, `document-0-note`, … in the order of the expected documents. */
export function assessmentOf(body: unknown, labels: readonly string[]): AssessmentForm {
  return {
    price: read(body, 'price', 40),
    advantages: read(body, 'advantages', 4000),
    documents: labels.map((label, index) => ({ label, state: STATES.find((one) => one === read(body, `document-${index}`, 20)) ?? 'present', note: read(body, `document-${index}-note`, 500) })),
    typed: { ...Object(body) },
  };
}

export interface TypedScore {
  leaf: Leaf;
  note: string;
  justification: string;
}

/** `note-<criterion>`, `why-<criterion>`; a criterion left blank is not scored yet. */
export function scoresOf(body: unknown, leaves: readonly Leaf[]): TypedScore[] {
  return leaves
    .filter((leaf) => leaf.kind === 'quality')
    .map((leaf) => ({ leaf, note: read(body, `note-${leaf.id}`, 20), justification: read(body, `why-${leaf.id}`, 4000) }))
    .filter(({ note, justification }) => note !== '' || justification !== '');
}
