// Follows the journal line by line: each must be one that the model allows, caused by a request that was really sent.
import { Bid } from '../../src/bids/bid.js';
import { DeadlineVersion } from '../../src/consultations/consultation.js';
import { JournalEntry, JournalPerson } from '../../src/platform/journal-entry.js';
import { MoreThan } from 'typeorm';
import type { AgentId, OrgId } from './cast.js';
import { CallModel, type DepositAsked } from './model.js';
import type { Stage } from './stage.js';

/** All that was ever asked, whatever was answered: what is in the database without it is a ghost. */
export interface Asked {
  deposits: (DepositAsked & { call: string })[];
  withdrawals: { call: string; org: OrgId; at: number }[];
}

export class Evidence {
  private readonly seen = new Map<string, number>();
  private readonly people = new Map<string, string>();

  constructor(
    private readonly models: readonly CallModel[],
    private readonly asked: Asked,
    private readonly blame: (sentence: string) => void,
  ) {}

  /** Applies the new lines of each call to its model. */
  async follow(stage: Stage): Promise<void> {
    for (const model of this.models) {
      const lines = await stage.source.manager.find(JournalEntry, { where: { chain: model.id, seq: MoreThan(this.seen.get(model.id) ?? 0) }, order: { seq: 'ASC' } });
      for (const line of lines) {
        this.seen.set(model.id, line.seq);
        if (line.outcome === 'done') await this.apply(stage, model, line);
      }
    }
  }

  private async apply(stage: Stage, model: CallModel, line: JournalEntry) {
    const at = line.instant.getTime();
    if (line.recordedAt < line.instant) this.blame(`${line.act} was written before it happened`);
    if (line.act === 'bid.deposit') return this.deposit(stage, model, line.subject ?? '', at);
    if (line.act === 'bid.withdraw') return this.withdrawal(model, line.subject ?? '', at);
    if (line.act === 'consultation.extend' || line.act === 'consultation.outage') return this.move(stage, model, line.act, at);
    if (line.act === 'opening.confirm') {
      const who = (await this.nameOf(stage, line.actor)) as AgentId;
      if (model.expectsPresence(who, at) !== 'accept') this.blame(`the presence of ${who} was taken ${at - model.opensAt} ms after the instant of the opening of ${model.id}`);
      model.confirmations.push({ who, at });
    }
    if (line.act === 'consultation.open') {
      const who = (await this.nameOf(stage, line.actor)) as AgentId;
      if (model.expectsOpening(who, at) !== 'accept') this.blame(`${model.id} was opened by ${who}, ${at - model.opensAt} ms after its instant, with ${model.present().size} of ${model.call.quorum} present`);
      model.opened(at);
    }
  }

  private async deposit(stage: Stage, model: CallModel, id: string, at: number) {
    const row = await stage.source.manager.findOneBy(Bid, { id });
    if (!row) return this.blame(`the journal of ${model.id} knows the bid ${id}, the table does not`);
    const sent = this.asked.deposits.find((one) => one.call === model.id && one.org === row.organisationId && one.key === row.idempotencyKey && one.at === at);
    if (!sent) return this.blame(`nobody asked for the bid of ${row.organisationId} in ${model.id} at ${new Date(at).toISOString()}`);
    if (model.openedAt !== null) this.blame(`${model.id} received a bid after its opening`);
    const bid = model.deposited({ id, org: sent.org, person: sent.person, key: sent.key, at });
    if (row.depositedById !== sent.person) this.blame(`the bid of ${sent.person} stands under ${row.depositedById}`);
    if (row.receivedAt.getTime() !== at || row.deadlineVersion !== bid.version || row.late !== bid.late || row.deadline.getTime() !== model.deadline) {
      this.blame(`the bid of ${sent.org} arrived ${at - model.deadline} ms after version ${bid.version} of the deadline of ${model.id}; it says late=${row.late}, version ${row.deadlineVersion}`);
    }
  }

  private withdrawal(model: CallModel, id: string, at: number) {
    const bid = model.bids.find((one) => one.id === id);
    if (!bid) return this.blame(`a withdrawal of a bid that ${model.id} does not have`);
    if (!this.asked.withdrawals.some((one) => one.call === model.id && one.org === bid.org && one.at === at)) this.blame(`nobody asked to withdraw the bid of ${bid.org}`);
    if (model.withdrawable(bid.org, at) !== bid || at >= model.deadline) this.blame(`the bid of ${bid.org}, ${bid.status}, was withdrawn ${at - model.deadline} ms after the deadline`);
    bid.status = 'withdrawn';
    bid.withdrawnAt = at;
  }

  /** Later each time; and before it passes, but for the announced rule after an outage. */
  private async move(stage: Stage, model: CallModel, act: string, at: number) {
    const row = await stage.source.manager.findOneBy(DeadlineVersion, { id: `${model.id}.${model.version + 1}` });
    if (!row) {
      // The outage rule looks again under the lock, and may find nothing to move.
      if (act === 'consultation.extend') this.blame(`${model.id} was extended without a version of its deadline`);
      return;
    }
    const deadline = row.deadline.getTime();
    const ruled = act === 'consultation.outage' && model.call.outageRule !== null && model.openedAt === null && deadline > at;
    if (deadline <= model.deadline || !(ruled || model.expectsExtension(deadline, at) === 'accept')) this.blame(`the deadline of ${model.id} moved by ${deadline - model.deadline} ms, ${at - model.deadline} ms after it had passed`);
    model.deadlines.push(deadline);
  }

  private async nameOf(stage: Stage, hash: string): Promise<string> {
    const known = this.people.get(hash);
    if (known) return known;
    const found = await stage.source.manager.findOneBy(JournalPerson, { hash });
    this.people.set(hash, found?.personId ?? '?');
    return found?.personId ?? '?';
  }
}
