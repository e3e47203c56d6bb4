// One framework in force with two lots of two regions, and the people who may, or may not, import into it.
import { FrameworkAgreement } from '../../src/agreements/framework-agreement.js';
import { Holder, Lot, LotDepartment } from '../../src/agreements/lot.js';
import { ImportsService } from '../../src/imports/imports.service.js';
import type { ImportKind } from '../../src/imports/data-import.js';
import type { LotWithPlaces } from '../../src/imports/plan.js';
import type { Facts } from '../../src/imports/planner.js';
import { Membership, Organisation, Person, type Role } from '../../src/people/people.js';
import type { Sheet } from '../../src/platform/spreadsheet.js';
import { Acts } from '../../src/platform/acts.js';
import { Actor } from '../../src/platform/actor.js';
import { startApp, type TestApp } from '../support/app.js';
import type { DatabaseKind } from '../support/databases.js';

export const FRAMEWORK = 'f1';

export const PEOPLE = {
  ministry: ['ministry', '*'],
  region: ['regional-buyer', 'R44'],
  elsewhere: ['regional-buyer', 'R93'],
  officer: ['dept-officer', '67'],
  opener: ['opener', '67'],
  bidder: ['bidder', '*'],
  sysadmin: ['sysadmin', '*'],
} satisfies Record<string, [Role, string]>;
export type Who = keyof typeof PEOPLE;

export const emailOf = (who: Who) => `${who}@essai.example`;

export async function importsApp(kind: DatabaseKind): Promise<TestApp & { imports: ImportsService; as(who: Who): Promise<Actor> }> {
  const t = await startApp(kind);
  await seed(t);
  return Object.assign(t, { imports: t.app.get(ImportsService), as: (who: Who) => t.actor(emailOf(who)) });
}

async function seed(t: TestApp) {
  await t.app.get(Acts).perform(Actor.system, 'test.seed', async (act) => {
    act.require(act.actor.isSystem);
    const organisation = Object.assign(new Organisation(), { id: 'service', kind: 'authority', name: 'Service d’essai' });
    await act.add(organisation, framework(act.now));
    for (const [who, [role, territory]] of Object.entries(PEOPLE)) {
      await act.add(Object.assign(new Person(), { id: who, email: emailOf(who as Who), givenName: 'Camille', familyName: who }));
      await act.add(Object.assign(new Membership(), { id: `m-${who}`, personId: who, organisationId: 'service', role, territory, validFrom: act.now }));
    }
    for (const { places, ...lot } of lots()) await act.add(Object.assign(new Lot(), lot), ...places);
  });
}

export function framework(now: Date): FrameworkAgreement {
  return Object.assign(new FrameworkAgreement(), {
    id: FRAMEWORK, programmeId: 'p1', reference: 'ESSAI-2023', title: 'Accord-cadre d’essai', status: 'in-force', buyerName: 'Ministère', buyerSiret: '11000201100044',
    procedure: 'adaptée', legalBasis: 'R. 2123-1', cpv: '85312000', ccag: 'FCS', startsOn: '2023-01-01', endsOn: '2026-12-31', createdById: 'ministry', createdAt: now,
  });
}

/** Lot 6 in the Grand Est (67, 68), lot 12 in Provence (13). */
export function lots(): LotWithPlaces[] {
  return [lotOf('l6', 6, 'Grand Est', '44', ['67', '68']), lotOf('l12', 12, 'Provence', '93', ['13'])];
}

function lotOf(id: string, number: number, name: string, regionCode: string, codes: string[]): LotWithPlaces {
  const lot = Object.assign(new Lot(), { id, frameworkId: FRAMEWORK, number, name, regionCode });
  const places = codes.map((departmentCode) => Object.assign(new LotDepartment(), { id: `d${departmentCode}`, frameworkId: FRAMEWORK, lotId: id, departmentCode }));
  return Object.assign(lot, { places });
}

/** Facts for the planner alone: what the ministry would see on 13 July 2023. */
export function factsOf(given: Partial<Facts> = {}): Facts {
  let count = 0;
  return {
    frameworkId: FRAMEWORK,
    needsMaximum: false,
    proof: { reference: 'tableau.csv', fileId: 'f-1' },
    today: '2023-07-13',
    now: new Date('2023-07-13T08:00:00.000Z'),
    authorId: 'ministry',
    regions: [],
    newId: () => `n${(count += 1)}`,
    lots: lots(),
    holders: [],
    directory: [],
    agents: new Set(),
    contracts: [],
    diagnostics: [],
    greenLights: [],
    stages: [],
    ...given,
  };
}

export function holderOf(given: Partial<Holder> = {}): Holder {
  return Object.assign(new Holder(), { id: 'h1', frameworkId: FRAMEWORK, lotId: 'l6', organisationId: 'o1', name: 'Alpha', enteredOn: '2023-01-01', ...given });
}

export const HEADERS: Record<ImportKind, string> = {
  lots: 'Lot;Nom;Région;Départements;Maximum HT;Minimum HT;Quantité maximum;Quantité minimum',
  titulaires: 'Lot;Titulaire;SIRET;RNA;Courriel;Forme;Membres;SIRET des membres;Prestations des membres;Entrée;Sortie;Motif;Départements couverts;Signature;Notification',
  cibles: 'Département;Vague;Cible;Au plus tôt;Au plus tard;Début souhaité',
  historique: 'Département;Type;Étape;Date;Source;Référence;Auteur ou titulaire;Montant HT',
};

/** Lines as they are typed, under their header. */
export const sheetOf = (kind: ImportKind, ...lines: string[]): Sheet => ({ header: HEADERS[kind].split(';'), rows: lines.map((line, index) => ({ line: index + 2, cells: line.split(';') })) });
export const fileOf = (kind: ImportKind, ...lines: string[]) => ({ name: `${kind}.csv`, bytes: Buffer.from([HEADERS[kind], ...lines].join('\r\n')) });
