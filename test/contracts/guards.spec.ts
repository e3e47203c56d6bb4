import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FrameworkAgreement } from '../../src/agreements/framework-agreement.js';
import { GreenLight } from '../../src/agreements/green-light.js';
import { Holder, LotDepartment } from '../../src/agreements/lot.js';
import { Diagnostic, DiagnosticShare } from '../../src/commissions/diagnostic.js';
import { Invitation } from '../../src/consultations/consultation.js';
import { SubsequentContract } from '../../src/contracts/subsequent-contract.js';
import { DomainError } from '../../src/platform/errors.js';
import { agirWorld, type AgirWorld, fillIn, greenLightFor67, holderForm, writeContent } from './world.js';

const RUNS = Number(process.env.GUARD_RUNS ?? 15);
const PLACES = ['08', '51', '52', '55', '67', '68', '88'];

const OPS = ['light', 'revoke', 'holder-in', 'holder-out', 'study', 'share', 'override-light', 'override-study', 'wrong-weights', 'right-weights', 'submit', 'take-back', 'sign', 'refresh', 'launch', 'launch', 'days'] as const;
type Op = (typeof OPS)[number];

/** Whatever the sequence of acts, no consultation was ever launched while a blocking guard, not overridden, was false. */
describe('les gardes du lancement', () => {
  let w: AgirWorld;
  let newcomers = 0;
  beforeAll(async () => {
    w = await agirWorld('sqlite');
    await w.launching.end(w.who.buyer, w.contractId, { move: 'abandon', reason: 'Place libérée pour l’essai.' });
  }, 60_000);
  afterAll(() => w.t.close());

  const day = () => w.t.clock.now().toISOString().slice(0, 10);
  const manager = () => w.t.source.manager;

  /** The law again, from the rows and in other words than the product's. */
  async function lawful(contractId: string): Promise<string[]> {
    const contract = await manager().findOneByOrFail(SubsequentContract, { id: contractId });
    const framework = await manager().findOneByOrFail(FrameworkAgreement, { id: contract.frameworkId });
    const place = await manager().findOneByOrFail(LotDepartment, { frameworkId: framework.id, departmentCode: contract.departmentCode });
    const today = day();
    const broken: string[] = [];
    if (framework.status !== 'in-force' || today > framework.endsOn) broken.push('framework');
    const holders = (await manager().findBy(Holder, { lotId: contract.lotId })).filter((one) => one.status !== 'suspended' && one.enteredOn <= today && (one.leftOn ? one.leftOn > today : one.status === 'active')).map((one) => one.organisationId);
    const invited = (await manager().findBy(Invitation, { consultationId: contract.consultationId ?? '' })).map((one) => one.organisationId);
    if (holders.length === 0 || holders.toSorted().join() !== invited.toSorted().join()) broken.push('invitees');
    const lights = await manager().findBy(GreenLight, { frameworkId: framework.id });
    const lit = lights.some((one) => (one.departmentCode === contract.departmentCode || (one.scope === 'wave' && one.wave === place.wave)) && one.givenOn <= today && (!one.revokedOn || one.revokedOn > today));
    if (!lit && !contract.overrides.some((one) => one.of === 'green-light')) broken.push('green light');
    const studies = await manager().findBy(Diagnostic, { frameworkId: framework.id, departmentCode: contract.departmentCode, status: 'published' });
    const reached = new Set((await manager().find(DiagnosticShare)).filter((one) => studies.some((study) => study.id === one.diagnosticId)).map((one) => one.organisationId));
    if ((studies.length === 0 || holders.some((one) => !reached.has(one))) && !contract.overrides.some((one) => one.of === 'diagnostic')) broken.push('diagnostic');
    const total = contract.weights.reduce((sum, one) => sum + one.weight, 0);
    if (total !== 100 || contract.weights.some((one) => !framework.criteria.some((range) => range.label === one.label && range.min <= one.weight && one.weight <= range.max))) broken.push('weights');
    return broken;
  }

  async function run(op: Op, contractId: string, place: string): Promise<boolean> {
    const { ministry, buyer, sgar } = w.who;
    const framework = w.framework.id;
    if (op === 'light') await w.greenLights.give(ministry, framework, { ...greenLightFor67, departmentCode: place, givenOn: day() });
    if (op === 'revoke') {
      const [light] = (await manager().findBy(GreenLight, { frameworkId: framework, departmentCode: place })).filter((one) => !one.revokedOn);
      if (light) await w.greenLights.revoke(ministry, framework, light.id, { revokedOn: day(), reason: 'Essai' });
    }
    if (op === 'holder-in') await w.holders.add(ministry, framework, 5, holderForm({ name: `Entrant ${(newcomers += 1)}`, email: `entrant-${newcomers}@titulaire.example`, enteredOn: day() }));
    if (op === 'holder-out') {
      const [last] = (await manager().find(Holder, { where: { lotId: (await manager().findOneByOrFail(SubsequentContract, { id: contractId })).lotId, status: 'active' }, order: { name: 'DESC' } }));
      if (last) await w.holders.leave(ministry, framework, 5, last.id, { move: 'suspend', on: day(), reason: 'Essai', sourceReference: '' });
    }
    if (op === 'study') {
      const { id } = await w.diagnostics.expect(buyer, { departmentCode: place, title: 'Diagnostic', expectedOn: '' });
      await w.diagnostics.submit(buyer, id, { authorName: 'Auteur', authors: [] }, { name: 'd.pdf', bytes: Buffer.from('%PDF-1.4') });
      await w.diagnostics.decide(buyer, id, { move: 'review', note: '' });
      await w.diagnostics.decide(buyer, id, { move: 'accept', note: '' });
      await w.diagnostics.clear(buyer, id, { privacyReviewer: 'X', smallCounts: 'oui', privacyNote: '' });
      await w.diagnostics.publish(buyer, id, { publishedOn: day(), publicAddress: 'https://exemple.example' });
    }
    if (op === 'share') {
      const [study] = await manager().findBy(Diagnostic, { frameworkId: framework, departmentCode: place, status: 'published' });
      if (study) await w.diagnostics.share(buyer, study.id);
    }
    if (op === 'override-light') await w.launching.override(sgar, contractId, { of: 'green-light', reason: 'Accord oral du ministère, à confirmer.' });
    if (op === 'override-study') await w.launching.override(sgar, contractId, { of: 'diagnostic', reason: 'Étude ancienne connue de tous les titulaires.' });
    if (op === 'wrong-weights') await writeContent(w, contractId, 'Qualité de l’accompagnement : 90\nPrix : 10');
    if (op === 'right-weights') await writeContent(w, contractId);
    if (op === 'submit') await w.signing.submit(buyer, contractId);
    if (op === 'take-back') await w.signing.takeBack(buyer, contractId);
    if (op === 'sign') {
      await w.signing.sign(sgar, contractId);
      await w.t.jobs.finishAll();
    }
    if (op === 'refresh') await w.contracts.refreshInvitees(buyer, contractId);
    if (op === 'days') w.t.clock.moveTo(new Date(w.t.clock.now().getTime() + 86_400_000).toISOString());
    if (op !== 'launch') return false;
    await w.launching.launch(buyer, contractId);
    return true;
  }

  it(`tiennent quelle que soit la suite des actes (${RUNS} suites)`, async () => {
    let launched = 0;
    const story: Op[] = ['light', 'study', 'share', 'submit', 'sign', 'launch'];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...PLACES), fc.array(fc.constantFrom(...OPS), { minLength: 3, maxLength: 12 }), fc.array(fc.constantFrom(...OPS), { maxLength: 8 }), async (place, before, after) => {
        const { ids } = await w.contracts.prepare(w.who.buyer, { frameworkId: w.framework.id, departments: [place], deadline: '2023-12-01T12:00' });
        const id = ids[0] ?? '';
        await fillIn(w, id);
        try {
          for (const op of [...before, ...story, ...after]) {
            const broken = op === 'launch' ? await lawful(id) : [];
            try {
              if (await run(op, id, place)) {
                launched += 1;
                expect(broken).toEqual([]);
              }
            } catch (error) {
              if (!(error instanceof DomainError)) throw error;
            }
          }
        } finally {
          await w.launching.end(w.who.sgar, id, { move: 'abandon', reason: 'Fin de l’essai.' }).catch(() => w.launching.end(w.who.buyer, id, { move: 'abandon', reason: 'Fin de l’essai.' }));
        }
      }),
      { numRuns: RUNS },
    );
    expect(launched).toBeGreaterThan(0); // else nothing was tried
  }, 120_000);
});
