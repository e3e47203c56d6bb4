import { frenchDecimal, shortDecimal } from './decimal.js';
import { eurosTyped, inEuros } from '../platform/typed.js';
import { unreadableInFrench } from '../bids/unreadable.js';
import type { AnalysisService } from './analysis.service.js';
import { BID_CLASSES } from './assessment.js';
import { pointsChart } from './chart.js';
import { REQUEST_KINDS } from './bid-request.js';
import { leavesOf, WEIGHT_PLACES } from './criteria.js';
import { isEvaluator, mayAnalyse, mayDecide } from './evaluation.policy.js';
import { PRICE_FORMULAS } from './price-notes.js';
import { showFilled } from './schedule.view.js';
import { CONSENSUS } from './score.js';

type Shown = Awaited<ReturnType<AnalysisService['show']>>;
type ShownBid = Awaited<ReturnType<AnalysisService['bid']>>;

const STAGES = {
  open: { label: 'En cours', tone: 'current' },
  consensus: { label: 'Mise en commun', tone: 'current' },
  locked: { label: 'Arrêtée', tone: 'done' },
} as const;

const TONES = { admissible: 'done', irregular: 'danger', unacceptable: 'danger', inappropriate: 'danger', 'abnormally-low': 'danger' } as const;

/** Offers on a page, and sentences of what is left to do. */
const PAGE = 50;
const SENTENCES = 20;

/**
 * All that leaves the server about an analysis.
 * @param after last offer of the page before
 */
export function showAnalysis({ consultation, evaluation, rows, missing, people, actor }: Shown, after = '') {
  const base = `/consultations/${consultation.id}/analyse`;
  const rule = evaluation?.rule ?? consultation.awardRule;
  const places = rule?.decimals ?? 2;
  const open = evaluation !== null && evaluation.status !== 'locked';
  const manages = mayAnalyse(actor, consultation);
  const leaves = leavesOf(rule?.criteria ?? []);
  const ranked = rows.toSorted((a, b) => (a.ranked?.rank ?? Number.MAX_SAFE_INTEGER) - (b.ranked?.rank ?? Number.MAX_SAFE_INTEGER));
  const from = after ? ranked.findIndex((row) => row.bid.id === after) + 1 : 0;
  const page = ranked.slice(from, from + PAGE);
  const last = page.at(-1);
  const best = ranked.flatMap(({ operator, ranked: place }) => (place ? [{ name: operator, total: place.total, points: leaves.map((leaf) => place.points[leaf.id] ?? 0n) }] : []));
  const tied = rows.filter((row) => row.ranked?.rank === 1 && row.ranked.tied.length > 0);
  return {
    id: consultation.id,
    title: consultation.title,
    reference: consultation.reference,
    begun: evaluation !== null,
    status: evaluation?.status ?? 'none',
    stage: evaluation ? STAGES[evaluation.status] : { label: 'À commencer', tone: 'neutral' },
    scored: leaves.length > 0,
    rule: rule && leaves.length > 0 ? { decimals: rule.decimals, formula: PRICE_FORMULAS[rule.formula], criteria: leaves.map(({ id, label, weight, max, kind }) => ({ id, label, weight: shortDecimal(BigInt(weight), WEIGHT_PLACES), max, kind })) } : null,
    count: rows.length,
    nextHref: last && from + PAGE < ranked.length ? `${base}?apres=${last.bid.id}` : null,
    previousHref: from > 0 ? (from > PAGE ? `${base}?apres=${ranked[from - PAGE - 1]?.bid.id ?? ''}` : base) : null,
    chart: from === 0 ? pointsChart(best, leaves.map((leaf) => leaf.label), places) : null,
    bids: page.map(({ bid, operator, assessment, ranked: place }) => ({
      id: bid.id,
      operator,
      href: `${base}/${bid.id}`,
      unreadable: bid.status === 'unreadable',
      price: inEuros(assessment?.priceCents ?? null),
      bidClass: assessment?.bidClass ?? null,
      stage: assessment?.bidClass ? { label: BID_CLASSES[assessment.bidClass].label, tone: TONES[assessment.bidClass] } : { label: 'À classer', tone: 'attention' },
      rank: place?.rank ?? null,
      total: place ? frenchDecimal(place.total, places) : null,
      points: leaves.map((leaf) => ({ label: leaf.label, points: place ? frenchDecimal(place.points[leaf.id] ?? 0n, places) : null })),
    })),
    missing: missing.length > SENTENCES ? [...missing.slice(0, SENTENCES), `Et ${missing.length - SENTENCES} autres points.`] : missing,
    evaluators: people.map((one) => ({ value: one.id, label: one.name, checked: evaluation?.evaluatorIds.includes(one.id) ?? false, declared: evaluation?.declared(one.id) ?? false, recused: evaluation?.recused(one.id) ?? false })),
    named: people.filter((one) => evaluation?.evaluatorIds.includes(one.id)).map((one) => ({ name: one.name, declared: evaluation?.declared(one.id) ?? false })),
    tie: evaluation?.tie ? { reason: evaluation.tie.reason } : null,
    tied: tied.map((row) => ({ value: row.bid.id, label: row.operator })),
    choice: evaluation?.chosenBidId ? { operator: rows.find((row) => row.bid.id === evaluation.chosenBidId)?.operator ?? '', bidId: evaluation.chosenBidId, reasons: evaluation.reasons } : null,
    admissible: rows.filter((row) => row.assessment?.ranked).map((row) => ({ value: row.bid.id, label: row.operator, checked: row.bid.id === evaluation?.chosenBidId })),
    report: evaluation?.status === 'locked' ? { ready: evaluation.reportFileId !== null, href: `${base}/rapport.pdf` } : null,
    tableHref: `${base}/tableau.xlsx`,
    can: {
      begin: manages && evaluation === null && consultation.status === 'opened',
      name: manages && evaluation?.status === 'open' && leaves.length > 0,
      declare: open && isEvaluator(actor, evaluation) && !evaluation.declared(actor.id),
      gather: manages && evaluation?.status === 'open' && leaves.length > 0 && evaluation.evaluatorIds.length > 0,
      choose: manages && open && leaves.length === 0,
      settle: open && mayDecide(actor, consultation) && tied.length > 0,
      lock: manages && open && missing.length === 0,
      reopen: evaluation?.status === 'locked' && consultation.status === 'opened' && mayDecide(actor, consultation),
    },
  };
}

export function showAnalysedBid({ consultation, evaluation, bid: { filled, requests }, row, scores, actor }: ShownBid) {
  const { bid, operator, assessment } = row;
  const { rule } = evaluation;
  const manages = mayAnalyse(actor, consultation);
  const open = evaluation.status !== 'locked';
  const mine = evaluation.status === 'consensus' ? CONSENSUS : actor.id;
  const own = (leafId: string) => scores.find((one) => one.leafId === leafId && one.personId === mine);
  const writes = evaluation.status === 'consensus' ? manages || isEvaluator(actor, evaluation) : evaluation.status === 'open' && isEvaluator(actor, evaluation) && evaluation.declared(actor.id);
  return {
    consultation: { id: consultation.id, title: consultation.title, reference: consultation.reference },
    bid: { id: bid.id, operator, receivedAt: bid.receivedAt, timeZone: consultation.timeZone, unreadable: unreadableInFrench(bid) },
    documents: (assessment?.documents ?? []).map((one, index) => ({ ...one, index })),
    price: eurosTyped(assessment?.priceCents ?? null),
    priceShown: inEuros(assessment?.priceCents ?? null),
    advantages: assessment?.advantages ?? '',
    bidClass: assessment?.bidClass ?? '',
    stage: assessment?.bidClass ? { label: BID_CLASSES[assessment.bidClass].label, tone: TONES[assessment.bidClass] } : { label: 'À classer', tone: 'attention' },
    reason: assessment?.reason ?? '',
    classes: Object.entries(BID_CLASSES).map(([value, { label, article }]) => ({ value, label: article ? `${label} (art. ${article})` : label })),
    consensus: evaluation.status === 'consensus',
    locked: !open,
    notes: leavesOf(rule.criteria)
      .filter((leaf) => leaf.kind === 'quality')
      .map((leaf) => ({
        id: leaf.id,
        label: leaf.label,
        max: leaf.max,
        note: own(leaf.id)?.note.replace('.', ',') ?? '',
        why: own(leaf.id)?.justification ?? '',
        others: scores.filter((one) => one.leafId === leaf.id && one.personId !== mine && one.personId !== CONSENSUS).map((one) => ({ name: one.person?.name ?? '', note: one.note.replace('.', ','), why: one.justification })),
      })),
    schedule: evaluation.schedule && { checked: filled && showFilled(evaluation.schedule, filled) },
    waiting: (requests ?? []).map((one) => ({ label: REQUEST_KINDS[one.kind].label, href: `/consultations/${consultation.id}/analyse/demandes/${one.id}` })),
    can: { assess: manages && open, score: writes && open },
  };
}
