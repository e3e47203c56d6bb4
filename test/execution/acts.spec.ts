import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Lot } from '../../src/agreements/lot.js';
import { Consultation } from '../../src/consultations/consultation.js';
import { SubsequentContract } from '../../src/contracts/subsequent-contract.js';
import { Config } from '../../src/config.js';
import { AmendmentsService } from '../../src/execution/amendments.service.js';
import { type AwardFacts, Awarded } from '../../src/execution/awarded.js';
import { ContractRecord } from '../../src/execution/contract-record.js';
import type { AmendmentForm, FactForm, RecordForm } from '../../src/execution/execution.forms.js';
import { showExecution, showSubContractors } from '../../src/execution/execution.view.js';
import { OrdersService } from '../../src/execution/orders.service.js';
import { RecordsService } from '../../src/execution/records.service.js';
import { SequelService } from '../../src/execution/sequel.service.js';
import { showAmendments, showOrders, showSequel } from '../../src/execution/sequel.view.js';
import { SubContractorsService } from '../../src/execution/sub-contractors.service.js';
import { Acts } from '../../src/platform/acts.js';
import { Actor } from '../../src/platform/actor.js';
import { Clock } from '../../src/platform/clock.js';
import { Files } from '../../src/platform/files.js';
import { JournalEntry } from '../../src/platform/journal-entry.js';
import { Random } from '../../src/platform/random.js';
import { agirWorld, type AgirWorld, officerOf } from '../contracts/world.js';
import { DATABASES } from '../support/databases.js';
import { queriesOf } from '../support/queries.js';

const code = (expected: string) => expect.objectContaining({ code: expected });
const field = (name: string, article = '') => expect.objectContaining({ code: 'invalid', errors: [expect.objectContaining({ field: name, message: expect.stringContaining(article) })] });
const ACT = { name: 'acte d’engagement.pdf', bytes: Buffer.from('%PDF-1.4 acte') };

/** What the awards will say, as a story tells it: the contract's life knows them by this door alone. */
class ToldAward extends Awarded {
  told: AwardFacts | null = null;
  concluded: string[] = [];

  facts() {
    return Promise.resolve(this.told);
  }

  signed(_: unknown, { id }: { id: string }) {
    this.concluded.push(id);
    return Promise.resolve();
  }
}

const RECORD: RecordForm = {
  number: '2023-MS-67', contractorName: '', contractorSiret: '', priceForm: 'lump-sum', amount: '480 000,50', minQuantity: '100', estimatedQuantity: '180', maxQuantity: '240', durationMonths: '24', startsOn: '', renewals: '1', renewalMonths: '12',
  budgetLine: '0104-12', commitmentNumber: '1405678901', visaRequired: 'oui', visaReference: '', visaOn: '', sme: '', advanceRefused: '', advancePercent: '',
};
const AMENDMENT: AmendmentForm = { legalCase: 'small', object: 'Vingt personnes de plus', delta: '20 000', endsOn: '', justification: 'Les arrivées ont dépassé la prévision.', frameworkAnalysis: '', newContractor: '', changesNature: 'non' };
const fact = (on: string, more: Partial<FactForm> = {}): FactForm => ({ on, amount: '', reason: 'Un motif écrit en une phrase.', aboutId: '', ...more });

/** One world; the tests follow the file in its order, as the agents do. */
describe.each(DATABASES)('la vie du marché (%s)', (kind) => {
  let w: AgirWorld;
  let id: string;
  let stranger: Actor;
  const award = new ToldAward();
  let records: RecordsService;
  let subs: SubContractorsService;
  let orders: OrdersService;
  let amendments: AmendmentsService;
  let sequel: SequelService;

  beforeAll(async () => {
    w = await agirWorld(kind);
    id = w.contractId;
    const get = w.t.app.get.bind(w.t.app);
    records = new RecordsService(get(Acts), award, get(Files), get(Random), get(Clock), get(Config));
    [subs, orders, amendments, sequel] = [get(SubContractorsService), get(OrdersService), get(AmendmentsService), get(SequelService)];
    stranger = await officerOf(w.t, '33');
    await set(async (act) => {
      await act.db.update(SubsequentContract, { id }, { status: 'launched', launchedAt: act.now });
      await act.db.update(Consultation, { id: (await contract()).consultationId ?? '' }, { status: 'opened', launchedAt: act.now, openedAt: act.now });
    });
  }, 60_000);
  afterAll(() => w.t.close());

  const contract = () => w.t.source.manager.findOneByOrFail(SubsequentContract, { id });
  const record = () => w.t.source.manager.findOneByOrFail(ContractRecord, { id });
  const set = (work: Parameters<Acts['perform']>[2]) => w.t.app.get(Acts).perform(Actor.system, 'test.set', async (act) => {
    act.require(true);
    return work(act);
  });
  const on = (day: string) => w.t.clock.moveTo(`${day}T09:00:00.000Z`);
  const fill = (more: Partial<RecordForm> = {}) => records.fill(w.who.buyer, id, { ...RECORD, ...more });
  const view = async () => showExecution(await records.show(w.who.buyer, id));

  it('sans attribution, ni fiche ni signature', async () => {
    await expect(fill()).rejects.toEqual(expect.objectContaining({ code: 'no-award', message: expect.stringContaining('R. 2181-1') }));
    expect(await view()).toMatchObject({ noAward: true, record: null, can: { fill: false, conclude: false } });
    await expect(records.show(stranger, id)).rejects.toEqual(code('not-found'));
    await expect(records.conclude(w.who.sgar, id, ACT)).rejects.toEqual(code('no-record'));
  });

  it('la fiche : numéro, montants, avance, chaque faute à sa place', async () => {
    award.told = { organisationId: 'winner', operator: 'Titulaire retenu (fictif)', amountCents: 48_000_050, informed: true, signableFrom: '2023-09-12', blocked: false, reversed: false };
    if (award.told) award.told.informed = false;
    await expect(fill()).rejects.toEqual(code('not-informed'));
    expect(showExecution(await records.show(w.who.ministry, id)).award).toBeNull();
    if (award.told) award.told.informed = true;
    await expect(fill({ maxQuantity: '99' })).rejects.toEqual(field('maxQuantity'));
    await expect(fill({ amount: '0' })).rejects.toEqual(field('amount'));
    await expect(fill({ advancePercent: '4' })).rejects.toEqual(field('advancePercent', 'R. 2191-7'));
    await expect(fill({ renewalMonths: '' })).rejects.toEqual(field('renewalMonths', 'R. 2112-4'));
    await expect(fill({ visaOn: '2030-01-01', visaReference: 'V1' })).rejects.toEqual(field('visaOn'));
    await expect(records.fill(w.who.ministry, id, RECORD)).rejects.toEqual(code('forbidden'));
    await set((act) => act.add(Object.assign(new ContractRecord(), { id: 'other', number: RECORD.number, contractorName: 'X', priceForm: 'unit', amountCents: 1, durationMonths: 1, createdById: 'x', createdAt: act.now, changedAt: act.now })));
    await expect(fill()).rejects.toEqual(field('number', 'R. 2196-1'));
    await fill({ number: '2023-MS-67-A' });
    expect(await record()).toMatchObject({ amountCents: 48_000_050, contractorName: 'Titulaire retenu (fictif)', organisationId: 'winner' });
    expect((await view()).record).toMatchObject({ advance: expect.stringContaining('5\u00a0%'), visa: 'requis, pas encore enregistré' });
  });

  it('la base garde elle-même un numéro pour un seul marché', async () => {
    await expect(set((act) => act.add(Object.assign(new ContractRecord(), { id: 'twin', number: '2023-MS-67-A', contractorName: 'X', priceForm: 'unit', amountCents: 1, durationMonths: 1, createdById: 'x', createdAt: act.now, changedAt: act.now })))).rejects.toEqual(code('conflict'));
  });

  it('le titulaire signe, puis l’acheteur, jamais avant la fin du délai, jamais pendant un référé', async () => {
    on('2023-09-05');
    await expect(records.signByHolder(w.who.buyer, id, { holderSignatory: 'Mme X', holderSignedOn: '2023-09-04' }, { name: 'acte.docx', bytes: Buffer.from('PK') })).rejects.toEqual(field('copy', 'PDF'));
    await records.signByHolder(w.who.buyer, id, { holderSignatory: 'Mme X', holderSignedOn: '2023-09-04' }, ACT);
    // Other terms than those signed: the contractor signs again; a visa is no term of the contract.
    await fill({ number: '2023-MS-67-A', visaReference: 'CBR-12', visaOn: '2023-09-05' });
    expect((await record()).holderCopy).not.toBeNull();
    await fill({ number: '2023-MS-67-A', visaReference: 'CBR-12', visaOn: '2023-09-05', durationMonths: '12' });
    expect((await record()).holderCopy).toBeNull();
    await expect(records.conclude(w.who.sgar, id, ACT)).rejects.toEqual(expect.objectContaining({ code: 'standstill' }));
    await records.signByHolder(w.who.buyer, id, { holderSignatory: 'Mme X', holderSignedOn: '2023-09-04' }, ACT);
    await expect(records.conclude(w.who.sgar, id, ACT)).rejects.toEqual(expect.objectContaining({ code: 'standstill', message: expect.stringContaining('R. 2182-1') }));
    expect((await view()).reasons).toEqual([expect.stringContaining('12\u00a0septembre 2023')]);
    on('2023-09-12');
    if (award.told) award.told.blocked = true;
    await expect(records.conclude(w.who.sgar, id, ACT)).rejects.toEqual(expect.objectContaining({ code: 'suspended', message: expect.stringContaining('L. 551-4') }));
    if (award.told) award.told.blocked = false;
    await expect(records.conclude(w.who.buyer, id, ACT)).rejects.toEqual(code('forbidden'));
    await expect(records.notify(w.who.buyer, id, { notifiedOn: '2023-09-12', receivedOn: '2023-09-12' })).rejects.toEqual(expect.objectContaining({ code: 'not-signed' }));
    const results = await Promise.allSettled([records.conclude(w.who.sgar, id, ACT), records.conclude(w.who.sgar, id, ACT)]);
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    expect(await contract()).toMatchObject({ status: 'signed', amountCents: 48_000_050, contractorName: 'Titulaire retenu (fictif)', maxQuantity: 240 });
    expect(award.concluded).toEqual([(await contract()).consultationId]);
    await expect(fill()).rejects.toEqual(expect.objectContaining({ code: 'signed', message: expect.stringContaining('L. 2194-1') }));
    expect((await records.copy(w.who.ministry, id, 'both')).name).toBe(ACT.name);
    await expect(records.copy(stranger, id, 'both')).rejects.toEqual(code('not-found'));
  });

  it('rien ne s’exécute avant la notification', async () => {
    await expect(orders.order(w.who.buyer, id, { object: 'Premier lot', quantity: '10', amount: '1000', dueOn: '' })).rejects.toEqual(expect.objectContaining({ code: 'not-notified', message: expect.stringContaining('R. 2182-5') }));
    await expect(orders.expect(w.who.buyer, id, { title: 'Bilan', dueOn: '', orderId: '' })).rejects.toEqual(code('not-notified'));
    await expect(amendments.draft(w.who.buyer, id, AMENDMENT)).rejects.toEqual(code('not-notified'));
    await expect(sequel.penalise(w.who.buyer, id, fact('2023-09-12', { amount: '10' }))).rejects.toEqual(code('not-notified'));
    on('2023-09-20');
    await records.notify(w.who.buyer, id, { notifiedOn: '2023-09-13', receivedOn: '2023-09-15' });
    expect(await contract()).toMatchObject({ status: 'in-execution', startsOn: '2023-09-15' });
    expect((await view()).record).toMatchObject({ endsOn: '14\u00a0septembre 2024', publishBy: '15\u00a0novembre 2023' });
  });

  it('les sous-traitants : 21 jours de silence valent acceptation', async () => {
    const dc4 = { name: 'Sous-traitant (fictif)', siret: '', services: 'Traduction', amount: '10 000', withVat: '12000.00', receivedOn: '2023-09-18' };
    await expect(subs.declare(w.who.buyer, id, { ...dc4, receivedOn: '2023-09-21' })).rejects.toEqual(field('receivedOn'));
    await expect(subs.declare(w.who.buyer, id, { ...dc4, withVat: '9 999' })).rejects.toEqual(field('withVat'));
    await expect(subs.declare(w.who.buyer, id, { ...dc4, amount: '480 001', withVat: '500 000' })).rejects.toEqual(field('amount', 'L. 2193-3'));
    await subs.declare(w.who.buyer, id, dc4);
    await subs.declare(w.who.buyer, id, { ...dc4, name: 'Autre', receivedOn: '2023-09-20' });
    await subs.decide(w.who.sgar, id, 2, { outcome: 'refuse', reason: 'Capacités insuffisantes.' });
    on('2023-10-10');
    await expect(subs.decide(w.who.sgar, id, 1, { outcome: 'refuse', reason: 'Trop tard pour refuser.' })).rejects.toEqual(expect.objectContaining({ code: 'tacit', message: expect.stringContaining('R. 2193-4') }));
    expect(showSubContractors(await subs.list(w.who.buyer, id)).subContractors.map((one) => [one.stage.label, one.direct])).toEqual([['Accepté par silence', true], ['Refusé', true]]);
  });

  it('les commandes, les livrables et le service fait', async () => {
    await orders.order(w.who.buyer, id, { object: 'Premier lot', quantity: '100', amount: '200 000', dueOn: '' });
    await expect(orders.order(w.who.buyer, id, { object: 'Trop', quantity: '', amount: '280 000,51', dueOn: '' })).rejects.toEqual(field('amount', 'R. 2162-4'));
    await expect(orders.order(w.who.buyer, id, { object: 'Trop', quantity: '141', amount: '1', dueOn: '' })).rejects.toEqual(field('quantity', 'R. 2162-4'));
    await orders.order(w.who.buyer, id, { object: 'Erreur', quantity: '', amount: '1', dueOn: '' });
    await orders.cancel(w.who.buyer, id, 2, 'Émis par erreur sur ce marché.');
    await orders.expect(w.who.buyer, id, { title: 'Bilan', dueOn: '', orderId: '' });
    await expect(orders.move(w.who.buyer, id, 1, { move: 'receive', on: '2023-09-14', reason: '' })).rejects.toEqual(code('before-notification'));
    await orders.move(w.who.buyer, id, 1, { move: 'receive', on: '2023-10-01', reason: '' });
    await orders.move(w.who.buyer, id, 1, { move: 'adjourn', on: '2023-10-02', reason: 'Deux annexes manquent.' });
    const bilan = (await orders.list(w.who.buyer, id)).deliverables[0]?.id ?? '';
    await expect(orders.serviceDone(w.who.buyer, id, fact('2023-10-05', { amount: '10', aboutId: bilan }))).rejects.toEqual(code('not-admitted'));
    await orders.move(w.who.buyer, id, 1, { move: 'receive', on: '2023-10-03', reason: '' });
    await orders.move(w.who.buyer, id, 1, { move: 'admit', on: '2023-10-04', reason: '' });
    await orders.serviceDone(w.who.buyer, id, fact('2023-10-05', { amount: '100 000', aboutId: bilan }));
    await expect(orders.serviceDone(w.who.buyer, id, fact('2023-10-05', { amount: '380 000,51' }))).rejects.toEqual(field('amount'));
    const shown = showOrders(await orders.list(w.who.buyer, id));
    expect(shown).toMatchObject({ totals: { ordered: '200\u202f000\u00a0€', done: '100\u202f000\u00a0€' } });
    expect(shown.deliverables[0]?.history.map((one) => one.label)).toEqual(['Reçu', 'Ajourné', 'Reçu', 'Admis']);
    expect(shown.orders.map((one) => one.cancelReason)).toEqual([null, 'Émis par erreur sur ce marché.']);
  });

  it('les avenants : 10 % cumulés, la fin de l’accord-cadre, le maximum du lot', async () => {
    await expect(amendments.draft(w.who.buyer, id, { ...AMENDMENT, delta: '48 000,05' })).rejects.toEqual(field('delta', 'R. 2194-8'));
    await amendments.draft(w.who.buyer, id, AMENDMENT);
    await expect(amendments.draft(w.who.buyer, id, AMENDMENT)).rejects.toEqual(code('draft-waits'));
    await expect(amendments.sign(w.who.buyer, id, 1, ACT)).rejects.toEqual(code('forbidden'));
    await amendments.sign(w.who.sgar, id, 1, ACT);
    await amendments.notify(w.who.buyer, id, 1, '2023-10-10');
    expect(await contract()).toMatchObject({ amountCents: 50_000_050 });
    await expect(amendments.draft(w.who.buyer, id, { ...AMENDMENT, delta: '28 000,05' })).rejects.toEqual(field('delta', 'R. 2194-8'));
    await expect(amendments.draft(w.who.buyer, id, { ...AMENDMENT, delta: '', legalCase: 'not-substantial', endsOn: '2026-06-01' })).rejects.toEqual(field('endsOn', 'R. 2162-5'));
    await expect(amendments.draft(w.who.buyer, id, { ...AMENDMENT, legalCase: 'unforeseen', delta: '240 000,26' })).rejects.toEqual(field('delta', '50 %'));
    await expect(amendments.draft(w.who.buyer, id, { ...AMENDMENT, changesNature: 'oui' })).rejects.toEqual(field('changesNature', 'L. 2194-1'));
    const { lotId } = await contract();
    const lot = await w.t.source.manager.findOneByOrFail(Lot, { id: lotId });
    const { spent } = (await records.show(w.who.buyer, id)).life;
    await set((act) => act.db.update(Lot, { id: lotId }, { maxCents: spent.cents + 100_000, maxQuantity: null }));
    await expect(amendments.draft(w.who.buyer, id, { ...AMENDMENT, delta: '2 000' })).rejects.toEqual(field('delta', 'R. 2162-4'));
    expect((await view()).lot).toMatchObject({ percent: 99, alert: '80' });
    await set((act) => act.db.update(Lot, { id: lotId }, { maxCents: lot.maxCents, maxQuantity: lot.maxQuantity }));
    await amendments.draft(w.who.buyer, id, { ...AMENDMENT, delta: '-3 000,50' });
    await amendments.cancel(w.who.buyer, id, 2, 'Préparé sur un mauvais montant.');
    expect(showAmendments(await amendments.list(w.who.buyer, id))).toMatchObject({ small: { cumul: '4,17\u00a0%' }, amendments: [{ delta: '+20\u202f000\u00a0€', receivedOn: '10\u00a0octobre 2023' }, { stage: { label: 'Annulé' } }] });
  });

  it('pénalités remises, reconduction, commande après la fin, résiliation', async () => {
    await sequel.penalise(w.who.buyer, id, fact('2023-10-09', { amount: '500,50' }));
    await expect(sequel.penalise(w.who.buyer, id, fact('2023-10-09', { amount: '0' }))).rejects.toEqual(field('amount'));
    await expect(sequel.waive(w.who.buyer, id, 2, 'Le retard vient de l’acheteur.')).rejects.toEqual(code('forbidden'));
    await sequel.waive(w.who.sgar, id, 2, 'Le retard vient de l’acheteur.');
    await expect(sequel.waive(w.who.sgar, id, 2, 'Le retard vient de l’acheteur.')).rejects.toEqual(code('not-found'));
    await expect(sequel.terminate(w.who.sgar, id, { ground: 'fault', on: '2023-10-10', amount: '', reason: 'Abandon du poste.' })).rejects.toEqual(expect.objectContaining({ code: 'no-notice' }));
    on('2024-09-14');
    await sequel.renew(w.who.sgar, id, { move: 'renew', reason: 'Service toujours nécessaire.', frameworkAnalysis: '' });
    await expect(sequel.renew(w.who.sgar, id, { move: 'renew', reason: 'Encore une fois.', frameworkAnalysis: '' })).rejects.toEqual(code('renewals-used'));
    expect(await record()).toMatchObject({ endsOn: '2025-09-14' });
    on('2025-09-15');
    await expect(orders.order(w.who.buyer, id, { object: 'Tardif', quantity: '', amount: '1', dueOn: '' })).rejects.toEqual(expect.objectContaining({ code: 'ended', message: expect.stringContaining('R. 2162-14') }));
    await expect(amendments.draft(w.who.buyer, id, AMENDMENT)).rejects.toEqual(code('ended'));
    await sequel.terminate(w.who.sgar, id, { ground: 'general-interest', on: '2025-09-15', amount: '1 000', reason: 'Le besoin a disparu.' });
    expect(await contract()).toMatchObject({ status: 'terminated', slot: id });
    expect(showSequel(await sequel.list(w.who.buyer, id)).facts.map((one) => one.label)).toEqual(['Pénalité', 'Pénalité remise', 'Reconduction', 'Résiliation']);
    await expect(amendments.draft(w.who.buyer, id, AMENDMENT)).rejects.toEqual(code('ended'));
    await expect(sequel.terminate(w.who.sgar, id, { ground: 'agreement', on: '2025-09-15', amount: '', reason: 'Une seconde fois.' })).rejects.toEqual(code('wrong-state'));
    const done = (await w.t.source.manager.findBy(JournalEntry, { outcome: 'done' })).map((one) => one.act).filter((one) => one.startsWith('execution.'));
    expect(new Set(done)).toEqual(new Set(['record', 'holder-signature', 'conclude', 'notify', 'sub-contractor', 'sub-contractor-decision', 'order', 'order-cancel', 'deliverable', 'deliverable-move', 'service-done', 'amendment', 'amendment-sign', 'amendment-notify', 'amendment-cancel', 'penalty', 'penalty-waive', 'renewal', 'terminate'].map((one) => `execution.${one}`)));
  });

  it('cinq questions au plus par page, chaque page lisible', async () => {
    const browser = await w.t.browser('buyer');
    for (const look of [() => records.show(w.who.buyer, id), () => subs.list(w.who.buyer, id), () => orders.list(w.who.buyer, id), () => amendments.list(w.who.buyer, id), () => sequel.list(w.who.buyer, id)]) expect((await queriesOf(w.t.source, look)).length).toBeLessThanOrEqual(5);
    const pages: [string, RegExp][] = [
      ['', /2023-MS-67-A/], ['/fiche', /ne se remplit pas maintenant/], ['/sous-traitants', /Accepté par silence/], ['/prestations', /Premier lot/], ['/avenants', /Vingt personnes/], ['/avenants/1', /Justification/], ['/suites', /Résiliation/],
      ['/suites/penalites', /pas possible maintenant/], ['/prestations/livrables/1', /pas possible/], ['/sous-traitants/nouveau', /pas possible/], ['/signature', /pas possible/],
    ];
    for (const [path, text] of pages) await browser.get(`/marches/${id}/execution${path}`).expect(200).expect(text);
    for (const path of ['/suites/autre', '/suites/__proto__', '/avenants/9', '/prestations/commandes/x', '/exemplaires/autre.pdf']) await browser.get(`/marches/${id}/execution${path}`).expect(404);
    await browser.get(`/api/contracts/${id}/execution`).set('accept', 'application/json').expect(200).expect(/2023-MS-67-A/);
  });
});
