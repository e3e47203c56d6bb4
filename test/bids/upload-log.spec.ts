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
    const { atelier } = world.bidder;
    const { id } = await world.drafts.addFile(atelier, world.id, { name: 'SECRET-COUPÉ.pdf', size: 98_765, mediaType: 'application/pdf' });
    const before = await world.source.manager.countBy(JournalEntry, { chain: world.id });
    await expect(world.drafts.putPart(atelier, world.id, id, 0, cut())).rejects.toMatchObject({ code: 'cut' });
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
    await expect(world.drafts.receive(atelier, world.id, { name: 'a.pdf', mediaType: '' }, cut())).rejects.toMatchObject({ code: 'cut' });
    await expect(world.drafts.addFile(atelier, world.id, { name: 'gros.pdf', size: 21 * MIB, mediaType: '' })).rejects.toMatchObject({ status: 413 });
    const { id } = await world.drafts.addFile(atelier, world.id, { name: 'b.pdf', size: 10, mediaType: '' });
    const disk = jest.spyOn(world.files, 'create').mockRejectedValueOnce(FULL);
    await expect(world.drafts.putPart(atelier, world.id, id, 0, cut())).rejects.toBe(FULL);
    disk.mockRestore();
    expect((await lines()).map((line) => line.act)).toEqual(['upload.begin', 'upload.failed', 'upload.failed', 'upload.start', 'upload.failed']);
    const failed = (await lines()).filter((line) => line.act === 'upload.failed');
    expect(failed.map((line) => line.details.code)).toEqual(['cut', 'too-large', 'ENOSPC']);
    expect(JSON.stringify(failed)).not.toContain('/srv');
  });

  it('ne masque jamais la cause, même quand la trace ne peut pas être écrite, et n’écrit rien pour qui n’est pas invité', async () => {
    const { atelier } = world.bidder;
    const { id } = await world.drafts.addFile(atelier, world.id, { name: 'b.pdf', size: 10, mediaType: '' });
    const gate = jest.spyOn(world.acts, 'perform').mockRejectedValueOnce(new Error('database is locked'));
    await expect(world.drafts.putPart(atelier, world.id, id, 0, cut())).rejects.toMatchObject({ code: 'cut' });
    gate.mockRestore();
    await expect(world.drafts.addFile(world.stranger, world.id, { name: 'x', size: 21 * MIB, mediaType: '' })).rejects.toMatchObject({ status: 413 });
    expect((await lines()).filter((line) => line.act === 'upload.failed' && line.outcome === 'done')).toEqual([]);
  });
});
