// Envelopes handed over: bids where the documents admit them (R2132-12), backup copies (R2132-11), and what each may become.
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { AnnouncedMeansService } from '../../src/bids/announced-means.service.js';
import { Bid } from '../../src/bids/bid.js';
import { CopiesService } from '../../src/bids/copies.service.js';
import type { DeliveryForm } from '../../src/bids/deliveries.forms.js';
import { DeliveriesService } from '../../src/bids/deliveries.service.js';
import { checkCopyOpening, type CopyCase, Delivery } from '../../src/bids/delivery.js';
import { showDeliveries, showScan } from '../../src/bids/deliveries.view.js';
import { LateBidsService } from '../../src/bids/late.service.js';
import { Opening } from '../../src/bids/opening.js';
import { ScansService } from '../../src/bids/scans.service.js';
import { SessionsService } from '../../src/bids/sessions.service.js';
import { Consultation } from '../../src/consultations/consultation.js';
import { Mail } from '../../src/platform/mail.js';
import { StoredFile } from '../../src/platform/stored-file.js';
import { checkReceipt } from '../../src/sealing/receipt-check.js';
import { nodeTools } from '../../src/sealing/verify-receipt.js';
import { bytes, type Company, DEADLINE, newWorld, OPENS, type World } from './world.js';

const at = (ms: number) => new Date(DEADLINE.getTime() + ms);
const code = (value: string) => expect.objectContaining({ code: value });
const field = (name: string) => expect.objectContaining({ errors: [expect.objectContaining({ field: name })] });
const HOUR = 3_600_000;

const form = (organisationId: Company, more: Partial<DeliveryForm> = {}): DeliveryForm => ({
  kind: 'bid', organisationId, medium: 'paper', carrier: 'hand', broughtBy: 'Camille Porteuse', receivedOn: '2023-07-26T16:30:15', remark: 'fermée', justification: '', idempotencyKey: randomUUID(), ...more,
});

const PAPER = { case: '6' as const, reason: 'Une maquette au 1/50.', place: 'accueil de la DDETS' };

describe('les cas de la copie de sauvegarde (annexe 6, art. 2)', () => {
  const of = (copyCase: CopyCase, more: Partial<Parameters<typeof checkCopyOpening>[0]> = {}) => () =>
    checkCopyOpening({ copyCase, copy: { kind: 'copy', receivedAt: at(-1), idle: true }, deadline: DEADLINE, bid: null, damaged: 0, unfinished: null, trace: '', ...more });

  it('jamais si elle est arrivée à la date limite ou après, si elle n’est plus fermée, ou si c’est un pli', () => {
    for (const copyCase of ['malware', 'unreadable', 'incomplete'] as const) {
      const right = { trace: 'x', bid: copyCase === 'incomplete' ? null : { status: 'unreadable', startedAt: at(-1) }, unfinished: { startedAt: at(-1) } };
      expect(of(copyCase, right)).not.toThrow();
      expect(of(copyCase, { ...right, copy: { kind: 'copy', receivedAt: at(0), idle: true } })).toThrow(code('copy-late'));
      expect(of(copyCase, { ...right, copy: { kind: 'copy', receivedAt: at(-1), idle: false } })).toThrow(code('not-held'));
    }
  });

  it('illisible ou incomplète : seulement si la transmission avait commencé avant la clôture, strictement', () => {
    fc.assert(
      fc.property(fc.integer({ min: -3, max: 3 }), (started) => {
        for (const check of [of('unreadable', { bid: { status: 'unreadable', startedAt: at(started) } }), of('unreadable', { bid: { status: 'opened', startedAt: at(started) }, damaged: 1 }), of('incomplete', { unfinished: { startedAt: at(started) } })]) {
          if (started < 0) expect(check).not.toThrow();
          else expect(check).toThrow(code('not-begun'));
        }
      }),
    );
    expect(of('incomplete')).toThrow(code('not-begun'));
    expect(of('unreadable', { bid: { status: 'opened', startedAt: at(-1) } })).toThrow(code('readable'));
    expect(of('incomplete', { bid: { status: 'opened', startedAt: at(-1) } })).toThrow(code('complete'));
    expect(of('malware', { bid: { status: 'opened', startedAt: at(-1) } })).toThrow(field('trace'));
    expect(of('malware', { trace: 'x' })).toThrow(code('no-bid'));
  });
});

describe.each(['sqlite', 'postgres'])('les enveloppes remises (%s)', (kind) => {
  let world: World;
  let deliveries: DeliveriesService;
  let copies: CopiesService;
  let scans: ScansService;
  const colleague = () => Object.assign(Object.create(Object.getPrototypeOf(world.officer)) as World['officer'], world.officer, { id: 'officer-2', name: 'Olivier Autre' });

  const admitPaper = () => world.source.manager.update(Consultation, { id: world.id }, { otherMeans: PAPER });
  const held = (organisationId: Company) => world.source.manager.findOneByOrFail(Delivery, { organisationId });
  const bidOf = (organisationId: Company) => world.source.manager.findBy(Bid, { organisationId });
  const scan = (id: string, content: Buffer, name = 'scan.pdf', who = world.opener) => scans.add(who, world.id, id, { name, mediaType: 'application/pdf' }, Readable.from([content]));
  const minutes = async (number = 1) => {
    const opening = await world.source.manager.findOneBy(Opening, { consultationId: world.id, number });
    const file = opening?.minutesFileId ? await world.source.manager.findOneByOrFail(StoredFile, { id: opening.minutesFileId }) : null;
    return file ? (await world.files.read(file.blob)).toString() : null;
  };
  async function openSession(number: number) {
    const sessions = world.module.get(SessionsService);
    for (const who of [world.opener, world.second]) await sessions.confirm(who, world.id, number);
    await sessions.open(world.second, world.id, number);
    await world.jobs.finishAll();
  }

  beforeEach(async () => {
    world = await newWorld(kind);
    deliveries = world.module.get(DeliveriesService);
    copies = world.module.get(CopiesService);
    scans = world.module.get(ScansService);
    world.clock.moveTo('2023-07-26T15:00:00.000Z'); // 17 h in Strasbourg
  });
  afterEach(() => world.close());

  it('un pli papier n’est reçu que si les documents l’annoncent ; une copie de sauvegarde l’est toujours', async () => {
    await expect(deliveries.record(world.officer, world.id, form('atelier'))).rejects.toEqual(code('electronic-only'));
    await deliveries.record(world.officer, world.id, form('atelier', { kind: 'copy', medium: 'usb' }));
    await admitPaper();
    await deliveries.record(world.officer, world.id, form('bureau'));
    expect(await bidOf('atelier')).toEqual([]);
    expect(await bidOf('bureau')).toMatchObject([{ status: 'sealed', manifestBlob: null }]);
  });

  it('date, heure, support, porteur : un récépissé signé, le même pour la même demande, et à l’organisation', async () => {
    await admitPaper();
    const asked = form('atelier');
    const { receiptId } = await deliveries.record(world.officer, world.id, asked);
    expect(await deliveries.record(world.officer, world.id, asked)).toEqual({ receiptId });
    await expect(deliveries.record(world.officer, world.id, { ...asked, broughtBy: 'Autre' })).rejects.toEqual(code('key-used'));
    await world.jobs.finishAll();
    const { receipt } = await world.receipts.show(world.officer, receiptId);
    expect(receipt).toMatchObject({ kind: 'deposit', status: 'in-time', receivedAt: '2023-07-26T14:30:15.000Z', operator: { name: 'Société atelier' }, delivery: { medium: 'paper', carrier: 'hand', broughtBy: 'Camille Porteuse' } });
    expect(await checkReceipt(nodeTools, receipt, world.keyring.publicKeyPem)).toMatchObject({ ok: true });
    expect((await world.receipts.pdf(world.officer, receiptId)).toString()).toContain('Camille Porteuse');
    expect((await world.receipts.show(world.bidder.atelier, receiptId)).receipt.receiptId).toBe(receiptId);
    await expect(world.receipts.show(colleague(), receiptId)).rejects.toEqual(code('not-found'));
    expect(await world.source.manager.countBy(Mail, { organisationId: 'atelier' })).toBe(1);
  });

  it('avant l’ouverture, seul l’agent qui l’a enregistrée la voit', async () => {
    await admitPaper();
    const before = JSON.stringify(showDeliveries(await deliveries.list(colleague(), world.id)));
    await deliveries.record(world.officer, world.id, form('atelier'));
    expect(showDeliveries(await deliveries.list(world.officer, world.id)).deliveries).toMatchObject([{ operator: 'Société atelier', medium: 'papier' }]);
    expect(JSON.stringify(showDeliveries(await deliveries.list(colleague(), world.id)))).toBe(before);
    expect(showDeliveries(await deliveries.list(world.opener, world.id)).deliveries).toEqual([]);
    await expect(deliveries.list(world.stranger, world.id)).rejects.toEqual(code('not-found'));
    await expect(deliveries.list(world.bidder.bureau, world.id)).rejects.toEqual(code('not-found'));
    await expect(deliveries.record(world.opener, world.id, form('bureau'))).rejects.toEqual(code('forbidden'));
  });

  it('refuse une heure à venir, une heure d’avant le lancement, une heure qui n’existe pas, un retard sans explication, un inconnu', async () => {
    await admitPaper();
    const no = (more: Partial<DeliveryForm>, name: string) => expect(deliveries.record(world.officer, world.id, form('atelier', more))).rejects.toEqual(field(name));
    await no({ receivedOn: '2023-07-26T17:00:01' }, 'receivedOn');
    await no({ receivedOn: '2023-07-01T09:00' }, 'receivedOn');
    await no({ receivedOn: '2023-02-30T09:00' }, 'receivedOn');
    await no({ receivedOn: '2023-07-26T15:59' }, 'justification');
    await no({ organisationId: 'nobody' }, 'organisationId');
    expect(await world.source.manager.count(Delivery)).toBe(0);
  });

  it('s’ouvre dans la même séance, se numérise dans l’enveloppe, et le procès-verbal l’attend', async () => {
    await admitPaper();
    await deliveries.record(world.officer, world.id, form('atelier'));
    await world.upload('bureau', 'offre.pdf', bytes(1000));
    await world.deposit('bureau', at(-1));
    await expect(scans.show(world.opener, world.id, (await held('atelier')).id)).rejects.toEqual(code('sealed'));
    await world.openAll();
    const { id } = await held('atelier');
    expect(await minutes()).toBeNull();
    await expect(scan(id, bytes(10), 'x.pdf', world.officer)).rejects.toEqual(code('forbidden'));
    await expect(scans.end(world.opener, world.id, id, { note: '', malware: '' })).rejects.toEqual(field('note'));
    const content = bytes(9 * 1024 * 1024);
    await scan(id, content, '../Acte d’engagement\u202e.pdf');
    await scan(id, bytes(20, 5), 'à retirer.pdf');
    const { files } = await scans.show(world.opener, world.id, id);
    await scans.remove(world.opener, world.id, id, files[1]?.id ?? '');
    await scans.end(world.opener, world.id, id, { note: 'La maquette n’est pas numérisée.', malware: '' });
    await expect(scan(id, bytes(10))).rejects.toEqual(code('scanned'));
    await world.jobs.finishAll();
    expect(await minutes()).toContain('La maquette n’est pas numérisée.');
    const { files: kept } = showScan(await scans.show(world.officer, world.id, id));
    expect(kept).toMatchObject([{ size: content.length }]);
    const { content: read, name } = await world.opened.file(world.officer, world.id, kept[0]?.id ?? '');
    const chunks: Uint8Array[] = [];
    for await (const chunk of read) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(content)).toBe(true);
    expect(name).not.toMatch(/[/\\\u202e]/);
    // Nothing of it lies in clear on the disk.
    for (const blob of (await scans.show(world.opener, world.id, id)).files.flatMap((file) => file.blobs)) expect((await world.files.read(blob)).includes(content.subarray(0, 64))).toBe(false);
  });

  it('à la seconde de la date limite elle est hors délai, gardée fermée, et la signataire décide ; admise, elle s’ouvre seule', async () => {
    await admitPaper();
    world.clock.moveTo(at(60_000));
    await deliveries.record(world.officer, world.id, form('atelier', { receivedOn: '2023-07-26T23:59' }));
    await deliveries.record(world.officer, world.id, form('bureau', { receivedOn: '2023-07-26T23:58:59' }));
    expect(await bidOf('atelier')).toMatchObject([{ status: 'late' }]);
    await world.openAll();
    expect(await held('atelier')).toMatchObject({ status: 'held' });
    const [late] = await bidOf('atelier');
    const { session } = await world.module.get(LateBidsService).admit(world.signatory, world.id, late?.id ?? '', { ground: 'court-order', reasons: 'Ordonnance.', reference: 'TA Strasbourg n° 1' });
    await openSession(session);
    expect(await held('atelier')).toMatchObject({ status: 'opened', session });
  });

  it('le dernier arrivé à temps remplace, par quelque voie que ce soit ; l’agent n’en sait rien', async () => {
    await admitPaper();
    await world.upload('atelier', 'offre.pdf', bytes(1000));
    await world.deposit('atelier', new Date('2023-07-26T15:00:00.000Z'));
    world.clock.moveTo('2023-07-26T15:10:00.000Z');
    await deliveries.record(world.officer, world.id, form('atelier', { receivedOn: '2023-07-26T17:05' }));
    expect((await bidOf('atelier')).map((one) => [one.status, one.deliveryId !== null]).toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual([['replaced', false], ['sealed', true]]);
    // One that came before what is already filed does not come back.
    await deliveries.record(world.officer, world.id, form('atelier', { receivedOn: '2023-07-26T16:45' }));
    expect((await bidOf('atelier')).filter((one) => one.status === 'sealed')).toHaveLength(1);
  });

  it('arrivée à temps et retrouvée après l’ouverture : son motif, et lui seul', async () => {
    await admitPaper();
    await world.openAll();
    world.clock.moveTo(new Date(OPENS.getTime() + HOUR));
    await deliveries.record(world.officer, world.id, form('atelier', { receivedOn: '2023-07-26T16:30', justification: 'Restée au courrier.' }));
    const [bid] = await bidOf('atelier');
    expect(bid).toMatchObject({ status: 'late', late: false });
    const late = world.module.get(LateBidsService);
    await expect(late.eliminate(world.signatory, world.id, bid?.id ?? '', { reasons: 'x' })).rejects.toEqual(code('in-time'));
    await expect(late.admit(world.signatory, world.id, bid?.id ?? '', { ground: 'platform', reasons: 'x', reference: '' })).rejects.toEqual(code('in-time'));
    const { session } = await late.admit(world.signatory, world.id, bid?.id ?? '', { ground: 'found', reasons: 'Cachet du 26 juillet, 16 h 30.', reference: '' });
    await openSession(session);
    const { id } = await held('atelier');
    await scan(id, bytes(50));
    await scans.end(world.second, world.id, id, { note: '', malware: '' });
    await world.jobs.finishAll();
    expect(await minutes(session)).toContain('Cachet du 26 juillet');
  });

  it('pli électronique hors délai, copie de sauvegarde arrivée à temps : c’est la copie qui s’ouvre', async () => {
    await deliveries.record(world.officer, world.id, form('atelier', { kind: 'copy', medium: 'usb' }));
    await world.upload('atelier', 'offre.pdf', bytes(1000)); // begun before the closing
    await world.deposit('atelier', at(200));
    await world.openAll();
    const copy = await held('atelier');
    await expect(copies.decide(world.signatory, world.id, copy.id, { copyCase: 'incomplete', reasons: 'x', trace: '' })).rejects.toEqual(code('to-decide'));
    await expect(deliveries.destroy(world.officer, world.id, copy.id)).rejects.toEqual(code('to-decide'));
    const [bid] = await bidOf('atelier');
    const { session } = await world.module.get(LateBidsService).admit(world.signatory, world.id, bid?.id ?? '', { ground: 'backup-copy', reasons: 'Copie reçue à 16 h 30.', reference: '' });
    await openSession(session);
    await scan(copy.id, bytes(77, 3), 'offre-copie.pdf');
    await scans.end(world.opener, world.id, copy.id, { note: '', malware: '' });
    await world.jobs.finishAll();
    const { rows, files } = await world.opened.list(world.officer, world.id);
    expect(rows).toMatchObject([{ bid: { status: 'opened', session }, handed: [{ status: 'opened' }] }]);
    expect(files.map((file) => file.name)).toEqual(['offre-copie.pdf']);
    await expect(deliveries.destroy(world.officer, world.id, copy.id)).rejects.toThrow(/se conserve comme un pli/);
  });

  it('envoi commencé avant la clôture et jamais achevé : la copie devient le pli', async () => {
    await world.announce('atelier', 'offre.pdf', 1000);
    await deliveries.record(world.officer, world.id, form('atelier', { kind: 'copy', medium: 'usb' }));
    await world.openAll();
    const copy = await held('atelier');
    const form2 = { copyCase: 'incomplete' as const, reasons: 'Envoi interrompu à 17 h.', trace: '' };
    await expect(copies.decide(world.officer, world.id, copy.id, form2)).rejects.toEqual(code('forbidden'));
    const { session } = await copies.decide(world.signatory, world.id, copy.id, form2);
    await expect(copies.decide(world.signatory, world.id, copy.id, form2)).rejects.toEqual(code('not-held'));
    await openSession(session);
    await scan(copy.id, bytes(77, 3));
    await scans.end(world.opener, world.id, copy.id, { note: '', malware: '' });
    await world.jobs.finishAll();
    expect(await bidOf('atelier')).toMatchObject([{ status: 'opened', session, deliveryId: copy.id }]);
    expect(await minutes(session)).toContain('Envoi interrompu à 17 h.');
  });

  it('un programme malveillant dans la copie : elle est écartée, sa trace reste ; une copie qui ne sert pas est détruite après l’ouverture', async () => {
    await world.upload('atelier', 'offre.pdf', bytes(1000));
    await world.deposit('atelier', world.clock.now());
    await deliveries.record(world.officer, world.id, form('atelier', { kind: 'copy', medium: 'usb' }));
    await deliveries.record(world.officer, world.id, form('bureau', { kind: 'copy', medium: 'usb' }));
    const useless = await held('bureau');
    await expect(deliveries.destroy(world.officer, world.id, useless.id)).rejects.toEqual(code('not-opened'));
    await world.openAll();
    const copy = await held('atelier');
    await expect(copies.decide(world.signatory, world.id, copy.id, { copyCase: 'unreadable', reasons: 'x', trace: '' })).rejects.toEqual(code('readable'));
    const { session } = await copies.decide(world.signatory, world.id, copy.id, { copyCase: 'malware', reasons: 'Offre infectée.', trace: 'ClamAV, Win.Trojan' });
    await openSession(session);
    await scan(copy.id, bytes(12));
    await expect(scans.end(world.opener, world.id, copy.id, { note: 'ClamAV', malware: 'oui' })).rejects.toEqual(code('files'));
    const { files } = await scans.show(world.opener, world.id, copy.id);
    await scans.remove(world.opener, world.id, copy.id, files[0]?.id ?? '');
    await expect(scans.end(world.opener, world.id, copy.id, { note: '', malware: 'oui' })).rejects.toEqual(field('note'));
    await scans.end(world.opener, world.id, copy.id, { note: 'ClamAV, 3 fichiers', malware: 'oui' });
    expect(await held('atelier')).toMatchObject({ status: 'set-aside', scanNote: 'ClamAV, 3 fichiers' });
    await deliveries.destroy(world.officer, world.id, useless.id);
    expect(await held('bureau')).toMatchObject({ status: 'destroyed', destroyedById: 'officer' });
  });

  it('les voies de remise s’annoncent dans le brouillon, avec cas, raison et lieu ; jamais après le lancement', async () => {
    const means = world.module.get(AnnouncedMeansService);
    const given = { case: '6', reason: 'Une maquette.', place: 'Accueil, 9 h à 12 h.', oneBidEach: 'oui' };
    await expect(means.announce(world.officer, world.id, given)).rejects.toEqual(code('frozen'));
    await world.source.manager.update(Consultation, { id: world.id }, { status: 'draft' });
    for (const [lacks, name] of [[{ case: '' }, 'case'], [{ case: '9' }, 'case'], [{ reason: '' }, 'reason'], [{ place: '' }, 'place']] as const) {
      await expect(means.announce(world.officer, world.id, { ...given, ...lacks })).rejects.toEqual(field(name));
    }
    await expect(means.announce(world.opener, world.id, given)).rejects.toEqual(code('forbidden'));
    await means.announce(world.officer, world.id, given);
    expect((await means.show(world.officer, world.id)).consultation).toMatchObject({ otherMeans: { case: '6' }, oneBidEach: true });
  });
});
