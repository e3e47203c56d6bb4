import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FrameworkForm, HolderForm, LotForm } from '../../src/agreements/agreement.forms.js';
import { showLot } from '../../src/agreements/agreement.view.js';
import { showHolder } from '../../src/agreements/holder.view.js';
import type { Holder } from '../../src/agreements/lot.js';
import { Mail } from '../../src/platform/mail.js';
import { DATABASES } from '../support/databases.js';
import { queriesOf } from '../support/queries.js';
import { agirWorld, type AgirWorld, greenLightFor67, holderForm, PDF, refusal } from '../contracts/world.js';

const fields = (error: { errors?: { field: string; message: string }[]; code?: string; message: string }) => error.errors?.map((one) => one.field).join() ?? error.code ?? error.message;
const fault = (work: Promise<unknown>) => work.then(() => 'done', fields);

describe.each(DATABASES)('les accords-cadres (%s)', (kind) => {
  let w: AgirWorld;
  let programmeId = '';
  const form = (more: Partial<FrameworkForm> = {}): FrameworkForm => ({
    programmeId, reference: 'AC-2027', title: 'Un autre accord-cadre', buyerName: 'Ministère', buyerSiret: '11000201100044', procedure: 'Procédure adaptée', legalBasis: 'article R. 2123-1', method: 'withReopeningCompetition',
    cpv: '85312000-9', ccag: '', renewals: '', criteria: 'Qualité : 60\nPrix : 40', services: '', priceForms: '', durations: '', startsOn: '2023-01-01', endsOn: '2026-12-31', durationJustification: '', previousId: '', sourceReference: '', callPublishedOn: '', renewableUntil: '', ...more,
  });
  const lot = (more: Partial<LotForm> = {}): LotForm => ({ number: 1, name: 'Est', regionCode: '44', departments: '67 68', max: '', min: '', maxQuantity: '', minQuantity: '', ...more });

  beforeAll(async () => {
    w = await agirWorld(kind);
    programmeId = w.framework.programmeId;
  }, 60_000);
  afterAll(() => w.t.close());

  it('se lisent en cinq requêtes au plus, avec leurs douze lots et leurs 94 départements', async () => {
    const seen = await queriesOf(w.t.source, () => w.frameworks.find(w.who.ministry, w.framework.id));
    expect(seen.length).toBeLessThanOrEqual(5);
    expect((await queriesOf(w.t.source, () => w.lots.find(w.who.buyer, w.framework.id, 5))).length).toBeLessThanOrEqual(5);
    const { lots, places } = await w.frameworks.find(w.who.officer, w.framework.id);
    expect([lots.length, places.length]).toEqual([12, 94]);
  });

  it.each([
    [{ endsOn: '2022-12-31' }, 'endsOn'],
    [{ endsOn: '2027-01-02' }, 'durationJustification'],
    [{ criteria: 'Qualité : 10 à 40\nPrix : 10 à 30' }, 'criteria'],
    [{ criteria: 'Qualité 60' }, 'criteria'],
    [{ reference: 'AGIR-2022' }, 'reference'],
    [{ programmeId: 'inconnu' }, 'programmeId'],
    [{ previousId: 'inconnu' }, 'previousId'],
    [{ callPublishedOn: '2023-02-01' }, 'callPublishedOn'],
    [{ renewableUntil: '2026-12-30' }, 'renewableUntil'],
    [{ renewableUntil: '2027-12-31' }, 'durationJustification'],
  ])('refusent %o, sur son champ', async (more, field) => expect(await fault(w.frameworks.draft(w.who.ministry, form(more)))).toBe(field));

  it('se succèdent : mêmes lots, autres titulaires, deux à la fois', async () => {
    const { id } = await w.frameworks.draft(w.who.ministry, form({ reference: 'SUITE', previousId: w.framework.id }));
    await w.lots.add(w.who.ministry, id, lot());
    expect(await fault(w.lots.add(w.who.ministry, id, lot({ number: 2, departments: '68 88' })))).toBe('departments');
    expect(await fault(w.lots.add(w.who.ministry, id, lot({ number: 2, departments: '2C' })))).toBe('departments');
    expect(await fault(w.lots.add(w.who.ministry, id, lot({ departments: '' })))).toBe('number');
    expect(await fault(w.lots.add(w.who.ministry, id, lot({ number: 2, regionCode: '', departments: '' })))).toBe('regionCode');
    expect(await fault(w.lots.add(w.who.ministry, id, lot({ number: 2, departments: '', max: '10', min: '20' })))).toBe('min');
    for (const move of ['openCall', 'evaluate', 'award'] as const) await w.frameworks.move(w.who.ministry, id, move);
    expect(await fault(w.frameworks.move(w.who.ministry, id, 'award'))).toBe('wrong-state');
    expect(await fault(w.frameworks.move(w.who.ministry, id, 'enterIntoForce'))).toBe('no-holder');
    expect(await fault(w.lots.activateAll(w.who.ministry, id))).toBe('nothing-to-activate');
    expect(await fault(w.lots.move(w.who.ministry, id, 1, 'award'))).toBe('done');
    expect(await fault(w.lots.move(w.who.ministry, id, 1, 'activate'))).toBe('no-holder');
    const holder = await w.holders.add(w.who.ministry, id, 1, holderForm());
    expect(await fault(w.frameworks.move(w.who.ministry, id, 'enterIntoForce'))).toBe('not-notified');
    await w.holders.edit(w.who.ministry, id, 1, holder.id, holderForm({ signedOn: '2022-12-01', notifiedOn: '2022-12-05' }));
    await w.frameworks.move(w.who.ministry, id, 'enterIntoForce');
    expect(await w.lots.activateAll(w.who.ministry, id)).toEqual({ activated: 1 });
    await w.lots.edit(w.who.ministry, id, 1, lot({ departments: '67' }));
    const found = await w.frameworks.find(w.who.ministry, id);
    expect(found.places.map((one) => one.departmentCode)).toEqual(['67']);
    expect(found.framework.previous?.reference).toBe('AGIR-2022');
  });

  it('reprennent les lots de celui qu’ils suivent, sans ses titulaires, une fois', async () => {
    const { id } = await w.frameworks.draft(w.who.ministry, form({ reference: 'SUITE-2', previousId: w.framework.id, callPublishedOn: '2022-06-01' }));
    expect(await w.lots.copyFromPrevious(w.who.ministry, id)).toEqual({ copied: 12 });
    const { lots, places } = await w.frameworks.find(w.who.ministry, id);
    expect([lots.length, places.length, lots.flatMap((one) => one.holders).length]).toEqual([12, 94, 0]);
    expect(lots.every((one) => one.status === 'draft' && one.maxCents !== null)).toBe(true);
    expect(await fault(w.lots.copyFromPrevious(w.who.ministry, id))).toBe('has-lots');
    expect(await fault(w.lots.copyFromPrevious(w.who.buyer, id))).toBe('forbidden');
    // Its call is of 2022: a lot without a maximum is refused, beside its field (R2162-4).
    expect(await fault(w.lots.add(w.who.ministry, id, lot({ number: 13, departments: '' })))).toBe('max');
    expect(await fault(w.lots.add(w.who.ministry, id, lot({ number: 13, departments: '', maxQuantity: '10', minQuantity: '11' })))).toBe('minQuantity');
    expect(await fault(w.lots.add(w.who.ministry, id, lot({ number: 13, departments: '', maxQuantity: '10' })))).toBe('done');
    const alone = await w.frameworks.draft(w.who.ministry, form({ reference: 'SEUL' }));
    expect(await fault(w.lots.copyFromPrevious(w.who.ministry, alone.id))).toBe('no-previous');
    await w.lots.add(w.who.ministry, alone.id, lot({ departments: '' }));
    expect(await fault(w.frameworks.edit(w.who.ministry, alone.id, form({ reference: 'SEUL', callPublishedOn: '2022-06-01' })))).toBe('callPublishedOn');
    expect(await fault(w.frameworks.move(w.who.ministry, alone.id, 'recordInForce'))).toBe('no-source');
  });

  it('se reconduisent par une décision, jusqu’au jour annoncé', async () => {
    const { id } = await w.frameworks.draft(w.who.ministry, form({ reference: 'RECON', endsOn: '2023-12-31', renewableUntil: '2025-12-31', sourceReference: 'Journal officiel' }));
    await w.frameworks.move(w.who.ministry, id, 'recordInForce');
    expect(await fault(w.frameworks.renew(w.who.ministry, id, { until: '2026-01-01', reference: 'Décision 1' }))).toBe('until');
    expect(await fault(w.frameworks.renew(w.who.buyer, id, { until: '2024-12-31', reference: 'Décision 1' }))).toBe('forbidden');
    await w.frameworks.renew(w.who.ministry, id, { until: '2024-12-31', reference: 'Décision 1' });
    expect((await w.frameworks.find(w.who.ministry, id)).framework.endsOn).toBe('2024-12-31');
    await w.frameworks.move(w.who.ministry, id, 'terminate');
  });

  it('s’enregistrent par une région avec référence et document, comptent aussitôt, et le ministère les corrige', async () => {
    expect(await fault(w.frameworks.draft(w.who.buyer, form({ reference: 'RECU' }), PDF))).toBe('sourceReference');
    expect(await fault(w.frameworks.draft(w.who.buyer, form({ reference: 'RECU', sourceReference: 'Note' })))).toBe('document');
    expect(await fault(w.frameworks.draft(w.who.buyer, form({ reference: 'RECU', sourceReference: 'Note' }), { name: 'x.exe', bytes: Buffer.from('MZ') }))).toBe('document');
    expect(await fault(w.frameworks.draft(w.who.officer, form({ reference: 'RECU' }), PDF))).toBe('forbidden');
    const { id } = await w.frameworks.draft(w.who.buyer, form({ reference: 'RECU', sourceReference: 'Note du 3 mars 2023' }), PDF);
    const found = await w.frameworks.find(w.who.buyer, id);
    expect(found.framework).toMatchObject({ status: 'in-force', source: 'recorded-by-region', recordedIn: 'R44', correctedAt: null });
    expect((await w.frameworks.document(w.who.officer, id)).toString()).toContain('%PDF-');
    await w.lots.add(w.who.buyer, id, lot());
    const proof = { sourceReference: 'Courriel du 4 mars 2023' };
    expect(await fault(w.holders.add(w.who.buyer, id, 1, holderForm(), PDF))).toBe('sourceReference');
    expect(await fault(w.holders.add(w.who.buyer, id, 1, holderForm(proof)))).toBe('document');
    const holder = await w.holders.add(w.who.buyer, id, 1, holderForm(proof), PDF);
    expect((await w.holders.document(w.who.officer, id, 1, holder.id)).name).toBe('reglement.pdf');
    await w.holders.edit(w.who.ministry, id, 1, holder.id, holderForm({ name: 'Nom corrigé', form: 'joint', members: 'Bêta ; 732 829 320 00074 ; logement\nGamma' }));
    const { holders } = await w.lots.find(w.who.ministry, id, 1);
    expect(holders[0]).toMatchObject({ name: 'Nom corrigé', source: 'recorded-by-region', correctedAt: w.t.clock.now(), members: [{ name: 'Bêta', part: 'logement', organisationId: expect.any(String) }, { name: 'Gamma', organisationId: null }] });
    expect(showHolder(holders[0] as Holder, '2023-07-13').source).toMatch(/^enregistré par la PFRA, corrigé par le ministère le 13\sjuillet 2023$/);
    await w.frameworks.edit(w.who.ministry, id, form({ reference: 'RECU', title: 'Titre corrigé', sourceReference: 'Note du 3 mars 2023' }));
    expect((await w.frameworks.find(w.who.ministry, id)).framework).toMatchObject({ title: 'Titre corrigé', source: 'recorded-by-region', correctedAt: w.t.clock.now() });
    expect(await fault(w.frameworks.edit(w.who.buyer, w.framework.id, form()))).toBe('forbidden'); // the ministry's own
    expect(await fault(w.lots.add(w.who.buyer, w.framework.id, lot({ number: 13, departments: '' })))).toBe('forbidden');
  });

  it('n’existent ni pour un candidat ni pour l’administrateur technique', async () => {
    const admin = await w.t.actor('admin');
    const bidder = await w.t.actor('marches@amli.example');
    for (const who of [admin, bidder]) {
      expect(await fault(w.frameworks.list(who))).toBe('not-found');
      expect(await fault(w.frameworks.find(who, w.framework.id))).toBe('not-found');
      expect(await fault(w.frameworks.draft(who, form()))).toBe('not-found');
    }
  });
});

describe.each(DATABASES)('les titulaires et les feux verts (%s)', (kind) => {
  let w: AgirWorld;
  beforeAll(async () => {
    w = await agirWorld(kind);
  }, 60_000);
  afterAll(() => w.t.close());
  const add = (more: Partial<HolderForm>, number = 5) => fault(w.holders.add(w.who.ministry, w.framework.id, number, holderForm(more)));

  it.each([
    [{ email: 'sebastien.bouche@bas-rhin.gouv.fr' }, 'email'],
    [{ capacity: '67 75' }, 'capacity'],
    [{ leftOn: '2023-06-01', reason: 'x' }, 'leftOn'],
    [{ leftOn: '2024-06-01' }, 'reason'],
    [{ form: 'joint' as const }, 'members'],
    [{ members: 'Bêta' }, 'members'],
    [{ form: 'joint' as const, members: 'Bêta ; 123' }, 'members'],
    [{ form: 'joint' as const, members: '; ; logement' }, 'members'],
    [{ form: 'joint' as const, members: 'Bêta\nBêta' }, 'members'],
    [{ form: 'joint' as const, siret: '73282932000074', members: 'Agence ; 73282932000082' }, 'members'],
    [{ form: 'joint' as const, members: 'Siège ; 73282932000074\nAgence ; 73282932000082' }, 'members'],
    [{ signedOn: '2023-06-02', notifiedOn: '2023-06-01' }, 'notifiedOn'],
    [{ replaces: 'inconnu' }, 'replaces'],
    [{ name: 'Amli', email: 'marches@amli.example' }, 'name'],
  ])('refusent %o, sur son champ', async (more, field) => expect(await add(more)).toBe(field));

  it('se succèdent : l’ancien est remplacé, dans un cas que la loi connaît', async () => {
    const { holders } = await w.lots.find(w.who.ministry, w.framework.id, 5);
    const former = holders.find((one) => one.name === 'Arélia');
    expect(await add({ replaces: former?.id ?? '' })).toBe('legalCase');
    expect(await add({ replaces: former?.id ?? '', legalCase: 'Cession d’activité (art. R. 2194-6, 2°)', enteredOn: '2023-07-10' })).toBe('done');
    const after = await w.lots.find(w.who.ministry, w.framework.id, 5);
    expect(after.holders.find((one) => one.name === 'Arélia')).toMatchObject({ status: 'replaced', leftOn: '2023-07-10' });
  });

  it('d’une région : elle prouve ce qu’elle enregistre, et ne réécrit pas ce que le ministère a inscrit', async () => {
    const { holders } = await w.lots.find(w.who.buyer, w.framework.id, 5);
    const amli = holders.find((one) => one.name === 'Amli');
    const content = holderForm({ name: 'Autre', sourceReference: 'Note' });
    expect(await fault(w.holders.edit(w.who.buyer, w.framework.id, 5, amli?.id ?? '', content, PDF))).toBe('forbidden');
    const move = { move: 'suspend' as const, on: '2023-07-13', reason: 'Contrôle en cours', sourceReference: '' };
    expect(await fault(w.holders.leave(w.who.buyer, w.framework.id, 5, amli?.id ?? '', move, PDF))).toBe('sourceReference');
    expect(await fault(w.holders.leave(w.who.buyer, w.framework.id, 5, amli?.id ?? '', { ...move, sourceReference: 'Lettre' }))).toBe('document');
    expect(await fault(w.holders.leave(w.who.buyer, w.framework.id, 5, amli?.id ?? '', { ...move, sourceReference: 'Lettre' }, PDF))).toBe('done');
    await w.holders.leave(w.who.ministry, w.framework.id, 5, amli?.id ?? '', { ...move, move: 'resume' });
    expect(await fault(w.lots.move(w.who.buyer, w.framework.id, 5, 'close'))).toBe('forbidden');
    expect(await fault(w.holders.add(w.who.officer, w.framework.id, 5, holderForm(), PDF))).toBe('forbidden');
    const elsewhere = (await w.lots.find(w.who.ministry, w.framework.id, 12)).holders[0];
    expect(await fault(w.holders.leave(w.who.buyer, w.framework.id, 12, elsewhere?.id ?? '', { ...move, sourceReference: 'Lettre' }, PDF))).toBe('forbidden');
    expect(await fault(w.holders.leave(w.who.ministry, w.framework.id, 12, amli?.id ?? '', move))).toBe('not-found');
  });

  it('ne comptent pas deux établissements d’un même SIREN comme deux candidats', async () => {
    expect(await add({ name: 'Siège', siret: '732 829 320 00074', email: 'siege@meme.example' })).toBe('done');
    expect(await add({ name: 'Agence', siret: '732 829 320 00082', email: 'agence@meme.example' })).toBe('siret');
    const siege = (await w.lots.find(w.who.ministry, w.framework.id, 5)).holders.find((one) => one.name === 'Siège');
    const leave = (move: 'withdraw' | 'reinstate') => fault(w.holders.leave(w.who.ministry, w.framework.id, 5, siege?.id ?? '', { move, on: '2023-07-13', reason: 'x', sourceReference: '' }));
    expect(await leave('withdraw')).toBe('done');
    expect(await add({ name: 'Agence', siret: '732 829 320 00082', email: 'agence@meme.example', enteredOn: '2023-07-13' })).toBe('done');
    expect(await leave('reinstate')).toBe('move');
    // One day earlier, the agency would hold the lot beside its seat.
    const agence = (await w.lots.find(w.who.ministry, w.framework.id, 5)).holders.find((one) => one.name === 'Agence');
    const edit = (more: Partial<HolderForm>) => fault(w.holders.edit(w.who.ministry, w.framework.id, 5, agence?.id ?? '', holderForm({ name: 'Agence', ...more })));
    expect(await edit({ enteredOn: '2023-07-12' })).toBe('enteredOn');
    expect(await edit({ enteredOn: '2023-07-13' })).toBe('done');
    const seat = holderForm({ name: 'Siège' });
    expect(await fault(w.holders.edit(w.who.ministry, w.framework.id, 5, siege?.id ?? '', seat))).toBe('done'); // gone before the other came: still corrected
  });

  it('consomment leur lot : alerte au-delà de 80 %', async () => {
    const { lot, holders, places, spent, day } = await w.lots.find(w.who.ministry, w.framework.id, 5);
    expect(spent.cents).toBeGreaterThan(0);
    expect(showLot(lot, holders, places, spent, day).alert).toBe('');
    const tight = showLot(Object.assign(lot, { maxCents: spent.cents + 1 }), holders, places, spent, day);
    expect([tight.percent, tight.alert]).toEqual([99, '80']);
  });

  it('une région enregistre un feu vert reçu, avec son document, et pour elle seule', async () => {
    const give = (form: object, file?: typeof PDF) => fault(w.greenLights.give(w.who.buyer, w.framework.id, { ...greenLightFor67, ...form }, file));
    expect(await give({}, undefined)).toBe('document');
    expect(await give({ scope: 'wave', wave: '2023' }, PDF)).toBe('forbidden');
    expect(await give({ departmentCode: '75' }, PDF)).toBe('forbidden');
    expect(await give({ givenOn: '2023-12-01' }, PDF)).toBe('givenOn');
    expect(await give({}, { name: 'x.exe', bytes: Buffer.from('MZ') })).toBe('document');
    expect(await give({}, PDF)).toBe('done');
    const { greenLights } = await w.frameworks.find(w.who.buyer, w.framework.id);
    const mine = greenLights.find((one) => one.departmentCode === '67');
    expect(mine?.source).toBe('recorded-by-region');
    expect((await w.greenLights.document(w.who.officer, w.framework.id, mine?.id ?? '')).subarray(0, 5).toString()).toBe('%PDF-');
    const right = { givenOn: '2023-07-12', reference: 'DGEF/2023/99', issuer: 'DGEF', conditions: 'Démarrage en janvier' };
    expect(await fault(w.greenLights.correct(w.who.buyer, w.framework.id, mine?.id ?? '', right))).toBe('forbidden');
    expect(await fault(w.greenLights.correct(w.who.ministry, w.framework.id, mine?.id ?? '', { ...right, givenOn: '2023-08-01' }))).toBe('givenOn');
    expect(await fault(w.greenLights.correct(w.who.ministry, w.framework.id, mine?.id ?? '', right))).toBe('done');
    expect((await w.greenLights.find(w.who.buyer, w.framework.id, mine?.id ?? '')).light).toMatchObject({ ...right, correctedAt: w.t.clock.now(), source: 'recorded-by-region' });
    await w.greenLights.revoke(w.who.ministry, w.framework.id, mine?.id ?? '', { revokedOn: '2023-07-13', reason: 'Donné par erreur.' });
    expect(await refusal(w.greenLights.revoke(w.who.buyer, w.framework.id, mine?.id ?? '', { revokedOn: '2023-07-13', reason: 'x' }))).toBe('already-revoked');
    expect(await w.t.source.manager.countBy(Mail, { kind: 'green-light-revoked' })).toBe(2);
  });
});
