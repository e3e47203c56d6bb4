import { arriving } from '../support/upload.js';
// What others try to see or to touch. Nobody sees another's bid, and nobody anything before the opening.
import { Readable } from 'node:stream';
import { BidPart } from '../../src/bids/draft.js';
import type { Actor } from '../../src/platform/actor.js';
import { DomainError } from '../../src/platform/errors.js';
import { AGENTS, agent, type AgentId, candidateOf, memberOf, type OrgId } from './cast.js';
import type { CallModel } from './model.js';
import type { Play } from './play.js';

export async function peek(play: Play, model: CallModel, org: OrgId, who: OrgId | AgentId): Promise<void> {
  const { stage } = play;
  const agents: readonly string[] = AGENTS;
  const actor = agents.includes(who) ? agent(who as AgentId) : memberOf(who as OrgId, 0);
  const refused = (words: string, work: () => Promise<unknown>, codes: string[]) => mustBeRefused(play, `${who} ${words} of ${org} in ${model.id}`, work, codes);

  if (model.openedAt === null) {
    await refused('lists the bids', () => stage.opened.list(actor, model.id), ['sealed', 'not-found']);
    await refused('asks for the minutes', () => stage.opened.document(actor, model.id, 'minutes'), ['sealed', 'not-found']);
    await refused('has a blob decrypted', () => anyPlain(play, model), ['sealed']);
  }
  if (who === org) return;
  for (const held of play.acknowledged.all.filter((one) => one.org === org).slice(-2)) {
    await refused('reads a receipt', () => stage.receipts.show(actor, held.receipt.receiptId), ['not-found']);
  }
  const owner = memberOf(org, 0);
  const { files } = await stage.own.show(owner, model.id).catch(() => ({ files: [] }));
  for (const file of files.slice(0, 1)) {
    await refused('removes a file', () => stage.drafts.removeFile(actor, model.id, file.id), ['not-found']);
    await refused('sends a part of a file', () => stage.uploads.write(actor, model.id, file.id, 0, arriving(Buffer.from('x'))), ['not-found']);
  }
  await seesOnlyItsOwn(play, model, actor, who);
}

/** A neighbour’s page holds its own draft, and the bids of its own legal person. */
async function seesOnlyItsOwn(play: Play, model: CallModel, actor: Actor, who: OrgId | AgentId) {
  const agents: readonly string[] = AGENTS;
  if (agents.includes(who) || !model.call.invited.includes(who as OrgId)) {
    await mustBeRefused(play, `${who} opens a deposit in ${model.id}`, () => play.stage.own.show(actor, model.id), ['not-found']);
    await mustBeRefused(play, `${who} deposits in ${model.id}`, () => play.stage.deposits.deposit(actor, model.id, 'key-of-a-stranger-01', new Date(play.now)), ['not-found']);
    return;
  }
  const shown = await play.stage.own.show(actor, model.id);
  const foreign = shown.bids.filter((bid) => candidateOf(bid.organisationId as OrgId) !== candidateOf(who as OrgId));
  if (foreign.length > 0) play.blame(`${who} sees the bids of ${foreign.map((bid) => bid.organisationId).join(', ')}`);
  const own = model.drafts.get(who as OrgId) ?? [];
  if (shown.files.some((file) => !own.some((one) => one.name === file.name))) play.blame(`${who} sees the files ${shown.files.map((file) => file.name).join(', ')}`);
}

async function anyPlain(play: Play, model: CallModel) {
  const [part] = await play.stage.source.manager.find(BidPart, { take: 1 });
  const source = part ? play.stage.files.stream(part.blob) : Readable.from([Buffer.from('age-encryption.org/v1')]);
  for await (const _ of play.stage.custodian.read(play.stage.source.manager, model.id, part?.id ?? '', source));
}

async function mustBeRefused(play: Play, words: string, work: () => Promise<unknown>, codes: string[]) {
  try {
    await work();
    play.blame(`${words}: given`);
  } catch (error) {
    const code = error instanceof DomainError ? error.code : String(error);
    if (!codes.includes(code)) play.blame(`${words}: ${code} instead of ${codes.join(' or ')}`);
  }
}
