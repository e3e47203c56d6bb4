// What uploads leave on the disk is swept; what a row, a bid or a receipt names never is.
import { utimesSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DeliveriesService } from '../../src/bids/deliveries.service.js';
import { Delivery } from '../../src/bids/delivery.js';
import { BidDraft, BidFile } from '../../src/bids/draft.js';
import { ScansService } from '../../src/bids/scans.service.js';
import { SweepService } from '../../src/bids/sweep.service.js';
import { Consultation } from '../../src/consultations/consultation.js';
import { JournalEntry } from '../../src/platform/journal-entry.js';
import { Readable } from 'node:stream';
import { bytes, DEADLINE, newWorld, OPENS, type World } from './world.js';

const DAY = 86_400_000;

describe.each(['sqlite', 'postgres'])('le balayage (%s)', (kind) => {
  let world: World;
  let sweep: SweepService;
  const root = () => join(world.config.dataDir, 'files');
  const kept = () => readdirSync(root(), { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('/')).toSorted();
  /** As if everything had been written three days ago. */
  const age = () => {
    const then = new Date(Date.now() - 3 * DAY);
    for (const name of kept()) utimesSync(join(root(), name), then, then);
  };

  beforeEach(async () => {
    world = await newWorld(kind);
    sweep = world.module.get(SweepService);
    world.clock.moveTo('2023-07-26T15:00:00.000Z');
  });
  afterEach(() => world.close());

  it('ôte les orphelins et les écritures mortes, jamais un jeune, et compte au journal', async () => {
    await world.upload('atelier', 'offre.pdf', bytes(100));
    const named = kept();
    await world.files.write(bytes(50));
    const half = await world.files.create();
    half.sink.write(bytes(10));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await sweep.sweep()).toEqual({ unfinished: 0, orphans: 0, partial: 0 });
    expect(await world.source.manager.countBy(JournalEntry, { act: 'files.sweep' })).toBe(0);
    age();
    expect(await sweep.sweep()).toEqual({ unfinished: 0, orphans: 1, partial: 1 });
    expect(kept()).toEqual(named);
    expect(await world.source.manager.findOneByOrFail(JournalEntry, { act: 'files.sweep' })).toMatchObject({ chain: 'platform', details: { orphans: 1, partial: 1, unfinished: 0 } });
    await half.abort();
  });

  it('rien de ce qu’un pli, un accusé, un pli remplacé ou retiré, une numérisation ou un procès-verbal nomme', async () => {
    await world.source.manager.update(Consultation, { id: world.id }, { otherMeans: { case: '6', reason: 'x', place: 'x' } });
    await world.upload('atelier', 'ancien.pdf', bytes(100));
    await world.deposit('atelier', new Date(DEADLINE.getTime() - 5_000));
    await world.upload('atelier', 'offre.pdf', bytes(9_000_000));
    await world.deposit('atelier', new Date(DEADLINE.getTime() - 4_000));
    await world.upload('cabinet', 'retiré.pdf', bytes(100));
    await world.deposit('cabinet', new Date(DEADLINE.getTime() - 3_000));
    await world.deposits.withdraw(world.bidder.cabinet, world.id, new Date(DEADLINE.getTime() - 2_000));
    await world.upload('delta', 'tard.pdf', bytes(100));
    await world.deposit('delta', new Date(DEADLINE.getTime() + 1));
    await world.module.get(DeliveriesService).record(world.officer, world.id, { kind: 'bid', organisationId: 'bureau', medium: 'paper', carrier: 'hand', broughtBy: 'x', receivedOn: '2023-07-26T17:30', remark: '', justification: 'Retrouvée.', idempotencyKey: 'cle-du-balayage-01' });
    await world.openAll();
    const { id } = await world.source.manager.findOneByOrFail(Delivery, { organisationId: 'bureau' });
    await world.module.get(ScansService).add(world.opener, world.id, id, { name: 'scan.pdf', mediaType: 'application/pdf' }, Readable.from([bytes(70)]));
    await world.module.get(ScansService).end(world.opener, world.id, id, { note: '', malware: '' });
    await world.jobs.finishAll();
    const before = kept();
    expect(before.length).toBeGreaterThan(11);
    age();
    expect(await sweep.sweep()).toEqual({ unfinished: 0, orphans: 0, partial: 0 });
    expect(kept()).toEqual(before);
    // Were the parts' own rows lost, the envelope still holds them.
    await world.source.query('delete from bid_part');
    expect(await sweep.sweep()).toEqual({ unfinished: 0, orphans: 0, partial: 0 });
  });

  it('un brouillon jamais déposé se garde tant qu’il peut servir ; un mois après l’ouverture ses octets partent, sa trace reste', async () => {
    await world.announce('atelier', 'jamais fini.pdf', 9_000_000);
    await world.upload('atelier', 'fini.pdf', bytes(100));
    await world.openAll();
    age();
    expect(await sweep.sweep()).toMatchObject({ unfinished: 0, orphans: 0 });
    world.clock.moveTo(new Date(OPENS.getTime() + 31 * DAY));
    expect(await sweep.sweep()).toMatchObject({ unfinished: 2 });
    expect(await world.source.manager.count(BidFile)).toBe(0);
    expect(await world.source.manager.countBy(BidDraft, { organisationId: 'atelier' })).toBe(1);
    expect(await sweep.sweep()).toMatchObject({ unfinished: 0 });
  });
});
