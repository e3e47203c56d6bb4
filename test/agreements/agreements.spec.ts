import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FrameworkForm, HolderForm, LotForm } from '../../src/agreements/agreement.forms.js';
import { showLot } from '../../src/agreements/agreement.view.js';
import { Mail } from '../../src/platform/mail.js';
import { DATABASES } from '../support/databases.js';
import { queriesOf } from '../support/queries.js';
import { agirWorld, type AgirWorld, greenLightFor67, PDF, refusal } from '../contracts/world.js';

const newHolder = (more: Partial<HolderForm> = {}): HolderForm => ({ name: 'Nouvel entrant (fictif)', siret: '', email: 'marches@nouvel-entrant.example', form: 'single', members: '', enteredOn: '2023-07-01', leftOn: '', capacity: '67 68', replaces: '', legalCase: '', ...more });
const fields = (error: { errors?: { field: string; message: string }[]; code?: string; message: string }) => error.errors?.map((one) => one.field).join() ?? error.code ?? error.message;
const fault = (work: Promise<unknown>) => work.then(() => 'done', fields);

describe.each(DATABASES)('les accords-cadres (%s)', (kind) => {
  let w: AgirWorld;
  let programmeId = '';
  const form = (more: Partial<FrameworkForm> = {}): FrameworkForm => ({
    programmeId, reference: 'AC-2027', title: 'Un autre accord-cadre', buyerName: 'Ministère', buyerSiret: '11000201100044', procedure: 'Procédure adaptée', legalBasis: 'article R. 2123-1', method: 'withReopeningCompetition',
    cpv: '85312000-9', ccag: '', renewals: '', criteria: 'Qualité : 60\nPrix : 40', services: '', priceForms: '', startsOn: '2023-01-01', endsOn: '2026-12-31', durationJustification: '', previousId: '', sourceReference: '', ...more,
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
  ])('refusent %o, sur son champ', async (more, field) => expect(await fault(w.frameworks.draft(w.who.ministry, form(more)))).toBe(field));

  it('se succèdent : mêmes lots, autres titulaires, deux à la fois', async () => {
    const { id } = await w.frameworks.draft(w.who.ministry, form({ reference: 'SUITE', previousId: w.framework.id }));
    await w.lots.add(w.who.ministry, id, lot());
    expect(await fault(w.lots.add(w.who.ministry, id, lot({ number: 2, departments: '68 88' })))).toBe('departments');
    expect(await fault(w.lots.add(w.who.ministry, id, lot({ number: 2, departments: '2C' })))).toBe('departments');
    expect(await fault(w.lots.add(w.who.ministry, id, lot({ departments: '' })))).toBe('number');
    expect(await fault(w.lots.add(w.who.ministry, id, lot({ number: 2, regionCode: '', departments: '' })))).toBe('regionCode');
    expect(await fault(w.lots.add(w.who.ministry, id, lot({ number: 2, departments: '', max: '10', min: '20' })))).toBe('minCents');
    for (const move of ['openCall', 'evaluate', 'award', 'enterIntoForce'] as const) await w.frameworks.move(w.who.ministry, id, move);
    expect(await fault(w.frameworks.move(w.who.ministry, id, 'award'))).toBe('wrong-state');
    expect(await fault(w.lots.activateAll(w.who.ministry, id))).toBe('nothing-to-activate');
    await w.lots.addHolder(w.who.ministry, id, 1, newHolder());
    expect(await w.lots.activateAll(w.who.ministry, id)).toEqual({ activated: 1 });
    await w.lots.edit(w.who.ministry, id, 1, lot({ departments: '67' }));
    const found = await w.frameworks.find(w.who.ministry, id);
    expect(found.places.map((one) => one.departmentCode)).toEqual(['67']);
    expect(found.framework.previous?.reference).toBe('AGIR-2022');
  });

  it('s’enregistrent par une région, comptent aussitôt, et le ministère les corrige', async () => {
    expect(await fault(w.frameworks.draft(w.who.buyer, form({ reference: 'RECU' })))).toBe('sourceReference');
    expect(await fault(w.frameworks.draft(w.who.officer, form({ reference: 'RECU' })))).toBe('forbidden');
    const { id } = await w.frameworks.draft(w.who.buyer, form({ reference: 'RECU', sourceReference: 'Note du 3 mars 2023' }));
    const found = await w.frameworks.find(w.who.buyer, id);
    expect(found.framework).toMatchObject({ status: 'in-force', source: 'recorded-by-region', recordedIn: 'R44' });
    await w.lots.add(w.who.buyer, id, lot());
    await w.frameworks.edit(w.who.ministry, id, form({ reference: 'RECU', title: 'Titre corrigé', sourceReference: 'Note du 3 mars 2023' }));
    expect((await w.frameworks.find(w.who.ministry, id)).framework).toMatchObject({ title: 'Titre corrigé', source: 'recorded-by-region' });
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
  const add = (more: Partial<HolderForm>, number = 5) => fault(w.lots.addHolder(w.who.ministry, w.framework.id, number, newHolder(more)));

  it.each([
    [{ email: 'sebastien.bouche@bas-rhin.gouv.fr' }, 'email'],
    [{ capacity: '67 75' }, 'capacity'],
    [{ leftOn: '2023-06-01' }, 'leftOn'],
    [{ form: 'joint' as const }, 'members'],
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

  it('ne comptent pas deux établissements d’un même SIREN comme deux candidats', async () => {
    expect(await add({ name: 'Siège', siret: '732 829 320 00074', email: 'siege@meme.example' })).toBe('done');
    expect(await add({ name: 'Agence', siret: '732 829 320 00082', email: 'agence@meme.example' })).toBe('siret');
  });

  it('consomment leur lot : alerte au-delà de 80 %', async () => {
    const { lot, holders, places, spentCents, day } = await w.lots.find(w.who.ministry, w.framework.id, 5);
    expect(spentCents).toBeGreaterThan(0);
    expect(showLot(lot, holders, places, spentCents, day).alert).toBe('');
    const tight = showLot(Object.assign(lot, { maxCents: spentCents + 1 }), holders, places, spentCents, day);
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
    await w.greenLights.revoke(w.who.ministry, w.framework.id, mine?.id ?? '', { revokedOn: '2023-07-13', reason: 'Donné par erreur.' });
    expect(await refusal(w.greenLights.revoke(w.who.buyer, w.framework.id, mine?.id ?? '', { revokedOn: '2023-07-13', reason: 'x' }))).toBe('already-revoked');
    expect(await w.t.source.manager.countBy(Mail, { kind: 'green-light-revoked' })).toBe(2);
  });
});
