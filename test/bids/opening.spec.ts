import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Bid } from '../../src/bids/bid.js';
import { Opening } from '../../src/bids/opening.js';
import { attachment } from '../../src/bids/opening.pages.js';
import { Consultation } from '../../src/consultations/consultation.js';
import { JournalEntry, verifyChain } from '../../src/platform/journal-entry.js';
import { sha256 } from '../../src/platform/random.js';
import { bytes, DEADLINE, MIB, newWorld, OPENS, type World } from './world.js';

const before = (ms: number) => new Date(DEADLINE.getTime() - ms);
const code = (value: string) => expect.objectContaining({ code: value });

async function all(content: AsyncIterable<Uint8Array>) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe.each(['sqlite', 'postgres'])('ouverture des plis (%s)', (kind) => {
  let world: World;
  beforeEach(async () => {
    world = await newWorld(kind, { maxFileBytes: 20 * MIB });
    world.clock.moveTo(before(3_600_000));
  });
  afterEach(() => world.close());

  const minutes = async () => (await world.opened.document(world.officer, world.id, 'minutes')).toString();

  it('the whole story: five deposits, one replaced, one withdrawn, one late by 200 ms, one never finished', async () => {
    const offer = bytes(9 * MIB);
    await world.upload('atelier', '../plan “été” 👩‍🔧.pdf', offer);
    await world.deposit('atelier', before(9_000));
    await world.upload('bureau', 'v1.pdf', bytes(10));
    await world.deposit('bureau', before(8_000));
    await world.upload('bureau', 'v2.pdf', bytes(20));
    await world.deposit('bureau', before(7_000));
    await world.upload('cabinet', 'c.pdf', bytes(10));
    await world.deposit('cabinet', before(6_000));
    await world.deposits.withdraw(world.bidder.cabinet, world.id, before(5_000));
    await world.upload('delta', 'd.pdf', bytes(10));
    await world.deposit('delta', new Date(DEADLINE.getTime() + 200));
    await world.announce('equipe', 'e.pdf', 10);

    await world.openAll();

    const { rows, files, opening } = await world.opened.list(world.officer, world.id);
    expect(rows.map(({ bid, operator }) => [operator, bid.status])).toEqual([
      ['Société atelier', 'opened'],
      ['Société bureau', 'replaced'],
      ['Société bureau', 'opened'],
      ['Société cabinet', 'withdrawn'],
      ['Société delta', 'late'],
    ]);
    expect(files.map(({ name, intact }) => [name, intact])).toEqual(expect.arrayContaining([['plan “été” 👩‍🔧.pdf', true], ['v2.pdf', true]]));
    expect(files).toHaveLength(2);
    expect(opening).toMatchObject({ anomalies: [], minutesFileId: expect.any(String), registerFileId: expect.any(String) });
    const file = files.find((one) => one.size === offer.length);
    expect((await all((await world.opened.file(world.officer, world.id, file?.id ?? '')).content)).equals(offer)).toBe(true);
    expect(file?.sha256).toBe(sha256(offer));

    const text = await minutes();
    for (const words of ['Paul Premier', 'Denise Deuxième', 'Société delta', 'hors délai', 'retiré', 'remplacé', 'aucun conflit d’intérêts', 'v2.pdf']) expect(text).toContain(words);
    for (const unread of ['<p>d.pdf', 'v1.pdf', 'c.pdf']) expect(text).not.toContain(unread);
    expect((await world.opened.document(world.opener, world.id, 'register')).toString()).toContain('Registre');

    expect(await world.opened.chain(world.officer, world.id)).toMatchObject({ ok: true });
    const lines = await world.source.manager.find(JournalEntry, { where: { chain: world.id }, order: { seq: 'ASC' } });
    expect(lines.map((line) => line.act)).toEqual([
      ...Array(4).fill('bid.deposit'),
      'bid.withdraw',
      'bid.deposit',
      'opening.confirm',
      'opening.confirm',
      'consultation.open',
      'opening.bid-checked',
      'opening.bid-checked',
      'opening.checked',
      'opening.minutes',
    ]);
    lines[2] = Object.assign(lines[2], { details: { ...lines[2]?.details, late: true } });
    expect(verifyChain(lines)).toMatchObject({ ok: false, brokenAt: 3 });
  });

  it('too early is refused and journaled, for the confirmation and for the opening', async () => {
    await world.upload('atelier', 'a.pdf', bytes(10));
    await world.deposit('atelier', before(1));
    for (const at of [DEADLINE, new Date(OPENS.getTime() - 1)]) {
      world.clock.moveTo(at);
      await expect(world.opening.confirm(world.opener, world.id)).rejects.toEqual(code('too-early'));
      await expect(world.opening.open(world.opener, world.id)).rejects.toEqual(code('too-early'));
    }
    const refused = await world.source.manager.findBy(JournalEntry, { act: 'consultation.open', outcome: 'refused' });
    expect(refused).toHaveLength(2);
    expect(refused[0]).toMatchObject({ chain: 'platform', details: expect.objectContaining({ code: 'too-early', consultation: world.id }) });
    expect(await world.source.manager.findOneByOrFail(Bid, {})).toMatchObject({ status: 'sealed' });
  });

  it('needs two persons who were named; the same one twice is one', async () => {
    world.clock.moveTo(OPENS);
    await world.opening.confirm(world.opener, world.id);
    await expect(world.opening.confirm(world.opener, world.id)).rejects.toEqual(code('already-present'));
    await expect(world.opening.open(world.opener, world.id)).rejects.toEqual(code('quorum'));
    await expect(world.opening.confirm(world.officer, world.id)).rejects.toEqual(code('forbidden'));
    await expect(world.opening.open(world.officer, world.id)).rejects.toEqual(code('forbidden'));
    for (const other of [world.sysadmin, world.stranger, world.bidder.atelier]) {
      await expect(world.opening.state(other, world.id)).rejects.toEqual(code('not-found'));
      await expect(world.opening.open(other, world.id)).rejects.toEqual(code('not-found'));
    }
    await world.opening.confirm(world.substitute, world.id);
    expect(await world.opening.state(world.second, world.id)).toMatchObject({ confirmed: 2, can: { confirm: true, open: true } });
    expect(await world.opening.open(world.substitute, world.id)).toEqual({ opened: 0 });
    await world.jobs.finishAll();
    expect(await minutes()).toContain('Aucun pli n’a été ouvert');
  });

  it('opens once, however many press together; nothing is received afterwards', async () => {
    await world.upload('atelier', 'a.pdf', bytes(10));
    await world.deposit('atelier', before(1));
    await world.upload('bureau', 'b.pdf', bytes(10));
    world.clock.moveTo(OPENS);
    await world.opening.confirm(world.opener, world.id);
    await world.opening.confirm(world.second, world.id);
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => world.opening.open(world.opener, world.id)));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    await expect(world.deposit('bureau', new Date(OPENS.getTime() + 1))).rejects.toThrow('ont été ouverts');
    expect(await world.source.manager.count(Opening)).toBe(1);
    expect(await world.source.manager.findOneByOrFail(Consultation, { id: world.id })).toMatchObject({ status: 'opened', openedAt: OPENS });
  });

  it('a bid that cannot be read is a state of its own, said in the minutes, and stops no other', async () => {
    for (const company of ['atelier', 'bureau', 'cabinet'] as const) {
      await world.upload(company, `${company}.pdf`, bytes(1000));
      await world.upload(company, `${company}-annexe.pdf`, bytes(500));
      await world.deposit(company, before(1000));
    }
    const of = (organisationId: string) => world.source.manager.findOneByOrFail(Bid, { organisationId });
    const path = (key: string) => join(world.config.dataDir, 'files', key.slice(0, 2), key);
    await writeFile(path((await of('bureau')).manifestBlob ?? ''), 'plus rien');
    const part = (await of('cabinet')).envelope.parts[0]?.id ?? '';
    const damaged = await world.files.read(part);
    damaged[damaged.length - 5] ^= 1;
    await writeFile(path(part), damaged);
    await world.openAll();
    expect([(await of('atelier')).status, (await of('bureau')).status, (await of('cabinet')).status]).toEqual(['opened', 'unreadable', 'opened']);
    const { files, opening } = await world.opened.list(world.officer, world.id);
    expect(files.map(({ name, intact }) => [name, intact])).toEqual(
      expect.arrayContaining([['atelier.pdf', true], ['atelier-annexe.pdf', true], ['cabinet.pdf', false], ['cabinet-annexe.pdf', true]]),
    );
    expect(opening.anomalies).toEqual(expect.arrayContaining([expect.stringContaining('« cabinet.pdf »'), expect.stringContaining('déchiffré')]));
    expect(await minutes()).toContain('illisible');
  });

  it('the checks and the minutes may run twice: nothing doubles', async () => {
    await world.upload('atelier', 'a.pdf', bytes(10));
    await world.deposit('atelier', before(1));
    await world.openAll();
    const first = await minutes();
    await world.acts.perform(world.officer, 'test.again', async (act) => {
      act.require(true);
      await act.later({ kind: 'opening.check', payload: { id: world.id } });
      await act.later({ kind: 'opening.minutes', payload: { id: world.id } });
    });
    await world.jobs.finishAll();
    expect(await minutes()).toBe(first);
    expect((await world.opened.list(world.officer, world.id)).files).toHaveLength(1);
  });
});

it('a download is an attachment under its own name, in ASCII', () => {
  expect(attachment('l\'été "1" (2)*.pdf')).toBe("attachment; filename*=UTF-8''l%27%C3%A9t%C3%A9%20%221%22%20%282%29%2A.pdf");
});
