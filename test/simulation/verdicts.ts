// Deposits that arrive within a second of the deadline and wait behind the lock: each verdict is compared with the arithmetic.
import { BidDraft, BidFile, BidPart } from '../../src/bids/draft.js';
import { Bid } from '../../src/bids/bid.js';
import { Actor } from '../../src/platform/actor.js';
import { localOf } from '../../src/platform/dates.js';
import { Vault } from '../../src/platform/vault.js';
import { agent, INVITED, launch, memberOf, MINUTE_MS, OPENERS, type OrgId, seedCast, SEEDING_MS, ZONE } from './cast.js';
import { Chance } from './chance.js';
import { type Kind, type Stage, Template } from './stage.js';

/** One establishment per candidate: whose bid replaces whose is not the question here. */
const ORGS = INVITED.filter((org) => org !== 'alpha-bis');
const ROUNDS = 5;
const TOGETHER = 25;
const SECOND = 1_000;
const DEADLINE = Date.parse('2023-07-26T21:59:00.000Z');

export interface Verdicts {
  tried: number;
  wrong: number;
}

/** @param many on this database; a quarter of the calls were extended, and are judged by their second deadline */
export async function verdicts(kind: Kind, base: string, many: number, blame: (sentence: string) => void): Promise<Verdicts> {
  const template = await Template.make(kind, base, seedCast);
  const stage = await template.raise(new Date(DEADLINE - 60 * MINUTE_MS));
  try {
    return await judge(stage, many, blame);
  } finally {
    await stage.close();
    await template.remove();
  }
}

async function judge(stage: Stage, many: number, blame: (sentence: string) => void): Promise<Verdicts> {
  const chance = new Chance(many);
  const calls = Array.from({ length: Math.ceil(many / (ORGS.length * ROUNDS)) }, (_, n) => ({ id: `v${n}`, deadline: DEADLINE, delayMinutes: 30, quorum: 1, openers: [...OPENERS].slice(0, 2), substitutes: [], outageRule: null, invited: ORGS }));
  await inSlices(calls, 40, (some) => launch(stage, { start: DEADLINE, calls: some, reserved: [] }));
  const deadlineOf = (call: string) => DEADLINE + (Number(call.slice(1)) % 4 === 3 ? MINUTE_MS : 0);
  for (const { id } of calls.filter((call) => deadlineOf(call.id) > DEADLINE)) {
    await stage.changes.extend(agent('officer'), id, { deadline: localOf(new Date(deadlineOf(id)), ZONE), reason: 'Des précisions arrivent.', questionsBefore: '' });
  }
  const places = calls.flatMap((call) => ORGS.map((org) => ({ call: call.id, org })));
  const result = { tried: 0, wrong: 0 };
  // They have all waited: the clock under the lock is past every arrival, whatever it was.
  stage.clock.moveTo(new Date(DEADLINE + MINUTE_MS + SECOND));
  for (let round = 0; round < ROUNDS && result.tried < many; round += 1) {
    const asked = places.slice(0, many - result.tried).map((place) => ({ ...place, at: deadlineOf(place.call) + arrival(chance) }));
    await inSlices(asked, 200, (some) => drafts(stage, some, round));
    await inSlices(asked, TOGETHER, async (some) => {
      await Promise.all(some.map((one) => check(stage, one, round, deadlineOf(one.call), result, blame)));
    });
  }
  return result;
}

/** Half of them within ten milliseconds, where a wrong comparison shows. */
const arrival = (chance: Chance) => (chance.once(2) ? chance.int(-10, 10) : chance.int(-SECOND, SECOND));

async function check(stage: Stage, { call, org, at }: { call: string; org: OrgId; at: number }, round: number, deadline: number, result: Verdicts, blame: (sentence: string) => void) {
  result.tried += 1;
  const right = at < deadline ? 'in-time' : 'late';
  const version = deadline > DEADLINE ? 2 : 1;
  try {
    const actor = memberOf(org, 0);
    const { receiptId } = await stage.deposits.deposit(actor, call, `verdict-${call}-${org}-${round}`.padEnd(16, '0'), new Date(at));
    const { receipt } = await stage.receipts.show(actor, receiptId);
    const bid = await stage.source.manager.findOneByOrFail(Bid, { id: receipt.bidId });
    const said = `${receipt.status} ${Date.parse(receipt.receivedAt) - at} v${receipt.deadline.version}, kept ${bid.late ? 'late' : 'in-time'} ${bid.receivedAt.getTime() - at} v${bid.deadlineVersion}`;
    if (said === `${right} 0 v${version}, kept ${right} 0 v${version}`) return;
    blame(`${call} ${org}, ${at - deadline} ms after the deadline: ${said}, not ${right} v${version}`);
  } catch (error) {
    blame(`${call} ${org}, ${at - deadline} ms after the deadline: ${String(error)}`);
  }
  result.wrong += 1;
}

/** Drafts of one whole file, as an upload leaves them: what is tried is the deposit. */
function drafts(stage: Stage, asked: readonly { call: string; org: OrgId }[], round: number): Promise<void> {
  const vault = stage.get(Vault);
  return stage.acts.perform(Actor.system, 'test.drafts', async (act) => {
    act.require(true);
    for (const { call, org } of asked) {
      const id = `${call}-${org}-${round}`;
      const sealedName = vault.seal(JSON.stringify({ name: 'offre.pdf', mediaType: 'application/pdf' }), `bid-file/${id}`);
      await act.add(
        Object.assign(new BidDraft(), { id, consultationId: call, organisationId: org, createdAt: act.now }),
        Object.assign(new BidFile(), { id, draftId: id, position: 1, sealedName, size: 3, state: 'complete', sha256: 'a'.repeat(64) }),
        Object.assign(new BidPart(), { id, fileId: id, position: 0, blob: id, plainSize: 3, sha256: 'a'.repeat(64), cipherSize: 200, cipherSha256: 'b'.repeat(64) }),
      );
    }
  }, { limitMs: SEEDING_MS });
}

async function inSlices<T>(all: readonly T[], size: number, work: (some: T[]) => Promise<void>) {
  for (let at = 0; at < all.length; at += size) await work(all.slice(at, at + size));
}
