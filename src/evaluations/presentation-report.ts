import type { Consultation } from '../consultations/consultation.js';
import { meansSentence } from '../consultations/means.js';
import type { PresentationReportData, ReportPassage } from '../letters/evaluation-data.js';
import type { Authority } from '../people/people.js';
import { counted } from '../platform/counted.js';
import { frenchDay, inFrench } from '../platform/dates.js';
import { inEuros, paragraphsOf } from '../platform/typed.js';
import { BID_CLASSES } from './assessment.js';
import { REQUEST_KINDS } from './bid-request.js';
import { frenchDecimal } from './decimal.js';
import { inOrder, type RankedBid, type Ranking } from './ranking-reading.js';
import type { FoundRequest } from './requests.service.js';
import { ruleWords } from './report.js';

/** What the award adds once there is one: `src/awards` reads the evaluations, never the other way round, so it gives this. */
export interface AwardForReport {
  /** Whom the contract goes to; none when the call ends without an award. */
  operator: string | null;
  amountCents: number | null;
  /** Why this offer, or why nobody. */
  reasons: string[];
  decidedOn: Date | null;
  /** Share and names, as declared (R2184-2 5°). */
  subcontractors: { name: string; share: string }[];
  /** So that prior studies did not distort competition (R2111-2); none when there were none. */
  priorStudies: string[];
}

export interface PresentationFacts {
  consultation: Consultation;
  authority: Authority;
  ranking: Ranking;
  /** Late bids that were eliminated, with the reasons of the decision. */
  late: { operator: string; reasons: string }[];
  /** Of all bids that came, by state. */
  counts: { received: number; withdrawn: number };
  requests: readonly FoundRequest[];
  evaluators: { name: string; recused: boolean; reason: string }[];
  invited: number;
  award: AwardForReport | null;
  now: Date;
  notice: string | undefined;
}

/** D15. Compulsory above the European thresholds (R2184-1), useful below: each part says what is on file, or that there is nothing. */
export function presentationReport(facts: PresentationFacts): PresentationReportData {
  const { consultation, authority, now, notice } = facts;
  const { letterhead } = authority;
  const parts = [buyerAndValue(facts), procedure(facts), setAside(facts), kept(facts), requests(facts), chosen(facts), ...where(facts)];
  return {
    frame: { brandLabel: letterhead.brandLines, motto: letterhead.motto, service: letterhead.serviceLines, footer: letterhead.footerLines, notice },
    buyer: consultation.buyerName,
    consultation: { reference: consultation.reference, title: consultation.title, object: consultation.object },
    writtenOn: frenchDay(now, consultation.timeZone),
    passages: parts.map((part, index) => ({ ...part, title: `${index + 1}. ${part.title}` })),
  };
}

const part = (title: string, paragraphs: string[], items: string[] = []): ReportPassage => ({ title, paragraphs, items });
const ht = (cents: number | null) => inEuros(cents)?.concat(' hors taxes') ?? null;

function buyerAndValue({ consultation, authority, award }: PresentationFacts) {
  const value = ht(award?.amountCents ?? null) ?? (consultation.budgetCents === null ? null : `${ht(consultation.budgetCents) ?? ''}, budget enregistré avant le lancement`);
  return part('Acheteur, objet et valeur', [
    `Acheteur : ${consultation.buyerName}, ${authority.letterhead.footerLines.join(', ')}.`,
    `Objet : ${consultation.object}`,
    `Valeur : ${value ?? 'aucun montant n’est arrêté à cette date'}.`,
  ]);
}

function procedure({ consultation, ranking: { evaluation }, counts, invited }: PresentationFacts) {
  const { timeZone } = consultation;
  const day = (at: Date | null, words: string) => (at ? [`${words} le ${inFrench(at, timeZone)}.`] : []);
  const alone = evaluation?.rule.method === 'scored' && invited === 1;
  return part('Procédure', [
    ...day(consultation.launchedAt, 'Consultation lancée'),
    `${counted(invited, 'opérateur invité', 'opérateurs invités')}. Offres à remettre avant le ${inFrench(consultation.deadline, timeZone)}.`,
    ...(alone ? ['Le lot n’a qu’un titulaire : le marché subséquent est attribué dans les conditions de l’accord-cadre, le titulaire pouvant être invité par écrit à compléter son offre (art. R. 2162-9).'] : []),
    ...day(consultation.openedAt, 'Plis ouverts'),
    `${counted(counts.received, 'pli reçu', 'plis reçus')}${counts.withdrawn > 0 ? `, et ${counted(counts.withdrawn, 'pli retiré ou remplacé', 'plis retirés ou remplacés')} avant la date limite` : ''}.`,
    ...(evaluation ? ruleWords(evaluation) : []),
  ], evaluation?.rule.criteria.map((one) => `${one.label} : ${one.weight / 100} %`.replace('.', ',')) ?? []);
}

/** R2184-2 2° and 4°: who was excluded or rejected, abnormally low offers included, and why. */
function setAside({ ranking, late }: PresentationFacts) {
  const rejected = ranking.rows.flatMap(({ operator, assessment }) => {
    const bidClass = assessment?.bidClass;
    if (!bidClass || bidClass === 'admissible') return [];
    return [`${operator} : offre ${BID_CLASSES[bidClass].label.toLocaleLowerCase('fr-FR')} (art. ${BID_CLASSES[bidClass].article}). ${assessment.reason ?? ''}`.trim()];
  });
  const items = [...late.map(({ operator, reasons }) => `${operator} : offre reçue hors délai, éliminée (art. R. 2151-5). ${reasons}`), ...rejected];
  return part('Candidats exclus et offres rejetées', items.length > 0 ? [] : ['Aucune offre n’a été écartée.'], items);
}

/** R2184-2 3°: who stayed, and what the analysis says of each. */
function kept({ ranking }: PresentationFacts) {
  const order = ranking.rows.filter((row) => row.assessment?.ranked).toSorted((a, b) => (a.ranked?.rank ?? Number.MAX_SAFE_INTEGER) - (b.ranked?.rank ?? Number.MAX_SAFE_INTEGER));
  const places = ranking.evaluation?.rule.decimals ?? 2;
  const words = ({ operator, assessment, ranked }: RankedBid) => [operator, ht(assessment?.priceCents ?? null), ranked ? `rang ${ranked.rank}, ${frenchDecimal(ranked.total, places)} points sur 100` : null].filter(Boolean).join(', ');
  const paragraphs = order.length === 0 ? ['Aucune offre recevable.'] : order.length === 1 && ranking.rows.length === 1 ? ['Une seule offre a été remise ; elle est recevable.'] : ['Offres recevables, examinées selon la règle annoncée :'];
  return part('Offres retenues à l’analyse', paragraphs, order.map((row) => `${words(row)}.`));
}

function requests({ requests: all, consultation }: PresentationFacts) {
  const items = all.filter((one) => one.sentAt !== null).map((one) => {
    const outcome = one.status === 'accepted' ? 'réponse admise' : one.status === 'refused' ? 'réponse refusée' : 'en cours';
    return `${REQUEST_KINDS[one.kind].label} (art. ${REQUEST_KINDS[one.kind].article}), ${one.organisation?.name ?? ''}, réponse avant le ${inFrench(one.deadline, consultation.timeZone)} : ${outcome}.${one.decision ? ` ${one.decision}` : ''}`;
  });
  return part('Demandes adressées aux candidats', items.length > 0 ? [] : ['Aucune demande n’a été adressée aux candidats après l’ouverture.'], items);
}

/** R2184-2 5°, or R2184-3 when nobody is chosen. */
function chosen({ ranking, award, consultation }: PresentationFacts) {
  if (consultation.status === 'abandoned') return part('Renonciation', [consultation.abandonReason ?? 'La consultation est terminée sans attribution.', ...(award?.reasons ?? [])]);
  if (award?.operator) {
    const shares = award.subcontractors.map(({ name, share }) => `${name} : ${share}`);
    return part('Titulaire et motifs du choix', [`${award.operator}${award.amountCents === null ? '' : `, ${ht(award.amountCents) ?? ''}`}${award.decidedOn ? `, décision du ${frenchDay(award.decidedOn, consultation.timeZone)}` : ''}.`, ...award.reasons, shares.length > 0 ? 'Sous-traitance déclarée :' : 'Aucune sous-traitance n’est déclarée.'], shares);
  }
  const [first] = inOrder(ranking);
  const proposed = ranking.locked && first ? [`Offre proposée par l’analyse : ${first.operator}.`, ...paragraphsOf(ranking.evaluation?.reasons ?? '')] : [];
  return part('Titulaire et motifs du choix', ['Aucune attribution n’est prononcée à cette date.', ...proposed]);
}

/** R2184-3: the parts that are there only when there is something to say, but conflicts of interest, which are always declared. */
function where({ consultation: { otherMeans }, ranking, evaluators, award }: PresentationFacts) {
  const conflicts = evaluators.map(({ name, recused, reason }) => (recused ? `${name} s’est récusé : ${reason}` : `${name} a déclaré n’avoir aucun conflit d’intérêts.`));
  return [
    ...(otherMeans ? [part('Autres moyens que la voie électronique', [meansSentence(otherMeans), `Raison : ${otherMeans.reason}`])] : []),
    ...(award && award.priorStudies.length > 0 ? [part('Études préalables (art. R. 2111-1 et R. 2111-2)', award.priorStudies)] : []),
    part('Conflits d’intérêts', conflicts.length > 0 ? [] : [(ranking.evaluation?.rule.criteria.length ?? 0) > 0 ? 'Aucune déclaration d’évaluateur n’est enregistrée à cette date.' : 'L’offre est choisie par comparaison, sans évaluateur désigné.'], conflicts),
  ];
}
