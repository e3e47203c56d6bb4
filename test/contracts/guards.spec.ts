import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FrameworkForm } from '../../src/agreements/agreement.forms.js';
import { FrameworkAgreement } from '../../src/agreements/framework-agreement.js';
import { GreenLight } from '../../src/agreements/green-light.js';
import { Holder, Lot, LotDepartment } from '../../src/agreements/lot.js';
import { Diagnostic, DiagnosticShare } from '../../src/commissions/diagnostic.js';
import { Invitation } from '../../src/consultations/consultation.js';
import { SubsequentContract } from '../../src/contracts/subsequent-contract.js';
import { DomainError } from '../../src/platform/errors.js';
import { Mail } from '../../src/platform/mail.js';
import { agirWorld, type AgirWorld, fillIn, greenLightFor67, holderForm, refusal, writeContent } from './world.js';

const RUNS = Number(process.env.GUARD_RUNS ?? 20);
const PLACES = ['08', '51', '52', '55', '67', '68', '88'];
const STORY = ['light', 'study', 'share', 'submit', 'sign', 'launch'] as const;
/** What makes a guard false, and what the oracle calls it. */
const FAULTS = {
  'framework-ends': 'framework', 'criteria-change': 'weights', 'lot-closes': 'lot', 'suspend-all': 'invitees', 'holder-in': 'invitees', 'holder-out': 'invitees', revoke: 'green light', 'study-gone': 'diagnostic', 'mail-fails': 'diagnostic',
} as const;
type Fault = keyof typeof FAULTS;
const REPAIRS = ['framework-back', 'criteria-back', 'lot-opens', 'resume-all', 'light-lot', 'light-wave', 'light-framework', 'override-light', 'override-study', 'wrong-weights', 'right-weights', 'take-back', 'refresh', 'days'] as const;
type Op = (typeof STORY)[number] | Fault | (typeof REPAIRS)[number];
const OPS: Op[] = [...STORY, 'launch', ...(Object.keys(FAULTS) as Fault[]), ...REPAIRS];

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
    const lot = await manager().findOneByOrFail(Lot, { id: contract.lotId });
    const today = day();
    const broken: string[] = [];
    if (framework.status !== 'in-force' || today > framework.endsOn) broken.push('framework');
    if (lot.status !== 'active') broken.push('lot');
    const holders = (await manager().findBy(Holder, { lotId: contract.lotId })).filter((one) => one.status !== 'suspended' && one.enteredOn <= today && (one.leftOn ? one.leftOn > today : one.status === 'active')).map((one) => one.organisationId);
    const invited = (await manager().findBy(Invitation, { consultationId: contract.consultationId ?? '' })).map((one) => one.organisationId);
    if (holders.length === 0 || holders.toSorted().join() !== invited.toSorted().join()) broken.push('invitees');
    const lights = (await manager().findBy(GreenLight, { frameworkId: framework.id })).filter((one) => one.givenOn <= today && (!one.revokedOn || one.revokedOn > today));
    const reaches = { framework: () => true, lot: (one: GreenLight) => one.lotId === lot.id, wave: (one: GreenLight) => one.wave === place.wave, department: (one: GreenLight) => one.departmentCode === place.departmentCode };
    if (!lights.some((one) => reaches[one.scope](one)) && !contract.overrides.some((one) => one.of === 'green-light')) broken.push('green light');
    const studies = await manager().findBy(Diagnostic, { frameworkId: framework.id, departmentCode: contract.departmentCode, status: 'published' });
    const failed = new Set((await manager().findBy(Mail, { kind: 'diagnostic-shared', state: 'failed' })).map((one) => one.id));
    const reached = new Set((await manager().find(DiagnosticShare)).filter((one) => studies.some(({ id }) => id === one.diagnosticId) && !failed.has(one.mailId ?? '')).map((one) => one.organisationId));
    if ((studies.length === 0 || holders.some((one) => !reached.has(one))) && !contract.overrides.some((one) => one.of === 'diagnostic')) broken.push('diagnostic');
    const total = contract.weights.reduce((sum, one) => sum + one.weight, 0);
    if (total !== 100 || contract.weights.some((one) => !framework.criteria.some((range) => range.label === one.label && range.min <= one.weight && one.weight <= range.max))) broken.push('weights');
    return broken;
  }

  const edit = async (more: Partial<FrameworkForm>) => {
    const { id, criteria, services, priceForms, durations: _, ...one } = await manager().findOneByOrFail(FrameworkAgreement, { id: w.framework.id });
    const typed = { ...one, criteria: criteria.map(({ label, min, max }) => `${label} : ${min} à ${max}`).join('\n'), services: services.join('\n'), priceForms: priceForms.join('\n') };
    const blank = { durations: '', durationJustification: one.durationJustification ?? '', previousId: '', sourceReference: '', callPublishedOn: one.callPublishedOn ?? '', renewableUntil: '' };
    await w.frameworks.edit(w.who.ministry, id, { ...typed, ...blank, ...more });
  };
  const inLot = async () => manager().find(Holder, { where: { lotId: (await manager().findOneByOrFail(Lot, { frameworkId: w.framework.id, number: 5 })).id }, order: { name: 'DESC' } });
  const move = (holder: Holder | undefined, to: 'suspend' | 'resume') => (holder ? w.holders.leave(w.who.ministry, w.framework.id, 5, holder.id, { move: to, on: day(), reason: 'Essai', sourceReference: '' }) : undefined);
  const light = async (scope: 'framework' | 'lot' | 'wave' | 'department', place: string) => {
    const { lotId, wave } = await manager().findOneByOrFail(LotDepartment, { frameworkId: w.framework.id, departmentCode: place });
    await w.greenLights.give(w.who.ministry, w.framework.id, { ...greenLightFor67, scope, lotId, wave: String(wave), departmentCode: place, givenOn: day() });
  };

  async function study(place: string) {
    const { buyer } = w.who;
    const { id } = await w.diagnostics.expect(buyer, { departmentCode: place, title: 'Diagnostic', expectedOn: '' });
    await w.diagnostics.submit(buyer, id, { authorName: 'Auteur', authors: [] }, { name: 'd.pdf', bytes: Buffer.from('%PDF-1.4') });
    await w.diagnostics.decide(buyer, id, { move: 'review', note: '' });
    await w.diagnostics.decide(buyer, id, { move: 'accept', note: '' });
    await w.diagnostics.clear(buyer, id, { privacyReviewer: 'X', smallCounts: 'oui', privacyNote: '' });
    await w.diagnostics.publish(buyer, id, { publishedOn: day(), publicAddress: 'https://exemple.example' });
  }
  const published = async (place: string) => (await manager().findBy(Diagnostic, { frameworkId: w.framework.id, departmentCode: place, status: 'published' }))[0];

  /** One act, by the person whose act it is. @returns whether it launched */
  async function run(op: Op, contractId: string, place: string): Promise<boolean> {
    const { ministry, buyer, sgar } = w.who;
    const id = w.framework.id;
    const acts: Record<Op, () => unknown> = {
      light: () => light('department', place),
      'light-lot': () => light('lot', place),
      'light-wave': () => light('wave', place),
      'light-framework': () => light('framework', place),
      revoke: async () => {
        for (const one of (await manager().findBy(GreenLight, { frameworkId: id })).filter(({ revokedOn }) => !revokedOn)) await w.greenLights.revoke(ministry, id, one.id, { revokedOn: day(), reason: 'Essai' });
      },
      'framework-ends': () => edit({ endsOn: new Date(w.t.clock.now().getTime() - 86_400_000).toISOString().slice(0, 10) }),
      'framework-back': () => edit({ endsOn: '2026-05-31' }),
      'criteria-change': () => edit({ criteria: 'Qualité de l’accompagnement : 60\nCoordination et ancrage local : 10\nPrix : 30' }),
      'criteria-back': () => edit({ criteria: 'Qualité de l’accompagnement : 40 à 60\nCoordination et ancrage local : 10 à 30\nPrix : 20 à 40' }),
      'lot-closes': () => w.lots.move(ministry, id, 5, 'close'),
      'lot-opens': () => w.lots.move(ministry, id, 5, 'reopen'),
      'suspend-all': async () => {
        for (const one of (await inLot()).filter((holder) => holder.status === 'active')) await move(one, 'suspend');
      },
      'resume-all': async () => {
        for (const one of (await inLot()).filter((holder) => holder.status === 'suspended')) await move(one, 'resume');
      },
      'holder-in': () => w.holders.add(ministry, id, 5, holderForm({ name: `Entrant ${(newcomers += 1)}`, email: `entrant-${newcomers}@titulaire.example`, enteredOn: day() })),
      'holder-out': async () => move((await inLot()).find((one) => one.status === 'active'), 'suspend'),
      study: () => study(place),
      share: async () => {
        const one = await published(place);
        if (one) await w.diagnostics.share(buyer, one.id);
      },
      'study-gone': async () => {
        const one = await published(place);
        if (one) await w.diagnostics.decide(buyer, one.id, { move: 'supersede', note: '' });
      },
      'mail-fails': async () => {
        const [share] = await manager().findBy(DiagnosticShare, { diagnosticId: (await published(place))?.id ?? '' });
        if (share?.mailId) await manager().update(Mail, { id: share.mailId }, { state: 'failed', error: '550' });
      },
      'override-light': () => w.launching.override(sgar, contractId, { of: 'green-light', reason: 'Accord oral du ministère, à confirmer.' }),
      'override-study': () => w.launching.override(sgar, contractId, { of: 'diagnostic', reason: 'Étude ancienne connue de tous les titulaires.' }),
      'wrong-weights': () => writeContent(w, contractId, 'Qualité de l’accompagnement : 90\nPrix : 10'),
      'right-weights': () => writeContent(w, contractId),
      submit: () => w.signing.submit(buyer, contractId),
      'take-back': () => w.signing.takeBack(buyer, contractId),
      sign: async () => {
        await w.signing.sign(sgar, contractId);
        await w.t.jobs.finishAll();
      },
      refresh: () => w.contracts.refreshInvitees(buyer, contractId),
      days: () => w.t.clock.moveTo(new Date(w.t.clock.now().getTime() + 86_400_000).toISOString()),
      launch: () => w.launching.launch(buyer, contractId),
    };
    await acts[op]();
    return op === 'launch';
  }

  /** A contract of its own for each try; afterwards the lot, its holders and its framework are as before. */
  async function onAContract(place: string, work: (id: string) => Promise<void>) {
    const { ids } = await w.contracts.prepare(w.who.buyer, { frameworkId: w.framework.id, departments: [place], deadline: '2023-12-01T12:00' });
    const id = ids[0] ?? '';
    await fillIn(w, id);
    try {
      await work(id);
    } finally {
      for (const op of ['framework-back', 'criteria-back', 'resume-all', 'lot-opens', 'revoke', 'study-gone'] as const) await run(op, id, place).catch(() => undefined);
      await w.launching.end(w.who.sgar, id, { move: 'abandon', reason: 'Fin de l’essai.' }).catch(() => w.launching.end(w.who.buyer, id, { move: 'abandon', reason: 'Fin de l’essai.' }));
    }
  }

  it.each(Object.entries(FAULTS) as [Fault, string][])('une fois tout prêt, « %s » rend fausse la garde « %s », et le lancement est refusé', async (fault, guard) => {
    await onAContract('67', async (id) => {
      for (const op of STORY.slice(0, -1)) await run(op, id, '67');
      expect(await lawful(id)).toEqual([]);
      await run(fault, id, '67');
      expect(await lawful(id)).toContain(guard);
      expect(await refusal(w.launching.launch(w.who.buyer, id))).toBe('preflight');
      const contract = await manager().findOneByOrFail(SubsequentContract, { id });
      expect(contract).toMatchObject({ status: 'to-sign', launchedAt: null });
    });
  });

  it('un diagnostic remis mais pas encore publié ne vaut pas remise aux titulaires', async () => {
    await onAContract('67', async (id) => {
      const { buyer } = w.who;
      const { id: expected } = await w.diagnostics.expect(buyer, { departmentCode: '67', title: 'Diagnostic', expectedOn: '' });
      await w.diagnostics.submit(buyer, expected, { authorName: 'Auteur', authors: [] }, { name: 'd.pdf', bytes: Buffer.from('%PDF-1.4') });
      const found = (await w.reading.preflight(buyer, id)).reasons.find((one) => one.code === 'diagnostic-not-shared');
      expect(found).toMatchObject({ blocking: true, overridden: false });
      await w.diagnostics.decide(buyer, expected, { move: 'review', note: '' });
      await w.diagnostics.decide(buyer, expected, { move: 'reject', note: 'Essai' });
    });
  });

  it(`tiennent quelle que soit la suite des actes (${RUNS} suites)`, async () => {
    let launched = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...PLACES), fc.array(fc.constantFrom(...OPS), { minLength: 3, maxLength: 12 }), fc.array(fc.constantFrom(...OPS), { maxLength: 8 }), (place, before, after) =>
        onAContract(place, async (id) => {
          for (const op of [...before, ...STORY, ...after, 'refresh', 'share', 'submit', 'sign', 'launch'] as Op[]) {
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
        }),
      ),
      { numRuns: RUNS },
    );
    expect(launched).toBeGreaterThan(RUNS / 10); // else nothing was tried
  }, 300_000);
});
