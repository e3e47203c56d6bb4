import { inEuros } from '../platform/typed.js';
import { dayInFrench, dayOf } from '../platform/working-days.js';
import { AMENDMENT_CASES, percentInFrench, shareOf } from './amendment-rules.js';
import type { AmendmentStatus } from './amendment.js';
import type { AmendmentsService } from './amendments.service.js';
import { dayOrNull, headOf, mine, showCopy } from './execution.view.js';
import { FACT_KINDS, penaltiesOf, servicesDone, TERMINATION_GROUNDS } from './execution-fact.js';
import { timeZoneOf } from './life.js';
import type { DeliverableStatus } from './order.js';
import type { OrdersService } from './orders.service.js';
import type { SequelService } from './sequel.service.js';

const DELIVERABLE: Record<DeliverableStatus, { label: string; tone: string }> = {
  expected: { label: 'Attendu', tone: 'neutral' },
  received: { label: 'Reçu, à décider', tone: 'attention' },
  admitted: { label: 'Admis', tone: 'done' },
  adjourned: { label: 'Ajourné', tone: 'current' },
  rejected: { label: 'Rejeté', tone: 'danger' },
};
const MOVES = { receive: 'Reçu', admit: 'Admis', adjourn: 'Ajourné', reject: 'Rejeté' } as const;
const AMENDMENT: Record<AmendmentStatus, { label: string; tone: string }> = {
  draft: { label: 'À signer', tone: 'attention' },
  signed: { label: 'Signé, à notifier', tone: 'current' },
  notified: { label: 'Notifié', tone: 'done' },
  cancelled: { label: 'Annulé', tone: 'neutral' },
};

export function showOrders({ life, orders, deliverables, services, actor, now }: Awaited<ReturnType<OrdersService['list']>>) {
  const total = life.amountCents ?? life.record?.amountCents ?? 0;
  const ordered = orders.filter((one) => one.counts).reduce((sum, one) => sum + one.amountCents, 0);
  const done = servicesDone(services);
  const head = headOf(life, '/prestations');
  const can = mine(actor, life);
  return {
    ...head,
    orders: orders.map((one) => ({ id: one.id, number: one.number, object: one.object, quantity: one.quantity, amount: inEuros(one.amountCents), issuedOn: dayInFrench(one.issuedOn), dueOn: dayOrNull(one.dueOn), cancelled: dayOrNull(one.cancelledOn), cancelReason: one.cancelReason, can: { cancel: one.counts && can.run } })),
    deliverables: deliverables.map((one) => ({
      id: one.id, number: one.number, title: one.title, dueOn: dayOrNull(one.dueOn), stage: DELIVERABLE[one.status], order: orders.find(({ id }) => id === one.orderId)?.number ?? null,
      history: one.history.map(({ move, on, reason }) => ({ label: MOVES[move], on: dayInFrench(on), reason })),
      moves: one.status === 'received' ? [{ value: 'admit', label: 'Admettre' }, { value: 'adjourn', label: 'Ajourner : à reprendre' }, { value: 'reject', label: 'Rejeter' }] : one.status === 'expected' || one.status === 'adjourned' ? [{ value: 'receive', label: 'Reçu' }] : [],
    })),
    services: services.map((one) => ({ number: one.number, on: dayInFrench(one.on), amount: inEuros(one.amountCents), reason: one.reason, about: deliverables.find(({ id }) => id === one.aboutId)?.title ?? null })),
    totals: { contract: inEuros(total), ordered: inEuros(ordered), done: inEuros(done), left: inEuros(total - done) },
    orderOptions: orders.filter((one) => one.counts).map((one) => ({ value: one.id, label: `Bon n° ${one.number}, ${one.object}` })),
    admitted: deliverables.filter((one) => one.status === 'admitted').map((one) => ({ value: one.id, label: one.title })),
    can: { run: can.run && head.running },
    today: dayOf(now, timeZoneOf(life)),
  };
}

export function showAmendments({ life, amendments, threshold, actor, now }: Awaited<ReturnType<AmendmentsService['list']>>) {
  const initial = life.record?.amountCents ?? 0;
  const head = headOf(life, '/avenants');
  const can = mine(actor, life);
  const small = amendments.filter((one) => one.counts && one.legalCase === 'small').reduce((sum, one) => sum + one.deltaCents, 0);
  return {
    ...head,
    amendments: amendments.map((one) => ({
      number: one.number, stage: AMENDMENT[one.status], object: one.object, justification: one.justification, legalCase: AMENDMENT_CASES[one.legalCase].label, article: AMENDMENT_CASES[one.legalCase].article,
      delta: `${one.deltaCents < 0 ? '−' : '+'}${inEuros(Math.abs(one.deltaCents))}`, share: percentInFrench(shareOf(one.deltaCents, initial)), before: inEuros(one.beforeCents), after: inEuros(one.beforeCents + one.deltaCents),
      cumul: one.legalCase === 'small' ? percentInFrench(shareOf(one.cumulCents, initial)) : null, endsOn: dayOrNull(one.endsOn), frameworkAnalysis: one.frameworkAnalysis, newContractor: one.newContractor,
      signedOn: dayOrNull(one.signedOn), receivedOn: dayOrNull(one.receivedOn), cancelReason: one.cancelReason, copy: showCopy(one.copy, `${head.base}/avenants/${one.number}/exemplaire.pdf`),
      can: { sign: one.status === 'draft' && can.conclude, cancel: one.status === 'draft' && can.run, notify: one.status === 'signed' && can.run },
      waits: one.status === 'draft' && !can.conclude,
    })),
    cases: Object.entries(AMENDMENT_CASES).map(([value, { label, article, each }]) => ({ value, label: `${label} (art. ${article})`, hint: each ? `Chacune : ${each} % du montant initial au plus.` : value === 'small' ? 'Cumul net de ces seules modifications : moins de 10 %, et moins que le seuil européen.' : '' })),
    small: { cumul: percentInFrench(shareOf(small, initial)), initial: inEuros(initial), threshold: inEuros(threshold) },
    framework: { endsOn: dayInFrench(life.framework.endsOn) },
    can: { draft: can.run && head.running && !amendments.some((one) => one.status === 'draft') },
    today: dayOf(now, timeZoneOf(life)),
  };
}

export function showSequel({ life, facts, actor, now }: Awaited<ReturnType<SequelService['list']>>) {
  const head = headOf(life, '/suites');
  const can = mine(actor, life);
  const { cents, owed } = penaltiesOf(facts);
  const renewed = facts.filter((one) => one.kind === 'renewal').length;
  const { record } = life;
  return {
    ...head,
    facts: facts.filter((one) => one.kind !== 'service-done').map((one) => ({
      number: one.number, label: FACT_KINDS[one.kind].label, on: dayInFrench(one.on), amount: inEuros(one.amountCents), reason: one.reason, endsOn: dayOrNull(one.endsOn), ground: one.ground && `${TERMINATION_GROUNDS[one.ground].label} (art. ${TERMINATION_GROUNDS[one.ground].article})`,
      can: { waive: owed.has(one.id) && can.conclude },
    })),
    penalties: inEuros(cents),
    /** CCAG-FCS, 14.1.2 and 14.1.3: said, since the contract may depart from them. */
    overTenth: cents * 10 > (life.amountCents ?? 0),
    renewals: record && record.renewals > 0 ? { used: renewed, allowed: record.renewals, months: record.renewalMonths } : null,
    grounds: Object.entries(TERMINATION_GROUNDS).map(([value, { label, article }]) => ({ value, label: `${label} (art. ${article})` })),
    can: {
      penalise: can.run && head.running,
      notice: can.conclude && head.running,
      renew: can.conclude && head.running && record !== null && renewed < record.renewals && !facts.some((one) => one.kind === 'non-renewal'),
      terminate: can.conclude && ['signed', 'in-execution'].includes(life.status) && record !== null,
      complete: can.run && head.running && life.status === 'in-execution',
    },
    today: dayOf(now, timeZoneOf(life)),
  };
}
