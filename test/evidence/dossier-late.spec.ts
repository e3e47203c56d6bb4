// A call that had everything: late bids decided both ways, an envelope, a backup copy. What the platform did by the rules is no fault.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Bid } from '../../src/bids/bid.js';
import type { DeliveryForm } from '../../src/bids/deliveries.forms.js';
import { DeliveriesService } from '../../src/bids/deliveries.service.js';
import { LateBidsService } from '../../src/bids/late.service.js';
import { SessionsService } from '../../src/bids/sessions.service.js';
import { Consultation } from '../../src/consultations/consultation.js';
import { DossierService } from '../../src/evidence/dossier.service.js';
import { type DossierBid, type DossierDelivery, type DossierLine, NAMES } from '../../src/evidence/dossier.js';
import { checkSuccession, checkVerdicts, type Facts } from '../../src/evidence/verify-bids.js';
import { verifyDossier } from '../../src/evidence/verify-dossier.js';
import { openZip } from '../../src/evidence/verify-seal.js';
import { Actor } from '../../src/platform/actor.js';
import { DATABASES } from '../support/databases.js';
import { DEADLINE, evidenceWorld, type EvidenceWorld } from './world.js';

const after = (ms: number) => new Date(DEADLINE.getTime() + ms);

describe.each(DATABASES)('le dossier d’une consultation avec plis hors délai et enveloppes remises (%s)', (kind) => {
  let w: EvidenceWorld;
  let zip: Buffer;
  beforeAll(async () => {
    w = await evidenceWorld(kind);
    const { app, source, clock, jobs } = w.t;
    await source.manager.update(Consultation, { id: w.id }, { otherMeans: { case: '6', reason: 'Une maquette au 1/50.', place: 'accueil' } });
    clock.moveTo('2023-07-26T15:00:00.000Z');
    await w.deposit(w.who.passerelle, 'a.pdf', '2023-07-26T15:00:00.000Z', 'un');
    const form = (organisationId: string, more: Partial<DeliveryForm>): DeliveryForm => ({ kind: 'bid', organisationId, medium: 'paper', carrier: 'hand', broughtBy: 'C. Porteuse', receivedOn: '2023-07-26T16:30:15', remark: '', justification: '', idempotencyKey: randomUUID(), ...more });
    const deliveries = app.get(DeliveriesService, { strict: false });
    const own = (actor: Actor) => actor.organisations('bidder')[0] ?? '';
    await deliveries.record(w.who.officer, w.id, form(own(w.who.territoires), {}));
    await deliveries.record(w.who.officer, w.id, form(own(w.who.passerelle), { kind: 'copy', medium: 'usb' }));
    clock.moveTo(after(5_000));
    await w.deposit(w.who.parcours, 'b.pdf', after(100), 'deux');
    await w.deposit(w.who.lignes, 'c.pdf', after(200), 'trois');
    await w.open();
    const late = app.get(LateBidsService, { strict: false });
    const bidOf = async (actor: Actor) => (await source.manager.findOneByOrFail(Bid, { organisationId: own(actor) })).id;
    await late.eliminate(w.who.signatory, w.id, await bidOf(w.who.lignes), { reasons: 'Trop tard.' });
    const { session } = await late.admit(w.who.signatory, w.id, await bidOf(w.who.parcours), { ground: 'platform', reasons: 'La plateforme était en panne.', reference: '' });
    const sessions = app.get(SessionsService, { strict: false });
    for (const who of [w.who.opener1, w.who.opener2]) await sessions.confirm(who, w.id, session);
    clock.moveTo(after(7_200_000));
    await sessions.open(w.who.opener2, w.id, session);
    await jobs.finishAll();
    ({ zip } = await app.get(DossierService, { strict: false }).build(Actor.system, w.id));
  }, 60_000);
  afterAll(() => w.t.close());

  const facts = (): Facts => {
    const files = openZip(zip);
    const json = (name: string): unknown => JSON.parse(files.get(name)?.toString() ?? '');
    const journal = (files.get(NAMES.journal)?.toString() ?? '').trim().split('\n').map((line) => JSON.parse(line) as DossierLine);
    return { bids: json(NAMES.bids) as DossierBid[], deliveries: json(NAMES.deliveries) as DossierDelivery[], deadlines: json(NAMES.deadlines) as Facts['deadlines'], journal, timeZone: 'Europe/Paris' };
  };
  const faults = (change: (known: Facts) => void) => {
    const known = facts();
    const said: string[] = [];
    change(known);
    for (const check of [checkVerdicts, checkSuccession]) check(known, (fault) => void said.push(fault));
    return said.join('\n');
  };

  it('se vérifie sans un écart', async () => {
    expect((await verifyDossier(zip)).faults).toEqual([]);
    expect(facts().bids.map((one) => one.status).toSorted()).toEqual(['eliminated', 'opened', 'opened', 'opened']);
    expect(facts().deliveries).toHaveLength(2);
  });

  it('un pli hors délai ouvert sans décision, une élimination effacée, une enveloppe ôtée ou d’une autre heure se voient', () => {
    const without = (act: string) => (known: Facts) => void ((known.journal as DossierLine[]) = known.journal.filter((line) => line.act !== act));
    expect(faults(without('late.admit'))).toContain('il devrait être resté scellé');
    expect(faults(without('late.eliminate'))).toMatch(/le journal en fait un pli « hors délai », la liste le dit « éliminé »/);
    expect(faults(without('delivery.record'))).toMatch(/aucune ligne du journal n’inscrit son enregistrement[^]*aucune ligne du journal n’inscrit son dépôt/);
    expect(faults((known) => void (known.deliveries as DossierDelivery[]).pop())).toContain('manque dans la liste des remises');
    expect(faults((known) => void Object.assign(known.bids.find((one) => one.deliveryId !== null) ?? {}, { receivedAt: '2023-07-26T10:00:00.000Z' }))).toContain('n’est pas celui de l’enveloppe remise');
    expect(faults((known) => known.deliveries.forEach((one) => Object.assign(one, { recordHash: '0'.repeat(64) })))).toContain('son empreinte n’est pas celle que le journal inscrit');
  });

  it('un pli que la règle annoncée a sauvé est jugé par la version qui l’a sauvé, et seulement si l’ouverture l’inscrit', () => {
    const moved = (rejudged: number) => (known: Facts) => {
      const [first] = known.deadlines;
      const deadline = after(150).toISOString();
      (known.deadlines as object[]).push({ ...first, number: 2, deadline, setAt: after(6_000).toISOString() });
      Object.assign(known.bids.find((one) => one.receivedAt === after(100).toISOString()) ?? {}, { deadline, deadlineVersion: 2, session: 1 });
      Object.assign(known.journal.find((line) => line.act === 'consultation.open')?.details ?? {}, { rejudged });
    };
    expect(faults(moved(1))).toBe('');
    expect(faults(moved(0))).toContain('jugé par une autre version de la date limite que celle du journal');
  });
});
