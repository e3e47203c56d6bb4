import type { Consultation } from '../consultations/consultation.js';
import type { EvaluationReportData } from '../letters/evaluation-data.js';
import type { Authority } from '../people/people.js';
import { frenchDay } from '../platform/dates.js';
import type { Cell } from '../platform/spreadsheet.js';
import { inEuros } from '../platform/typed.js';
import { BID_CLASSES } from './assessment.js';
import { pointsChart } from './chart.js';
import { leavesOf, WEIGHT_PLACES } from './criteria.js';
import { frenchDecimal, ROUNDINGS, shortDecimal } from './decimal.js';
import type { Evaluation } from './evaluation.js';
import { PRICE_FORMULAS } from './price-notes.js';
import type { RankedBid } from './ranking-reading.js';

export interface ReportFacts {
  consultation: Consultation;
  evaluation: Evaluation;
  authority: Authority;
  /** Names of the evaluators who declared. */
  evaluators: { name: string; recused: boolean }[];
  rows: readonly RankedBid[];
  notice: string | undefined;
}

const nth = (rank: number) => (rank === 1 ? '1re' : `${rank}e`);

/** D14. The ranked offers first, in their order; the others after, with the reason that the rejection quotes. */
export function evaluationReport({ consultation, evaluation, authority, evaluators, rows, notice }: ReportFacts): EvaluationReportData {
  const { rule } = evaluation;
  const leaves = leavesOf(rule.criteria);
  const inOrder = rows.toSorted((a, b) => (a.ranked?.rank ?? Number.MAX_SAFE_INTEGER) - (b.ranked?.rank ?? Number.MAX_SAFE_INTEGER));
  const { letterhead } = authority;
  return {
    frame: { brandLabel: letterhead.brandLines, motto: letterhead.motto, service: letterhead.serviceLines, footer: letterhead.footerLines, notice },
    buyer: consultation.buyerName,
    consultation: { reference: consultation.reference, title: consultation.title, object: consultation.object },
    lockedOn: frenchDay(evaluation.lockedAt ?? evaluation.beganAt, consultation.timeZone),
    rule: ruleWords(evaluation),
    criteria: leaves.map((leaf) => ({ label: leaf.label, weight: `${shortDecimal(BigInt(leaf.weight), WEIGHT_PLACES)}\u00a0%`, max: String(leaf.max) })),
    evaluators: evaluators.map(({ name, recused }) => `${name}, ${recused ? 's’est récusé' : 'a déclaré n’avoir aucun conflit d’intérêts'}`),
    offers: inOrder.map(({ operator, assessment, ranked, notes, justifications }) => ({
      operator,
      className: BID_CLASSES[assessment?.bidClass ?? 'admissible'].label,
      reason: assessment?.reason ?? undefined,
      price: inEuros(assessment?.priceCents ?? null)?.concat(' hors taxes') ?? undefined,
      rank: ranked ? `Classée ${nth(ranked.rank)}` : undefined,
      total: ranked ? `${frenchDecimal(ranked.total, rule.decimals)} points sur 100` : undefined,
      notes: leaves
        .filter((leaf) => ranked !== null && notes[leaf.id] !== undefined)
        .map((leaf) => ({
          label: leaf.label,
          note: `${frenchDecimal(notes[leaf.id] ?? 0n, rule.decimals)} / ${leaf.max}`,
          points: frenchDecimal(ranked?.points[leaf.id] ?? 0n, rule.decimals),
          why: leaf.kind === 'price' ? `Formule : ${PRICE_FORMULAS[rule.formula].words}.` : (justifications[leaf.id] ?? ''),
        })),
    })),
    chart: pointsChart(inOrder.flatMap(({ operator, ranked }) => (ranked ? [{ name: operator, total: ranked.total, points: leaves.map((leaf) => ranked.points[leaf.id] ?? 0n) }] : [])), leaves.map((leaf) => leaf.label), rule.decimals) ?? undefined,
    conclusion: conclusion(evaluation, inOrder),
  };
}

/** How the offers are compared, in sentences. */
export function ruleWords({ rule, tie }: Pick<Evaluation, 'rule' | 'tie'>): string[] {
  if (rule.criteria.length === 0) return ['Petit achat (art. R. 2122-8 du code de la commande publique) : les offres sont comparées, et le choix est motivé par la pertinence de l’offre et la bonne utilisation des deniers publics.'];
  return [
    `Notes à ${rule.decimals} décimale${rule.decimals > 1 ? 's' : ''}, ${ROUNDINGS[rule.rounding]}. Points : note ÷ note maximale × poids ; le total est la somme des points.`,
    ...(rule.criteria.some((one) => one.kind === 'price') ? [`Prix : ${PRICE_FORMULAS[rule.formula].words}. Les offres écartées n’entrent pas dans le calcul.`] : []),
    ...(tie ? [`Égalité départagée par une décision écrite : ${tie.reason}`] : []),
  ];
}

function conclusion({ reasons, chosenBidId }: Evaluation, inOrder: readonly RankedBid[]): string[] {
  const chosen = inOrder.find((row) => row.bid.id === chosenBidId);
  if (chosen) return [`Offre proposée : ${chosen.operator}.`, ...(reasons ? [reasons] : [])];
  const first = inOrder.find((row) => row.ranked?.rank === 1);
  return first ? [`Offre proposée : ${first.operator}, classée première.`] : ['Aucune offre recevable : la consultation peut être déclarée infructueuse.'];
}

/** The comparison table for a spreadsheet; formulas typed by anybody are neutralised where the file is written. */
export function comparisonTable({ evaluation, rows }: Pick<ReportFacts, 'evaluation' | 'rows'>): { header: string[]; lines: Cell[][] } {
  const leaves = leavesOf(evaluation.rule.criteria);
  const places = evaluation.rule.decimals;
  const written = (value: bigint | undefined) => (value === undefined ? null : Number(value) / 10 ** places);
  return {
    header: ['Rang', 'Candidat', 'Classe', 'Prix HT (€)', ...leaves.flatMap((leaf) => [`${leaf.label} : note / ${leaf.max}`, `${leaf.label} : points`, `${leaf.label} : justification`]), 'Total / 100', 'Motif'],
    lines: rows.toSorted((a, b) => (a.ranked?.rank ?? 1e9) - (b.ranked?.rank ?? 1e9)).map(({ operator, assessment, ranked, notes, justifications }) => [
      ranked?.rank ?? null,
      operator,
      assessment?.bidClass ? BID_CLASSES[assessment.bidClass].label : null,
      assessment?.priceCents === null || assessment === null ? null : assessment.priceCents / 100,
      ...leaves.flatMap((leaf) => [written(notes[leaf.id]), written(ranked?.points[leaf.id]), leaf.kind === 'price' ? null : (justifications[leaf.id] ?? null)]),
      written(ranked?.total),
      assessment?.reason ?? null,
    ]),
  };
}
