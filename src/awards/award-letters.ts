import { departmentOf } from '../consultations/outage.js';
import type { Invitation } from '../consultations/consultation.js';
import { BID_CLASSES } from '../evaluations/assessment.js';
import { leavesOf, WEIGHT_PLACES } from '../evaluations/criteria.js';
import { frenchDecimal, shortDecimal } from '../evaluations/decimal.js';
import { PRICE_FORMULAS } from '../evaluations/price-notes.js';
import type { RankedBid } from '../evaluations/ranking-reading.js';
import type { AwardDecisionData, AwardLetterData, ComparedNote, RejectionData, Remedies } from '../letters/award-data.js';
import { frameOf, type Signed, signatureOf } from '../letters/frame.js';
import type { Authority } from '../people/people.js';
import { counted } from '../platform/counted.js';
import { dayInFrench } from '../platform/working-days.js';
import { stampDate } from '../platform/dates.js';
import { inEuros, paragraphsOf } from '../platform/typed.js';
import { PASS_GROUNDS } from './award.js';
import type { AwardFacts } from './awards-facts.js';
import { pathOf } from './choice.js';
import { courtOf } from './courts.js';
import { lastDay, signableFrom, type Standstill } from './standstill.js';

export interface LetterFacts extends AwardFacts {
  demo: boolean;
  /** Null while nobody has signed: the letter then says « Projet ». */
  signed: Signed | null;
  standstill: Standstill;
  /** Dispatch; of a preview, now. */
  at: Date;
}

const nth = (rank: number) => (rank === 1 ? '1re' : `${rank}e`);
export const amountOf = (cents: number) => `${inEuros(cents)} hors taxes`;

export function remediesOf(authority: Authority): Remedies {
  const { name, seat } = courtOf(departmentOf(authority));
  return { court: name, seat };
}

/** The ranked ones in their order, then the others. */
export const inOrder = (rows: readonly RankedBid[]) => rows.toSorted((a, b) => (a.ranked?.rank ?? 1e9) - (b.ranked?.rank ?? 1e9));

const winnerOf = ({ award, ranking }: AwardFacts) => ranking.rows.find((row) => row.bid.id === award.bidId);

/** To one organisation: name and address as it was invited. */
function frame(facts: LetterFacts, invitation: Invitation, subject: string) {
  const { authority, consultation, demo, signed } = facts;
  return frameOf({ authority, contact: consultation.contact, demo, signed, subject: `${subject} – ${consultation.title}`, attachments: [], addressee: { mode: 'single', lines: [invitation.name, ...invitation.address] } });
}

function signing({ standstill, at, consultation }: LetterFacts) {
  const last = lastDay(at, standstill.days, consultation.timeZone);
  return {
    signableFrom: dayInFrench(signableFrom(at, standstill.days, consultation.timeZone)),
    standstill: last ? `Un délai de suspension de ${standstill.days} jours est observé : il court du jour de l’envoi de la présente lettre jusqu’au ${dayInFrench(last)} inclus.` : undefined,
  };
}

/** NOTI1 kind. */
export function awardLetter(facts: LetterFacts, invitation: Invitation): AwardLetterData {
  const { award, consultation } = facts;
  return {
    frame: frame(facts, invitation, 'votre offre est retenue'),
    consultation: consultation.title,
    reference: consultation.reference,
    amount: amountOf(award.amountCents),
    rank: award.rank === null ? undefined : nth(award.rank),
    ...signing(facts),
  };
}

/** NOTI3 kind: why, who won and why, own notes and ranks beside the winner's, from when one may sign, where to complain. */
export function rejectionLetter(facts: LetterFacts, row: RankedBid, invitation: Invitation): RejectionData {
  const { award, consultation, authority, ranking } = facts;
  const winner = winnerOf(facts);
  const places = ranking.evaluation?.rule.decimals ?? 2;
  const passed = award.passed.find((one) => one.bidId === row.bid.id);
  const bidClass = row.assessment?.bidClass ?? 'admissible';
  const eliminated = bidClass !== 'admissible' || passed !== undefined;
  const kind = eliminated ? 'eliminated' : row.ranked && winner?.ranked ? 'ranked' : 'compared';
  return {
    frame: frame(facts, invitation, 'votre offre n’est pas retenue'),
    consultation: consultation.title,
    reference: consultation.reference,
    kind,
    ...(eliminated ? { elimination: passed ? { className: 'écartée', article: PASS_GROUNDS[passed.ground].article, reasons: paragraphsOf(passed.reason) } : { className: BID_CLASSES[bidClass].label.toLocaleLowerCase('fr-FR'), article: BID_CLASSES[bidClass].article ?? '', reasons: paragraphsOf(row.assessment?.reason ?? '') } } : {}),
    ...(kind === 'ranked' && row.ranked && winner?.ranked
      ? { rank: `${nth(row.ranked.rank)} sur ${ranking.rows.filter((one) => one.ranked).length}`, total: frenchDecimal(row.ranked.total, places), winnerTotal: frenchDecimal(winner.ranked.total, places), notes: comparedNotes(facts, row, winner) }
      : {}),
    ...(kind === 'compared' ? { remarks: paragraphsOf(row.assessment?.reason ?? '') } : {}),
    winner: {
      name: winner?.operator ?? '',
      reasons: paragraphsOf(award.reasons),
      // R2181-4, 2°: characteristics and advantages for whoever filed a regular offer.
      ...(eliminated ? {} : { price: amountOf(award.amountCents), advantages: paragraphsOf(winner?.assessment?.advantages ?? '') }),
    },
    ...signing(facts),
    remedies: remediesOf(authority),
  };
}

/** By criterion: own note and rank, the winner's note, and why. Never a unit price nor a method of the winner (L2132-1). */
function comparedNotes({ ranking }: AwardFacts, row: RankedBid, winner: RankedBid): ComparedNote[] {
  const rule = ranking.evaluation?.rule;
  if (!rule) return [];
  const others = ranking.rows.filter((one) => one.ranked);
  const note = (of: RankedBid, id: string, max: number) => `${frenchDecimal(of.notes[id] ?? 0n, rule.decimals)} / ${max}`;
  return leavesOf(rule.criteria).map((leaf) => ({
    label: leaf.label,
    weight: `${shortDecimal(BigInt(leaf.weight), WEIGHT_PLACES)}\u00a0%`,
    own: note(row, leaf.id, leaf.max),
    winner: note(winner, leaf.id, leaf.max),
    rank: nth(1 + others.filter((one) => (one.notes[leaf.id] ?? 0n) > (row.notes[leaf.id] ?? 0n)).length),
    why: leaf.kind === 'price' ? `Formule : ${PRICE_FORMULAS[rule.formula].words}.` : (row.justifications[leaf.id] ?? ''),
  }));
}

/** D16. */
export function awardDecision(facts: LetterFacts): AwardDecisionData {
  const { award, authority, consultation, ranking, signed, invitations, demo } = facts;
  const { letterhead } = authority;
  const others = inOrder(ranking.rows).filter((row) => row.bid.id !== award.bidId);
  return {
    frame: { brandLabel: letterhead.brandLines, motto: letterhead.motto, service: letterhead.serviceLines, footer: [...(demo ? ['Démonstration : document sans valeur'] : []), ...letterhead.footerLines] },
    consultation: { reference: consultation.reference, title: consultation.title, object: consultation.object },
    buyer: consultation.buyerName,
    place: authority.place,
    date: signed ? stampDate(signed.at, authority.timeZone) : null,
    author: letterhead.authorTitles.join(' ').replace(/,\s*$/, ''),
    grounds: [
      'le code de la commande publique',
      `la consultation lancée sous la référence ${consultation.reference}, et le procès-verbal d’ouverture des plis`,
      'le rapport d’analyse des offres',
      ...(signed ? [`la délégation de signature publiée sous la référence ${signed.delegation.reference}`] : []),
    ],
    winner: winnerOf(facts)?.operator ?? '',
    amount: amountOf(award.amountCents),
    reasons: [...paragraphsOf(award.reasons), pathOf(award.procedure, invitations.filter((one) => one.invitedAt).length, ranking.rows.length)],
    passed: award.passed.map((one) => `${one.operator} : ${PASS_GROUNDS[one.ground].label.toLocaleLowerCase('fr-FR')} (art. ${PASS_GROUNDS[one.ground].article}). ${one.reason}`),
    others: others.length === 0 ? ['Aucune autre offre n’a été ouverte.'] : others.map((row) => otherOffer(row, award.passed.some((one) => one.bidId === row.bid.id))),
    signature: signed && signatureOf(authority, signed),
  };
}

function otherOffer({ operator, assessment, ranked }: RankedBid, passed: boolean): string {
  if (passed) return `${operator} : écartée, comme il est dit ci-dessus.`;
  const { label, article } = BID_CLASSES[assessment?.bidClass ?? 'admissible'];
  if (article) return `${operator} : offre ${label.toLocaleLowerCase('fr-FR')} (art. ${article}), éliminée.`;
  return ranked ? `${operator} : classée ${nth(ranked.rank)}.` : `${operator} : recevable, non retenue.`;
}

/** « 3 lettres » of one act: the winner's, and one for each other. */
export const lettersInWords = (count: number) => counted(count, 'lettre', 'lettres');
