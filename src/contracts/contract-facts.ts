import { FrameworkAgreement, Programme } from '../agreements/framework-agreement.js';
import { GreenLight } from '../agreements/green-light.js';
import { Holder, Lot, LotDepartment } from '../agreements/lot.js';
import { consumption, exceeds, NOTHING_SPENT, type Spent } from '../agreements/spending.js';
import { arrived, Diagnostic, DiagnosticShare, notReached } from '../commissions/diagnostic.js';
import { Consultation, type Invitation } from '../consultations/consultation.js';
import { invitationsOf } from '../consultations/launching.service.js';
import { Delegation } from '../letters/letter.js';
import type { Act } from '../platform/acts.js';
import { NotFound } from '../platform/errors.js';
import { Person } from '../people/people.js';
import { Mail } from '../platform/mail.js';
import { type Day, dayOf } from '../platform/working-days.js';
import { spentFrom, withSpentOfLot } from './contract-spending.js';
import { preflight, type PreflightFacts, type Reason } from './preflight.js';
import { SubsequentContract } from './subsequent-contract.js';

/** A contract with what it belongs to. */
export type FoundContract = SubsequentContract & {
  consultation: Consultation | null;
  signatory: Person | null;
  framework: FrameworkAgreement & { programme: Programme };
  lot: Lot & { holders: Holder[] };
  place: LotDepartment | null;
  /** Of its department, those that count: the published one, else the latest. */
  diagnostics: Diagnostic[];
  /** Of its lot, by the contracts concluded. */
  spent: Spent;
};

const GONE_STUDIES = ['rejected', 'superseded'];

/** One query. @throws NotFound */
export async function contractOf(act: Act, id: string): Promise<FoundContract> {
  const query = act.db
    .createQueryBuilder(SubsequentContract, 'c')
    .leftJoinAndMapOne('c.consultation', Consultation, 'k', 'k.id = c."consultationId"')
    .leftJoinAndMapOne('c.signatory', Person, 's', 's.id = c."signatoryId"')
    .innerJoinAndMapOne('c.framework', FrameworkAgreement, 'f', 'f.id = c."frameworkId"')
    .innerJoinAndMapOne('f.programme', Programme, 'p', 'p.id = f."programmeId"')
    .innerJoinAndMapOne('c.lot', Lot, 'l', 'l.id = c."lotId"')
    .leftJoinAndMapMany('l.holders', Holder, 'h', 'h."lotId" = l.id')
    .leftJoinAndMapOne('c.place', LotDepartment, 'd', 'd."frameworkId" = c."frameworkId" and d."departmentCode" = c."departmentCode"')
    .leftJoinAndMapMany('c.diagnostics', Diagnostic, 'g', 'g."frameworkId" = c."frameworkId" and g."departmentCode" = c."departmentCode" and g.status not in (:...gone)', { gone: GONE_STUDIES })
    .where('c.id = :id', { id });
  const { entities, raw } = await withSpentOfLot(query).getRawAndEntities<{ spentCents: string; spentQuantity: string }>();
  const [found] = entities as FoundContract[];
  if (!found) throw new NotFound();
  return Object.assign(found, { spent: spentFrom(raw[0]) });
}

/** Its consultation: a declared contract has none. */
export function callOf(found: FoundContract): Consultation {
  if (!found.consultation) throw new NotFound('Ce marché a été déclaré : sa consultation n’a pas eu lieu ici.');
  return found.consultation;
}

export interface Checked {
  reasons: Reason[];
  invitations: Invitation[];
  diagnostic: (Diagnostic & { shares: DiagnosticShare[] }) | null;
}

/** Every reason, from the facts of this instant: four queries after the contract's, which tells what its lot has used. */
export async function check(act: Act, found: FoundContract): Promise<Checked> {
  const consultation = callOf(found);
  const invitations = await invitationsOf(act, consultation.id);
  const { greenLight, diagnostic } = await gates(act, found.framework, { frameworkId: found.frameworkId, lotId: found.lotId, departmentCode: found.departmentCode, wave: found.place?.wave ?? null });
  const delegations = await act.db.findBy(Delegation, { authorityId: consultation.authorityId });
  const facts: PreflightFacts = {
    ...base(act, found.framework, found.lot, found.departmentCode, diagnostic, found.spent, { cents: found.budgetCents ?? 0, quantity: found.maxQuantity ?? found.estimatedQuantity ?? 0 }),
    greenLight,
    invited: invitations.map(({ organisationId, name }) => ({ organisationId, name })),
    withoutContact: invitations.filter((one) => one.email === '').map(({ organisationId, name }) => ({ organisationId, name })),
    weights: found.weights,
    budget: found.budgetCents !== null,
    deadlineDay: consultation.localDeadline.slice(0, 10),
    deadlineHour: consultation.localDeadline.slice(11, 16),
    deadlinePassed: !consultation.isInTime(act.now),
    delegation: delegations.some((one) => one.covers('consultation-letter', act.now) && (found.signatoryId === null || one.delegateId === found.signatoryId)),
    signatory: found.signatory?.name ?? null,
    openers: new Set(consultation.openerIds).size,
    quorum: consultation.quorum,
    documents: found.documents.length,
    overrides: found.overrides.map((one) => one.of),
    contractId: found.id,
  };
  return { reasons: preflight(facts), invitations, diagnostic };
}

/** The same reasons for a department where nothing is prepared yet. */
export async function checkPlace(act: Act, framework: FrameworkAgreement, lot: Lot & { holders: Holder[] }, place: LotDepartment): Promise<Reason[]> {
  const { greenLight, diagnostic } = await gates(act, framework, place);
  const facts = base(act, framework, lot, place.departmentCode, diagnostic, NOTHING_SPENT, NOTHING_SPENT);
  const reasons = preflight({
    ...facts,
    greenLight,
    invited: facts.holders,
    withoutContact: [],
    weights: framework.criteria.map(({ label, min }) => ({ label, weight: min })),
    budget: true,
    deadlineDay: facts.day,
    deadlineHour: '12:00',
    deadlinePassed: false,
    delegation: true,
    signatory: null,
    openers: 0,
    quorum: 0,
    documents: 1,
    overrides: [],
    contractId: null,
  });
  // Without a contract, only what the framework, the holders and the gates say is known.
  const known = reasons.filter((one) => /^(framework|lot|no-holder|single-holder|no-green-light|no-diagnostic|diagnostic)/.test(one.code));
  return [{ code: 'not-prepared', blocking: true, sentence: 'Aucun marché n’est en préparation pour ce département.', remedy: 'La plateforme régionale le prépare depuis la page des marchés.', href: '/marches/nouveau' }, ...known];
}

function base(act: Act, framework: FrameworkAgreement, lot: Lot & { holders: Holder[] }, departmentCode: string, diagnostic: Checked['diagnostic'], spent: Spent, more: Spent) {
  const day: Day = dayOf(act.now, 'Europe/Paris');
  const holders = lot.holders.filter((one) => one.isActive(day));
  return {
    day,
    departmentCode,
    framework: { id: framework.id, title: framework.title, status: framework.status, startsOn: framework.startsOn, endsOn: framework.endsOn, renewableUntil: framework.renewableUntil, criteria: framework.criteria, method: framework.method },
    lot: {
      number: lot.number,
      active: lot.status === 'active',
      reached: consumption(lot, spent).alert === '100',
      exceeded: exceeds(lot, { cents: spent.cents + more.cents, quantity: spent.quantity + more.quantity }),
    },
    holders: holders.map(({ organisationId, name }) => ({ organisationId, name })),
    diagnostic: diagnostic && { id: diagnostic.id, status: diagnostic.status, missing: diagnostic.status === 'published' ? notReached(holders, arrived(diagnostic.shares)) : holders.map((one) => one.name) },
  };
}

async function gates(act: Act, framework: FrameworkAgreement, place: Pick<LotDepartment, 'frameworkId' | 'lotId' | 'departmentCode' | 'wave'>) {
  const day = dayOf(act.now, 'Europe/Paris');
  const greenLights = await act.db.findBy(GreenLight, { frameworkId: framework.id });
  const diagnostics = (await act.db
    .createQueryBuilder(Diagnostic, 'd')
    .leftJoinAndMapMany('d.shares', DiagnosticShare, 's', 's."diagnosticId" = d.id')
    .leftJoinAndMapOne('s.mail', Mail, 'm', 'm.id = s."mailId"')
    .where('d."frameworkId" = :frameworkId and d."departmentCode" = :departmentCode and d.status not in (:...gone)', { frameworkId: framework.id, departmentCode: place.departmentCode, gone: GONE_STUDIES })
    .orderBy('d.createdAt', 'DESC')
    .getMany()) as (Diagnostic & { shares: DiagnosticShare[] })[];
  return {
    // One without conditions is enough, when there is one.
    greenLight: greenLights.filter((one) => one.covers(place, day)).toSorted((a, b) => a.conditions.length - b.conditions.length)[0] ?? null,
    diagnostic: mainStudy(diagnostics),
  };
}

/** The published one, else the latest. */
export function mainStudy<D extends Pick<Diagnostic, 'status' | 'createdAt'>>(diagnostics: readonly D[]): D | null {
  return diagnostics.find((one) => one.status === 'published') ?? diagnostics.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime())[0] ?? null;
}
