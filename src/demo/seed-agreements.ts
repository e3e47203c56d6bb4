import { FrameworkAgreement, Programme } from '../agreements/framework-agreement.js';
import { GreenLight } from '../agreements/green-light.js';
import { Holder, Lot, LotDepartment } from '../agreements/lot.js';
import { DeclaredStage } from '../cockpit/declared-stage.js';
import { STAGES } from '../cockpit/stage.js';
import { Diagnostic } from '../commissions/diagnostic.js';
import { ContractReadingService } from '../contracts/contract-reading.service.js';
import { ContractsService } from '../contracts/contracts.service.js';
import { SubsequentContract } from '../contracts/subsequent-contract.js';
import { Delegation } from '../letters/letter.js';
import { department } from '../people/departments.js';
import { newGuest } from '../people/guests.js';
import { hashPassword } from '../people/passwords.js';
import { Authority, Membership, Organisation, Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { Random } from '../platform/random.js';
import { type AgirData, agirData } from './agir-data.js';
import { DEMO_PASSWORD } from './demo-data.js';
import { actorOf, type Getter } from './seed.js';

const SOURCE = 'données de démonstration (fictif)';

/** The national side: framework, lots, holders, departments, green lights, and what predates the tool. */
export async function seedAgreements(app: Getter): Promise<void> {
  const data = agirData();
  const password = await hashPassword(DEMO_PASSWORD, app.get(Random).token());
  await app.get(Acts).perform(Actor.system, 'demo.seed-agreements', async (act) => {
    act.require(act.actor.isSystem);
    const people = await addPeople(act, data, password);
    const author = people.get('ministry') ?? '';
    const frameworkId = await addFrameworks(act, data, author);
    const lots = await addLots(act, data, frameworkId);
    await addPlaces(act, data, frameworkId, lots, author);
  });
}

async function addPeople(act: Act, data: AgirData, password: string): Promise<Map<string, string>> {
  const authorities = new Map<string, Authority>();
  for (const { name, ...own } of data.authorities) {
    const organisation = Object.assign(new Organisation(), { id: act.random.id(), kind: 'authority', name });
    const authority = Object.assign(new Authority(), { ...own, id: organisation.id, timeZone: 'Europe/Paris' });
    await act.add(organisation, authority);
    authorities.set(own.territory, authority);
  }
  const ids = new Map<string, string>();
  for (const { key, territory, roles, ...own } of data.people) {
    const person = Object.assign(new Person(), { ...own, id: act.random.id(), password });
    await act.add(person, ...roles.map((role) => Object.assign(new Membership(), { id: act.random.id(), personId: person.id, organisationId: authorities.get(territory)?.id ?? '', role, territory, validFrom: act.now })));
    ids.set(key, person.id);
  }
  const delegations = data.delegations.map(({ person, territory, ...own }) =>
    Object.assign(new Delegation(), { ...own, id: act.random.id(), authorityId: authorities.get(territory)?.id ?? '', delegateId: ids.get(person) ?? '', validFrom: new Date('2023-01-01T00:00:00.000Z'), validTo: new Date('2024-12-31T23:00:00.000Z') }),
  );
  await act.add(...delegations);
  return ids;
}

async function addFrameworks(act: Act, data: AgirData, createdById: string): Promise<string> {
  const programme = Object.assign(new Programme(), { ...data.programme, id: act.random.id() });
  const common = { programmeId: programme.id, createdById, createdAt: act.now };
  const { signedOn: _, notifiedOn: __, ...own } = data.framework;
  const framework = Object.assign(new FrameworkAgreement(), { ...own, ...common, id: act.random.id(), status: 'in-force', inForceAt: act.now });
  const next = Object.assign(new FrameworkAgreement(), { ...own, ...data.next, ...common, id: act.random.id(), previousId: framework.id });
  await act.add(programme, framework, next);
  for (const light of data.greenLights) await act.add(Object.assign(new GreenLight(), { ...light, id: act.random.id(), frameworkId: framework.id, createdById, createdAt: act.now }));
  return framework.id;
}

async function addLots(act: Act, data: AgirData, frameworkId: string): Promise<Map<string, Lot>> {
  const lots = new Map<string, Lot>();
  const known = new Map<string, string>();
  for (const { number, name, region, maxEuros, minEuros, holders } of data.lots) {
    const lot = Object.assign(new Lot(), { id: act.random.id(), frameworkId, number, name, regionCode: region, status: 'active', maxCents: maxEuros * 100, minCents: minEuros * 100 });
    await act.add(lot);
    lots.set(region, lot);
    for (const { name: holder, email, members = [], departments } of holders) {
      const organisationId = known.get(holder) ?? (await newGuest(act, { name: holder, email })).organisationId;
      known.set(holder, organisationId);
      await act.add(
        Object.assign(new Holder(), {
          id: act.random.id(), frameworkId, lotId: lot.id, organisationId, name: holder, form: members.length > 0 ? 'joint-solidary-lead' : 'single',
          members: members.map((one) => ({ organisationId: null, name: one })), enteredOn: data.framework.startsOn, signedOn: data.framework.signedOn, notifiedOn: data.framework.notifiedOn, capacity: departments,
        }),
      );
    }
  }
  return lots;
}

async function addPlaces(act: Act, data: AgirData, frameworkId: string, lots: Map<string, Lot>, createdById: string) {
  const own = { frameworkId, createdById, createdAt: act.now };
  for (const { code, wave, target, earliest, latest, wantedStart, reached = {}, operator } of data.departments) {
    const lot = lots.get(department(code).regionCode);
    if (!lot) throw new Error(`No lot for ${code}`);
    await act.add(
      Object.assign(new LotDepartment(), { id: act.random.id(), frameworkId, lotId: lot.id, departmentCode: code, wave, targetWording: target, targetEarliest: earliest, targetLatest: latest, wantedStart: wantedStart ?? null, actors: code === '67' ? data.actors67 : [] }),
    );
    const { green, diagnostic, start, ...stages } = reached;
    if (green) await act.add(Object.assign(new GreenLight(), { ...own, id: act.random.id(), scope: 'department', departmentCode: code, givenOn: green, reference: `DGEF/AGIR/2023-${code} (fictif)`, issuer: 'Direction générale des étrangers en France' }));
    if (diagnostic) {
      await act.add(
        Object.assign(new Diagnostic(), { ...own, id: act.random.id(), departmentCode: code, title: `Diagnostic pré-opérationnel ${department(code).complement}`, status: 'published', authorName: 'prestataire non précisé', publishedOn: diagnostic, declaredSource: SOURCE, version: 1 }),
      );
    }
    const declared = STAGES.map((stage) => stage.id).filter((stage) => stage !== 'diagnostic' && stage !== 'start' && stage in stages);
    await act.add(...declared.map((stage) => Object.assign(new DeclaredStage(), { ...own, id: act.random.id(), departmentCode: code, stage, on: (stages as Record<string, string>)[stage] ?? '', source: SOURCE })));
    if (start) await act.add(inForce(act, { ...own, lotId: lot.id, departmentCode: code, startsOn: start, contractorName: operator ?? 'titulaire non précisé' }));
  }
}

/** A contract that began before the tool: declared, its amount invented. */
function inForce(act: Act, own: Partial<SubsequentContract> & { frameworkId: string; departmentCode: string }): SubsequentContract {
  const digits = Number.parseInt(own.departmentCode, 10);
  return Object.assign(new SubsequentContract(), {
    ...own,
    id: act.random.id(),
    slot: SubsequentContract.slotOf(own.frameworkId, own.departmentCode),
    title: `Marché subséquent AGIR ${department(own.departmentCode).complement}`,
    status: 'in-execution',
    declared: true,
    declaredSource: SOURCE,
    amountCents: (420_000 + ((digits * 37_000) % 900_000)) * 100,
  });
}

/** The Bas-Rhin's contract, in preparation: its preflight says all that is still missing in July 2023. */
export async function prepareTheContract(app: Getter): Promise<string> {
  const data = agirData();
  const buyer = await actorOf(app, data.people.find((one) => one.key === 'buyer')?.email ?? '');
  const [place] = (await app.get(ContractReadingService).places(buyer)).places.filter((one) => one.departmentCode === '67');
  const { ids } = await app.get(ContractsService).prepare(buyer, { frameworkId: place?.frameworkId ?? '', departments: ['67'], deadline: '2023-12-01T12:00', buyer: '' });
  return ids[0] ?? '';
}
