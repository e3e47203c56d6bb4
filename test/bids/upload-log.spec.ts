import { jest } from '@jest/globals';
import { JournalEntry, PLATFORM_CHAIN } from '../../src/platform/journal-entry.js';
import { BidDraft } from '../../src/bids/draft.js';
import { bytes, DEADLINE, MIB, newWorld, type World } from './world.js';

const FULL = Object.assign(new Error('ENOSPC: no space left on device, write /srv/souspli/files/ab/abcd'), { code: 'ENOSPC' });

describe.each(['sqlite', 'postgres'])('le journal des envois (%s)', (kind) => {
  let world: World;
  beforeEach(async () => {
    world = await newWorld(kind, { maxFileBytes: 20 * MIB, maxBidBytes: 30 * MIB, maxBidFiles: 4 });
    world.clock.moveTo(new Date(DEADLINE.getTime() - 3_600_000));
  });
  afterEach(() => world.close());

  const lines = () => world.source.manager.find(JournalEntry, { where: { chain: PLATFORM_CHAIN }, order: { seq: 'ASC' } }).then((all) => all.filter((line) => line.act.startsWith('upload.')));
  async function* cut() {
    yield bytes(400);
    throw new Error('aborted');
  }

  it('garde la trace d’un envoi coupé, sous son brouillon, sans nom ni taille, hors de la chaîne de la consultation', async () => {
    const id = await world.announce('atelier', 'SECRET-COUPÉ.pdf', 98_765);
    const before = await world.source.manager.countBy(JournalEntry, { chain: world.id });
    expect(await world.append('atelier', id, 0, bytes(400), true)).toBe(0);
    const draft = await world.source.manager.findOneByOrFail(BidDraft, { organisationId: 'atelier' });
    expect((await lines()).map(({ act, outcome, subject, details }) => ({ act, outcome, subject, details }))).toEqual([
      { act: 'upload.start', outcome: 'done', subject: draft.id, details: {} },
      { act: 'upload.failed', outcome: 'done', subject: draft.id, details: { consultation: world.id, code: 'cut', file: id } },
    ]);
    expect(await world.source.manager.countBy(JournalEntry, { chain: world.id })).toBe(before);
    expect(JSON.stringify(await lines())).not.toMatch(/SECRET|\b98765\b|\b400\b|atelier/);
  });

  it('garde la trace d’un formulaire coupé, d’un fichier trop grand, d’un disque plein ; l’expéditeur lit la vraie raison', async () => {
    const { atelier } = world.bidder;
    await expect(world.uploads.receive(atelier, world.id, { name: 'a.pdf', mediaType: '' }, cut())).rejects.toMatchObject({ code: 'cut' });
    await expect(world.announce('atelier', 'gros.pdf', 21 * MIB)).rejects.toMatchObject({ status: 413 });
    const id = await world.announce('atelier', 'b.pdf', 10);
    const disk = jest.spyOn(world.files, 'create').mockRejectedValueOnce(FULL);
    await expect(world.append('atelier', id, 0, bytes(10))).rejects.toBe(FULL);
    disk.mockRestore();
    expect((await lines()).map((line) => line.act)).toEqual(['upload.begin', 'upload.failed', 'upload.failed', 'upload.start', 'upload.failed']);
    const failed = (await lines()).filter((line) => line.act === 'upload.failed');
    expect(failed.map((line) => line.details.code)).toEqual(['cut', 'too-large', 'ENOSPC']);
    expect(JSON.stringify(failed)).not.toContain('/srv');
  });

  it('ne masque jamais la cause, même quand la trace ne peut pas être écrite, et n’écrit rien pour qui n’est pas invité', async () => {
    const id = await world.announce('atelier', 'b.pdf', 10);
    const disk = jest.spyOn(world.files, 'create').mockRejectedValueOnce(FULL);
    const gate = jest.spyOn(world.acts, 'perform').mockRejectedValueOnce(new Error('database is locked'));
    await expect(world.append('atelier', id, 0, bytes(10))).rejects.toBe(FULL);
    gate.mockRestore();
    disk.mockRestore();
    await expect(world.uploads.create(world.stranger, world.id, { name: 'x', size: 21 * MIB, mediaType: '', key: null })).rejects.toMatchObject({ code: 'not-found' });
    expect((await lines()).filter((line) => line.act === 'upload.failed' && line.outcome === 'done')).toEqual([]);
  });
});
