import { ContractLaunchService } from '../../src/contracts/contract-launch.service.js';
import { ContractReadingService } from '../../src/contracts/contract-reading.service.js';
import { ContractSigningService } from '../../src/contracts/contract-signing.service.js';
import { ContractsService } from '../../src/contracts/contracts.service.js';
import { DiagnosticsService } from '../../src/commissions/diagnostics.service.js';
import { FrameworksService } from '../../src/agreements/frameworks.service.js';
import type { HolderForm } from '../../src/agreements/agreement.forms.js';
import { HoldersService } from '../../src/agreements/holders.service.js';
import { GreenLightsService } from '../../src/agreements/green-lights.service.js';
import { LotsService } from '../../src/agreements/lots.service.js';
import { prepareTheContract, seedAgreements } from '../../src/demo/seed-agreements.js';
import { seedAuthority } from '../../src/demo/seed.js';
import type { Actor } from '../../src/platform/actor.js';
import { Membership, Organisation, Person } from '../../src/people/people.js';
import { Acts } from '../../src/platform/acts.js';
import { Actor as Actors } from '../../src/platform/actor.js';
import type { DatabaseKind } from '../support/databases.js';
import { startApp, type TestApp } from '../support/app.js';

export const PDF = { name: 'reglement.pdf', bytes: Buffer.from('%PDF-1.4 règlement') };

/** AGIR as the demonstration has it on 13 July 2023, the Bas-Rhin's contract in preparation. */
export async function agirWorld(kind: DatabaseKind) {
  const t = await startApp(kind);
  await seedAuthority(t.app);
  await seedAgreements(t.app);
  const contractId = await prepareTheContract(t.app);
  const [ministry, buyer, sgar, officer] = await Promise.all(['ministry', 'buyer', 'sgar', 'officer'].map((key) => t.actor(key)));
  if (!ministry || !buyer || !sgar || !officer) throw new Error('Somebody is missing');
  const { frameworks } = await t.app.get(FrameworksService).list(ministry);
  const framework = frameworks.find((one) => one.reference === 'AGIR-2022');
  if (!framework) throw new Error('No framework');
  return {
    t,
    contractId,
    framework,
    who: { ministry, buyer, sgar, officer },
    contracts: t.app.get(ContractsService),
    reading: t.app.get(ContractReadingService),
    signing: t.app.get(ContractSigningService),
    launching: t.app.get(ContractLaunchService),
    diagnostics: t.app.get(DiagnosticsService),
    frameworks: t.app.get(FrameworksService),
    greenLights: t.app.get(GreenLightsService),
    lots: t.app.get(LotsService),
    holders: t.app.get(HoldersService),
  };
}
export type AgirWorld = Awaited<ReturnType<typeof agirWorld>>;

export const codesOf = (reasons: readonly { code: string }[]) => reasons.map((one) => one.code);
export const refusal = (work: Promise<unknown>) => work.then(() => 'done', (error: { code?: string; message: string }) => error.code ?? error.message);

/** Documents, openers and budget: what the buyer does alone. */
export async function fillIn(w: AgirWorld, contractId = w.contractId) {
  await w.contracts.addDocument(w.who.buyer, contractId, { title: 'Règlement de la consultation', kind: 'rules' }, PDF);
  const { openers } = await w.reading.find(w.who.buyer, contractId);
  await w.contracts.setOpeners(w.who.buyer, contractId, openers.map((one) => one.id));
  await writeContent(w, contractId);
}

export async function writeContent({ contracts, who }: AgirWorld, contractId: string, weights = 'Qualité de l’accompagnement : 50\nCoordination et ancrage local : 20\nPrix : 30') {
  await contracts.edit(who.buyer, contractId, {
    title: 'Marché subséquent AGIR du Bas-Rhin', object: 'la mise en œuvre du programme AGIR dans le département du Bas-Rhin', deadline: '2023-12-01T12:00', budget: '640 000',
    minQuantity: '100', estimatedQuantity: '180', maxQuantity: '240', weights, validityDays: '120', questionsBefore: '', together: '',
  });
}

/** The diagnostic from its arrival to the holders. */
export async function shareDiagnostic({ diagnostics, who, t }: AgirWorld, departmentCode = '67') {
  const { id } = await diagnostics.expect(who.officer, { departmentCode, title: 'Diagnostic pré-opérationnel du Bas-Rhin', expectedOn: '' });
  await diagnostics.submit(who.officer, id, { authorName: 'Passerelle Rhénane (association fictive)', authors: [] }, { name: 'diagnostic.pdf', bytes: Buffer.from('%PDF-1.4 diagnostic') });
  await diagnostics.decide(who.officer, id, { move: 'review', note: '' });
  await diagnostics.decide(who.officer, id, { move: 'accept', note: '' });
  await diagnostics.clear(who.officer, id, { privacyReviewer: 'Sébastien Bouché', smallCounts: 'oui', privacyNote: '' });
  await diagnostics.publish(who.officer, id, { publishedOn: t.clock.now().toISOString().slice(0, 10), publicAddress: 'https://exemple.example/diagnostic' });
  await diagnostics.share(who.officer, id);
  return id;
}

export const greenLightFor67 = { scope: 'department' as const, lotId: '', wave: '', departmentCode: '67', givenOn: '2023-07-13', reference: 'DGEF/AGIR/2023-67', issuer: 'DGEF', conditions: '' };

export const holderForm = (more: Partial<HolderForm> = {}): HolderForm => ({
  name: 'Nouvel entrant (fictif)', siret: '', email: 'marches@nouvel-entrant.example', form: 'single', members: '', enteredOn: '2023-07-01', signedOn: '', notifiedOn: '', leftOn: '', reason: '', capacity: '67 68', replaces: '', legalCase: '', sourceReference: '', ...more,
});

/** An officer of another department, whom nothing of the Bas-Rhin concerns. */
export async function officerOf(t: TestApp, territory: string, suffix = ''): Promise<Actor> {
  const id = `officer-${territory}${suffix}`;
  const organisationId = `authority-${territory}${suffix}`;
  await t.app.get(Acts).perform(Actors.system, 'test.officer', async (act) => {
    act.require(true);
    await act.add(
      Object.assign(new Organisation(), { id: organisationId, kind: 'authority', name: `Préfecture ${territory}` }),
      Object.assign(new Person(), { id, email: `${id}@prefecture.example`, givenName: 'Agent', familyName: territory, password: 'x' }),
      ...(['dept-officer', 'dept-signatory', 'opener'] as const).map((role) => Object.assign(new Membership(), { id: `${id}-${role}`, personId: id, organisationId, role, territory, validFrom: act.now })),
    );
  });
  return t.actor(`${id}@prefecture.example`);
}
