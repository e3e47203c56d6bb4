import { In } from 'typeorm';
import type { FrameworkAgreement } from '../agreements/framework-agreement.js';
import { GreenLight } from '../agreements/green-light.js';
import { Holder, Lot, LotDepartment } from '../agreements/lot.js';
import { DeclaredStage } from '../cockpit/declared-stage.js';
import { Diagnostic } from '../commissions/diagnostic.js';
import { SubsequentContract } from '../contracts/subsequent-contract.js';
import { Membership, Organisation, Person } from '../people/people.js';
import { digits, isSiret } from '../people/registry-numbers.js';
import type { Act } from '../platform/acts.js';
import type { Sheet } from '../platform/spreadsheet.js';
import { dayOf } from '../platform/working-days.js';
import { folded } from './cells.js';
import type { DataImport } from './data-import.js';
import type { Listed } from './directory.js';
import type { LotWithPlaces } from './plan.js';
import type { Facts } from './planner.js';

/** How many values a query names at once: both databases take many more. */
const NAMED_AT_ONCE = 10_000;

/** What the planner needs for this file, in four queries at most, whatever the number of lines up to 10,000. */
export async function factsFor(act: Act, one: DataImport, framework: FrameworkAgreement, sheet: Sheet, newId: () => string): Promise<Facts> {
  const { frameworkId, kind, regions, createdById } = one;
  const lots = await lotsOf(act, frameworkId);
  const facts: Facts = {
    frameworkId,
    needsMaximum: framework.needsMaximum,
    proof: { reference: one.fileName, fileId: one.fileId },
    today: dayOf(act.now, 'Europe/Paris'),
    now: act.now,
    authorId: createdById,
    regions,
    newId,
    lots,
    holders: [],
    directory: [],
    agents: new Set(),
    contracts: lots.flatMap(({ places }) => places.flatMap((place) => (place as PlaceWithContracts).contracts)),
    diagnostics: [],
    greenLights: [],
    stages: [],
  };
  if (kind === 'titulaires') return { ...facts, ...(await directoryOf(act, frameworkId, sheet)) };
  return kind === 'historique' ? { ...facts, ...(await historyOf(act, frameworkId)) } : facts;
}

type PlaceWithContracts = LotDepartment & { contracts: SubsequentContract[] };

/** Lots, their departments and the few contracts of each, in one query. */
async function lotsOf(act: Act, frameworkId: string): Promise<LotWithPlaces[]> {
  const query = act.db
    .createQueryBuilder(Lot, 'l')
    .leftJoinAndMapMany('l.places', LotDepartment, 'd', 'd."lotId" = l.id')
    .leftJoinAndMapMany('d.contracts', SubsequentContract, 'c', 'c."frameworkId" = d."frameworkId" and c."departmentCode" = d."departmentCode"')
    .where('l."frameworkId" = :frameworkId', { frameworkId });
  return (await query.getMany()) as LotWithPlaces[];
}

async function historyOf(act: Act, frameworkId: string) {
  const greenLights = await act.db.findBy(GreenLight, { frameworkId, scope: 'department' });
  const stages = await act.db.findBy(DeclaredStage, { frameworkId });
  const diagnostics = await act.db.findBy(Diagnostic, { frameworkId });
  return { greenLights, stages, diagnostics };
}

type Entered = Organisation & { member?: Membership | null };
/** Somebody has an address for it. */
const ENTERED = 'e."organisationId" = o.id and e.role = \'bidder\'';

/** Holders of the framework with their organisations, then those that the file names by SIRET or address, then agents' addresses. */
async function directoryOf(act: Act, frameworkId: string, sheet: Sheet): Promise<Pick<Facts, 'holders' | 'directory' | 'agents'>> {
  const sirets = [...cellsOf(sheet, 'SIRET'), ...cellsOf(sheet, 'SIRET des membres').flatMap((typed) => typed.split('|'))].map(digits).filter(isSiret);
  const emails = cellsOf(sheet, 'Courriel').map((typed) => typed.toLowerCase());
  const holders = (await act.db.createQueryBuilder(Holder, 'h').leftJoinAndMapOne('h.organisation', Organisation, 'o', 'o.id = h."organisationId"').leftJoinAndMapOne('o.member', Membership, 'e', ENTERED).where('h."frameworkId" = :frameworkId', { frameworkId }).getMany()) as (Holder & { organisation?: Entered })[];
  const listed = new Map<string, Listed & { emails: string[] }>();
  const list = ({ member, ...organisation }: Entered, email?: string) => {
    const found = listed.get(organisation.id) ?? { organisation, emails: [], entered: false };
    found.entered ||= Boolean(member) || email !== undefined;
    listed.set(organisation.id, found);
    if (email) found.emails.push(email);
  };
  for (const { organisation } of holders) if (organisation) list(organisation);
  const memberIds = holders.flatMap(({ members }) => members.flatMap((one) => one.organisationId ?? []));
  // Companies that the file names, and members already known, in one query.
  for (const named of sirets.length > 0 ? batches(sirets) : [[]]) {
    const query = act.db.createQueryBuilder(Organisation, 'o').leftJoinAndMapOne('o.member', Membership, 'e', ENTERED).where([{ kind: 'company', scheme: 'FR-SIRET', schemeId: In(named) }, { id: In(memberIds) }]);
    for (const organisation of (await query.getMany()) as Entered[]) list(organisation);
  }
  const agents = new Set<string>();
  for (const named of batches(emails)) {
    // One row per mandate: a bidder's leads to an organisation, any other is an agent's.
    const mandates = (await act.db
      .createQueryBuilder(Membership, 'm')
      .innerJoinAndMapOne('m.person', Person, 'p', 'p.id = m."personId"')
      .innerJoinAndMapOne('m.organisation', Organisation, 'o', 'o.id = m."organisationId"')
      .where('p.email in (:...named)', { named })
      .getMany()) as (Membership & { person: Person; organisation: Organisation })[];
    for (const { role, person, organisation } of mandates) {
      if (role === 'bidder') list(organisation, person.email);
      else agents.add(person.email);
    }
  }
  return { holders: holders.map(withoutOrganisation), directory: [...listed.values()], agents };
}

function withoutOrganisation(holder: Holder & { organisation?: Organisation }): Holder {
  delete holder.organisation;
  return holder;
}

/** Distinct values of a column, wherever it stands. */
function cellsOf(sheet: Sheet, column: string): string[] {
  const index = sheet.header.findIndex((name) => folded(name) === folded(column));
  return [...new Set(sheet.rows.map(({ cells }) => (cells[index] ?? '').trim()).filter(Boolean))];
}

export function batches<Value>(values: readonly Value[], size = NAMED_AT_ONCE): Value[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) => values.slice(index * size, (index + 1) * size));
}
