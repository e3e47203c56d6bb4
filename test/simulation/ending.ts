import { asOrdered } from '../support/as-ordered.js';
// The end of every play: the opening of each call, then all that was promised is looked for.
import { Bid, StoredReceipt } from '../../src/bids/bid.js';
import { OpenedFile } from '../../src/bids/opening.js';
import { DeadlineVersion } from '../../src/consultations/consultation.js';
import { JournalChain, JournalEntry, verifyChain } from '../../src/platform/journal-entry.js';
import { parseManifest } from '../../src/sealing/envelope.js';
import { sha256 } from './acknowledged.js';
import { memberOf, OPENERS } from './cast.js';
import type { CallModel, KnownBid } from './model.js';
import type { Play } from './play.js';
import { CANARY } from './requests.js';

export async function end(play: Play): Promise<void> {
  const stolen = await play.stage.stolen();
  for (const model of play.models) if (model.openedAt === null && stolen.includes(`${CANARY}-${model.id}`)) play.blame(`names or contents of ${model.id} stand in clear on the disk or in the database`);
  for (const model of play.models) await open(play, model);
  // The hashes and the minutes; what a dead process had begun is free again after its lease, which is machine time.
  await play.stage.source.query('update "job" set "leasedUntil" = null, "runAt" = "createdAt" where "state" = \'queued\'');
  play.stage.mailer.down = false;
  await play.stage.jobs.finishAll().catch((error: unknown) => play.blame(`a job does not end: ${String(error)}`));
  for (const model of play.models) {
    await bidsAsTheyShouldBe(play, model);
    await deadlinesOnlyLater(play, model);
    await chainsHold(play, model.id);
  }
  await chainsHold(play, 'platform');
  await receiptsStand(play);
}

/** Without the quorum it is refused; with it, it opens. */
async function open(play: Play, model: CallModel) {
  play.moveTo(model.opensAt);
  for (const who of OPENERS) {
    if (model.openedAt !== null || model.present().size >= model.call.quorum) break;
    await play.step({ op: 'open', call: play.models.indexOf(model), who });
    await play.step({ op: 'present', call: play.models.indexOf(model), who });
  }
  if (model.openedAt === null) await play.step({ op: 'open', call: play.models.indexOf(model), who: 'opener-1' });
  if (model.openedAt === null) play.blame(`${model.id} does not open`);
}

async function bidsAsTheyShouldBe(play: Play, model: CallModel) {
  const { manager } = play.stage.source;
  const rows = await manager.findBy(Bid, { consultationId: model.id });
  for (const row of rows) if (!model.bids.some((bid) => bid.id === row.id)) play.blame(`a bid of ${row.organisationId} in ${model.id} that the journal ignores`);
  for (const bid of model.bids) {
    const row = rows.find((one) => one.id === bid.id);
    if (!row) {
      play.blame(`the bid of ${bid.org} in ${model.id} is lost`);
      continue;
    }
    if (row.status !== bid.status) play.blame(`the bid of ${bid.org} that arrived ${bid.at - model.deadline} ms after the deadline is ${row.status}, not ${bid.status}`);
    // The verdict is a pure function of the arrival and of the version of the deadline that the bid names.
    if (row.deadline.getTime() !== model.deadlines[row.deadlineVersion - 1]) play.blame(`the bid of ${bid.org} names version ${row.deadlineVersion} and another deadline`);
    if (row.late && row.receivedAt.getTime() < model.deadline && bid.status === 'opened') play.blame(`the bid of ${bid.org} is opened and still called late`);
    await readable(play, model, bid, row);
    const opened = await manager.find(OpenedFile, { where: { bidId: bid.id }, order: { position: 'ASC' } });
    const sent = bid.status === 'opened' ? bid.files.map((file) => `${file.name} ${sha256(file.content)} intact`) : [];
    const found = opened.map((file) => `${file.name} ${file.sha256} ${file.intact ? 'intact' : 'damaged'}`);
    if (JSON.stringify(found) !== JSON.stringify(sent)) play.blame(`the opening of ${bid.org}, ${bid.status}, shows ${found.join(', ') || 'nothing'}`);
  }
}

/** Also of the bids that nobody opens: they are kept, and could be read if a court ordered it. */
async function readable(play: Play, model: CallModel, bid: KnownBid, row: Bid) {
  try {
    const manifest = parseManifest(await plain(play, model, bid.id, row.manifestBlob ?? '', row.envelope.manifest.cipherSha256));
    if (manifest.bidId !== bid.id) play.blame(`the manifest of ${bid.org} is another bid's`);
    const contents: string[] = [];
    for (const part of row.envelope.parts) contents.push(sha256(await plain(play, model, bid.id, part.id, part.cipherSha256)));
    if (contents.join() !== bid.files.map((file) => sha256(file.content)).join()) play.blame(`the bid of ${bid.org} holds other bytes than it sent`);
  } catch (error) {
    play.blame(`the bid of ${bid.org} in ${model.id}, ${bid.status}, cannot be read: ${String(error)}`);
  }
}

async function plain(play: Play, model: CallModel, bidId: string, blob: string, cipherSha256: string): Promise<Buffer> {
  if (sha256(await play.stage.files.read(blob)) !== cipherSha256) throw new Error('the sealed bytes are others');
  await asOrdered(play.stage.source.manager, model.id, bidId);
  const chunks: Uint8Array[] = [];
  for await (const chunk of play.stage.custodian.read(play.stage.source.manager, model.id, bidId, play.stage.files.stream(blob))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function deadlinesOnlyLater(play: Play, model: CallModel) {
  const rows = await play.stage.source.manager.find(DeadlineVersion, { where: { consultationId: model.id }, order: { number: 'ASC' } });
  const kept = rows.map((row) => `${row.number} ${row.deadline.getTime()}`);
  const known = model.deadlines.map((deadline, index) => `${index + 1} ${deadline}`);
  if (kept.join() !== known.join()) play.blame(`the deadlines of ${model.id} are ${kept.join()}, not ${known.join()}`);
}

async function chainsHold(play: Play, chain: string) {
  const { manager } = play.stage.source;
  const lines = await manager.find(JournalEntry, { where: { chain }, order: { seq: 'ASC' } });
  const head = await manager.findOneBy(JournalChain, { id: chain });
  const verdict = verifyChain(lines);
  if (!verdict.ok) play.blame(`the chain of ${chain} is broken at line ${verdict.brokenAt}`);
  if (head && (head.length !== lines.length || head.head !== verdict.head)) play.blame(`the head of ${chain} is not its last line`);
}

async function receiptsStand(play: Play) {
  const { stage } = play;
  const hashes = new Set((await stage.source.manager.find(JournalEntry, { select: { id: true, hash: true } })).map((line) => line.hash));
  for (const held of play.acknowledged.all) {
    const { org, person, receipt, json } = held;
    const words = `the receipt of ${org}, ${receipt.receivedAt}`;
    const found = await stage.receipts.show(memberOf(org, 0), receipt.receiptId).catch(() => null);
    if (found?.json !== json) play.blame(`${words}, is ${found ? 'another' : 'lost'}`);
    if (!hashes.has(receipt.journalCheckpoint) && !/^0+$/.test(receipt.journalCheckpoint)) play.blame(`${words}, names a line that no chain holds`);
    if (!(await stage.source.manager.findOneBy(StoredReceipt, { id: receipt.receiptId }))?.sealedPdf) play.blame(`${words}, was never printed for ${person}`);
  }
}
