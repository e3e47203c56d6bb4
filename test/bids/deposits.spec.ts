import { jest } from '@jest/globals';
import { Bid } from '../../src/bids/bid.js';
import { BidPart } from '../../src/bids/draft.js';
import { Mail } from '../../src/platform/mail.js';
import { JournalEntry } from '../../src/platform/journal-entry.js';
import type { Receipt } from '../../src/sealing/receipt.js';
import { inMemory, verifyReceipt, verifyReceiptFile } from '../../src/sealing/verify-receipt.js';
import { bytes, DEADLINE, MIB, newWorld, type World } from './world.js';

const before = (ms: number) => new Date(DEADLINE.getTime() - ms);
const code = (value: string) => expect.objectContaining({ code: value });

describe.each(['sqlite', 'postgres'])('dépôt des plis (%s)', (kind) => {
  let world: World;
  beforeEach(async () => {
    world = await newWorld(kind, { maxFileBytes: 20 * MIB, maxBidBytes: 30 * MIB, maxBidFiles: 4 });
    world.clock.moveTo(before(3_600_000));
  });
  afterEach(() => world.close());

  const receiptOf = async (company: 'atelier' | 'bureau', id: string) => world.receipts.show(world.bidder[company], id);

  it('several files of several parts give a signed receipt with the five legal mentions and the hashes', async () => {
    const big = bytes(9 * MIB);
    const small = Buffer.from('mémoire technique');
    await world.upload('atelier', 'offre.pdf', big);
    await world.upload('atelier', 'mémoire.pdf', small);
    const { receipt, json } = await receiptOf('atelier', await world.deposit('atelier', before(1)));
    expect(receipt).toMatchObject({
      kind: 'deposit',
      operator: { name: 'Société atelier', scheme: 'SIRET' },
      buyer: 'Préfecture du Bas-Rhin',
      consultation: { title: 'Diagnostic des aires d’accueil', object: 'Réalisation du diagnostic des besoins' },
      receivedAt: before(1).toISOString(),
      status: 'in-time',
      deadline: { instant: DEADLINE.toISOString(), version: 1 },
      sealHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(receipt.files.map(({ name, parts }) => [name, parts.length])).toEqual([['offre.pdf', 2], ['mémoire.pdf', 1]]);
    expect(await verifyReceipt(JSON.parse(json), world.keyring.publicKeyPem)).toMatchObject({ ok: true, trusted: true });
    const given = [inMemory('offre.pdf', big), inMemory('mémoire.pdf', small)];
    expect(await verifyReceiptFile(receipt, given)).toMatchObject({ ok: true, missing: [] });
    expect(await verifyReceiptFile(receipt, [inMemory('mémoire.pdf', Buffer.from('mémoire trafiqué!'))])).toMatchObject({ ok: false });
  });

  it('plaintext, names and organisations are nowhere on the disk nor in the tables', async () => {
    await world.upload('atelier', 'SECRET-NOM.pdf', Buffer.from('SECRET-CONTENU'.repeat(1000)));
    await world.deposit('atelier', before(1));
    for (const { blob } of await world.source.manager.find(BidPart)) {
      expect((await world.files.read(blob)).includes('SECRET')).toBe(false);
    }
    for (const table of ['bid_file', 'bid_part', 'bid', 'receipt', 'mail', 'job', 'journal']) {
      expect(JSON.stringify(await world.source.query(`select * from ${table}`))).not.toMatch(/SECRET-NOM|Société/);
    }
  });

  it('one millisecond before is in time; the deadline and 200 ms after are late, received and receipted as late', async () => {
    await world.upload('atelier', 'a.pdf', bytes(10));
    await world.upload('bureau', 'b.pdf', bytes(10));
    await world.upload('cabinet', 'c.pdf', bytes(10));
    await world.deposit('atelier', before(1));
    await world.deposit('bureau', DEADLINE);
    const id = await world.deposit('cabinet', new Date(DEADLINE.getTime() + 200));
    const status = async (organisationId: string) => (await world.source.manager.findOneByOrFail(Bid, { organisationId })).status;
    expect([await status('atelier'), await status('bureau'), await status('cabinet')]).toEqual(['sealed', 'late', 'late']);
    const { receipt } = await world.receipts.show(world.bidder.cabinet, id);
    expect(receipt.status).toBe('late');
    expect((await verifyReceipt(receipt, world.keyring.publicKeyPem)).ok).toBe(true);
  });

  it('waiting behind the lock never makes a bid late', async () => {
    await world.upload('atelier', 'a.pdf', bytes(10));
    world.clock.moveTo(new Date(DEADLINE.getTime() + 5_000));
    const { receipt } = await receiptOf('atelier', await world.deposit('atelier', before(1)));
    expect(receipt.status).toBe('in-time');
    const line = await world.source.manager.findOneByOrFail(JournalEntry, { act: 'bid.deposit' });
    expect(line).toMatchObject({ chain: world.id, instant: before(1), recordedAt: new Date(DEADLINE.getTime() + 5_000) });
    expect(JSON.stringify(line.details)).not.toContain('atelier');
  });

  it('a double click on « Déposer » gives the same receipt, byte for byte', async () => {
    await world.upload('atelier', 'a.pdf', bytes(10));
    const key = 'cle-de-depot-0000001';
    const [one, two] = await Promise.all([world.deposit('atelier', before(9), key), world.deposit('atelier', before(8), key)]);
    const again = await world.deposit('atelier', before(7), key);
    expect([two, again]).toEqual([one, one]);
    expect((await receiptOf('atelier', two)).json).toBe((await receiptOf('atelier', one)).json);
    expect(await world.source.manager.count(Bid)).toBe(1);
    await world.upload('atelier', 'autre.pdf', bytes(10));
    await expect(world.deposit('atelier', before(6), key)).rejects.toEqual(code('key-used'));
  });

  it('a commit whose answer is lost: the bid, its receipt and its manifest are there', async () => {
    await world.upload('atelier', 'a.pdf', bytes(10));
    const perform = world.acts.perform.bind(world.acts) as (...given: unknown[]) => Promise<unknown>;
    const lost = jest.spyOn(world.acts, 'perform').mockImplementationOnce(async (...given: unknown[]) => {
      await perform(...given);
      throw new Error('The connection to the database was lost');
    });
    const receipt = await world.deposit('atelier', before(1));
    lost.mockRestore();
    const bid = await world.source.manager.findOneByOrFail(Bid, {});
    expect(bid.status).toBe('sealed');
    expect((await world.files.read(bid.manifestBlob ?? '')).length).toBeGreaterThan(100);
    expect((await receiptOf('atelier', receipt)).receipt.bidId).toBe(bid.id);
  });

  it('replaces, then withdraws: former bids stay sealed and receipted', async () => {
    await world.upload('atelier', 'v1.pdf', bytes(10));
    await world.deposit('atelier', before(9_000));
    await world.upload('atelier', 'v2.pdf', bytes(12));
    expect((await world.own.show(world.bidder.atelier, world.id)).bids[0]?.status).toBe('sealed');
    await world.deposit('atelier', before(8_000));
    const statuses = async () => (await world.source.manager.find(Bid, { order: { receivedAt: 'ASC' } })).map((bid) => bid.status);
    expect(await statuses()).toEqual(['replaced', 'sealed']);
    const { receiptId } = await world.deposits.withdraw(world.bidder.atelier, world.id, before(7_000));
    expect(await statuses()).toEqual(['replaced', 'withdrawn']);
    const { receipt } = await receiptOf('atelier', receiptId);
    expect(receipt).toMatchObject({ kind: 'withdrawal', receivedAt: before(7_000).toISOString(), status: 'in-time' });
    expect((await verifyReceipt(receipt, world.keyring.publicKeyPem)).ok).toBe(true);
    expect(await world.deposits.withdraw(world.bidder.atelier, world.id, before(6_900))).toEqual({ receiptId });
    await expect(world.deposits.withdraw(world.bidder.bureau, world.id, before(6_000))).rejects.toEqual(code('nothing-to-withdraw'));
    await world.upload('atelier', 'v3.pdf', bytes(14));
    await world.deposit('atelier', before(5_000));
    expect(await statuses()).toEqual(['replaced', 'withdrawn', 'sealed']);
  });

  it('among one company’s bids the latest arrival is effective, whatever the order of commits', async () => {
    await world.upload('atelier', 'v2.pdf', bytes(12));
    await world.deposit('atelier', before(1_000));
    await world.upload('atelier', 'v1.pdf', bytes(10));
    await world.deposit('atelier', before(5_000));
    await world.upload('atelier', 'v3-hors-delai.pdf', bytes(10));
    await world.deposit('atelier', new Date(DEADLINE.getTime() + 1));
    const found = await world.source.manager.find(Bid, { order: { receivedAt: 'ASC' } });
    expect(found.map((bid) => bid.status)).toEqual(['replaced', 'sealed', 'late']);
  });

  it('no withdrawal at the deadline', async () => {
    await world.upload('atelier', 'a.pdf', bytes(10));
    await world.deposit('atelier', before(1_000));
    await expect(world.deposits.withdraw(world.bidder.atelier, world.id, DEADLINE)).rejects.toEqual(code('deadline-passed'));
    expect(await world.source.manager.findOneByOrFail(Bid, {})).toMatchObject({ status: 'sealed', withdrawnAt: null });
  });

  it('file names are data: paths, quotes, accents, emoji, right-to-left marks', async () => {
    const names = ['../../etc/passwd', 'l’« offre » "1".pdf', 'e\u0301te\u0301.pdf', '👩‍🔧 plan.pdf'];
    for (const name of names) await world.upload('atelier', name, bytes(10));
    await world.upload('bureau', 'devis\u202Efdp.exe', bytes(10));
    const { receipt } = await receiptOf('atelier', await world.deposit('atelier', before(1)));
    expect(receipt.files.map((file) => file.name)).toEqual(['passwd', 'l’« offre » "1".pdf', 'été.pdf', '👩‍🔧 plan.pdf']);
    const other = await receiptOf('bureau', await world.deposit('bureau', before(1)));
    expect(other.receipt.files.map((file) => file.name)).toEqual(['devisfdp.exe']);
  });

  it('drafts and receipts belong to one organisation: for anybody else they do not exist', async () => {
    const file = await world.upload('atelier', 'a.pdf', bytes(10));
    const receipt = await world.deposit('atelier', before(1));
    await world.jobs.finishAll();
    for (const other of [world.bidder.bureau, world.stranger, world.officer, world.sysadmin, world.opener]) {
      await expect(world.receipts.show(other, receipt)).rejects.toEqual(code('not-found'));
      await expect(world.receipts.pdf(other, receipt)).rejects.toEqual(code('not-found'));
      await expect(world.drafts.removeFile(other, world.id, file)).rejects.toEqual(code('not-found'));
    }
    for (const other of [world.stranger, world.officer, world.sysadmin]) {
      await expect(world.own.show(other, world.id)).rejects.toEqual(code('not-found'));
      await expect(world.deposits.deposit(other, world.id, 'cle-de-depot-0000002', before(1))).rejects.toEqual(code('not-found'));
    }
  });

  it('the receipt leaves by mail, and its PDF is printed once', async () => {
    await world.upload('atelier', 'a.pdf', bytes(10));
    const id = await world.deposit('atelier', before(1));
    const early = await world.receipts.pdf(world.bidder.atelier, id);
    await world.jobs.finishAll();
    expect((await world.receipts.pdf(world.bidder.atelier, id)).equals(early)).toBe(true);
    expect(early.toString()).toContain('Accusé de réception');
    expect(early.toString()).not.toContain('avant le avant le');
    expect(await world.source.manager.findOneByOrFail(Mail, { kind: 'receipt' })).toMatchObject({ recipient: 'atelier@organisme.example', state: 'sent' });
    const { json } = await receiptOf('atelier', id);
    const { signature, ...body } = JSON.parse(json) as Receipt;
    expect(signature.value).toHaveLength(88);
    expect(body.journalCheckpoint).toMatch(/^[0-9a-f]{64}$/);
  });

  it('an added file during the deposit never slips in: the draft is frozen', async () => {
    await world.upload('atelier', 'a.pdf', bytes(10));
    const [deposit] = await Promise.allSettled([world.deposit('atelier', before(5)), world.upload('atelier', 'b.pdf', bytes(10))]);
    const found = await world.source.manager.find(Bid);
    if (deposit.status === 'rejected') {
      expect(deposit.reason).toMatchObject({ code: expect.stringMatching(/changed|incomplete/) });
      expect(found).toEqual([]);
    } else {
      const { receipt } = await receiptOf('atelier', deposit.value);
      expect(receipt.files.map((file) => file.name)).toEqual(['a.pdf']);
    }
  });

  it('four deposits that arrive in disorder: one bid stands, the latest to arrive', async () => {
    const arrivals = [400, 100, 300, 200];
    for (const ms of arrivals) {
      await world.upload('atelier', `${ms}.pdf`, bytes(10));
      await world.deposit('atelier', before(ms));
    }
    const found = await world.source.manager.find(Bid, { order: { receivedAt: 'ASC' } });
    expect(found.map((bid) => bid.status)).toEqual(['replaced', 'replaced', 'replaced', 'sealed']);
  });
});
