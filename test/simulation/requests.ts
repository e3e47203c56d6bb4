// Steps turned into requests that can be sent, and sent again, with what the model expects of each.
import type { Actor } from '../../src/platform/actor.js';
import { localOf } from '../../src/platform/dates.js';
import { sendFile } from '../support/upload.js';
import { agent, candidateOf, memberOf, MINUTE_MS, type OrgId, ZONE } from './cast.js';
import type { CallModel, DepositAsked, Expected } from './model.js';
import type { Play } from './play.js';
import type { KeyChoice, Request, Step } from './steps.js';

export const CANARY = 'CANARI';

export interface Ready {
  words: string;
  /** Asked just before each sending. */
  expected(): Expected;
  send(): Promise<{ receiptId: string } | undefined>;
  /** For whom a receipt comes back, and with which key; null for a withdrawal. */
  receipt?: { actor: Actor; call: string; org: OrgId; key: string | null };
}

const nothing = () => undefined;

export class Requests {
  private count = 0;

  constructor(private readonly play: Play) {}

  of(step: Request, together: readonly Request[]): Ready[] {
    const { play } = this;
    const model = play.models[step.call];
    const words = `${JSON.stringify(step)} ${play.now - model.deadline} ms after the deadline of ${model.id}`;
    const others = together.filter((one) => one !== step);
    switch (step.op) {
      case 'deposit':
        return this.deposit(step, model, words, others);
      case 'withdraw':
        return [this.withdrawal(step, model, words, others)];
      case 'extend': {
        const deadline = model.deadline + step.minutes * MINUTE_MS;
        const form = { deadline: localOf(new Date(deadline), ZONE), reason: 'Des précisions arrivent.', questionsBefore: '' };
        // Sent again after a lost answer, it finds the deadline already moved: the model knows by then.
        const expected = () => (step.who === 'officer' ? model.expectsExtension(deadline, play.now) : 'refuse');
        return [{ words, expected, send: () => play.stage.changes.extend(agent(step.who), model.id, form).then(nothing) }];
      }
      case 'outage': {
        const outage = { from: new Date(model.deadline - step.minutes * MINUTE_MS), to: new Date(model.deadline + MINUTE_MS) };
        return [{ words, expected: () => 'accept', send: () => play.stage.watch.applyRules([outage]).then(nothing) }];
      }
      case 'present':
        return [{ words, expected: () => softened(others.some((one) => one.op === 'present' || one.op === 'open'), model.expectsPresence(step.who, play.now)), send: () => play.stage.opening.confirm(agent(step.who), model.id).then(nothing) }];
      case 'open': {
        const unsure = others.some((one) => one.op === 'open');
        return [{ words, expected: () => softened(unsure, model.expectsOpening(step.who, play.now)), send: () => play.stage.opening.open(agent(step.who), model.id).then(nothing) }];
      }
      default:
        throw new Error('No such request');
    }
  }

  private deposit(step: Extract<Request, { op: 'deposit' }>, model: CallModel, words: string, others: readonly Request[]): Ready[] {
    const { play } = this;
    const actor = memberOf(step.org, step.member);
    const key = this.keyFor(step.org, step.key);
    const replaces = step.agrees ? model.bids.filter((bid) => candidateOf(bid.org) === candidateOf(step.org)).map((bid) => bid.id) : [];
    // The opening, or another establishment of the same legal person, may come first.
    const unsure = others.some((one) => one.op === 'open' || ('org' in one && candidateOf(one.org) === candidateOf(step.org)));
    const made = (): Ready => {
      const arrival = this.arrival(step.arrives);
      const asked: DepositAsked = { org: step.org, person: actor.id, key, at: 0, replaces };
      const expected = () => {
        asked.at = arrival();
        const first = play.models.flatMap((one) => one.bids).find((bid) => bid.org === step.org && bid.key === key);
        if (first) return model.bids.includes(first) && !model.drafts.has(step.org) ? 'accept' : 'refuse';
        return softened(unsure, model.expectsDeposit(asked));
      };
      const send = () => {
        play.asked.deposits.push({ ...asked, call: model.id });
        return play.stage.deposits.deposit(actor, model.id, key, new Date(asked.at), replaces);
      };
      return { words, expected, send, receipt: { actor, call: model.id, org: step.org, key } };
    };
    return step.twice ? [made(), made()] : [made()];
  }

  private withdrawal(step: Extract<Request, { op: 'withdraw' }>, model: CallModel, words: string, others: readonly Request[]): Ready {
    const { play } = this;
    const actor = memberOf(step.org, step.member);
    const arrival = this.arrival(step.arrives);
    const unsure = others.some((one) => one.op === 'extend' || (one.op === 'deposit' && candidateOf(one.org) === candidateOf(step.org)));
    let at = 0;
    const expected = () => {
      at = arrival();
      const sure = model.expectsWithdrawal(step.org, actor.id, at);
      return unsure ? 'either' : sure;
    };
    const send = () => {
      play.asked.withdrawals.push({ call: model.id, org: step.org, at });
      return play.stage.deposits.withdraw(actor, model.id, new Date(at));
    };
    return { words, expected, send, receipt: { actor, call: model.id, org: step.org, key: null } };
  }

  /** @returns the request, and the file it leaves in the draft */
  file({ org, member, bytes, cut }: Extract<Step, { op: 'file' }>, model: CallModel) {
    this.count += 1;
    const { play } = this;
    const actor = memberOf(org, member);
    const name = `${CANARY}-${model.id}-${org}-${this.count}.pdf`;
    const content = Buffer.from(`${CANARY}-${model.id} ${org} ${this.count} `.padEnd(bytes, '.'));
    let turns = 0;
    const send = async () => {
      // After a failure whose extent is not known, one looks at the draft first.
      turns += 1;
      const shown = turns === 1 ? [] : (await play.stage.own.show(actor, model.id)).files.filter((file) => file.name === name);
      for (const file of shown) {
        if (cut || file.state === 'complete') return undefined;
        await play.stage.drafts.removeFile(actor, model.id, file.id);
      }
      await sendFile(play.stage.uploads, actor, model.id, name, content, cut);
      return undefined;
    };
    const expected = (): Expected => (model.call.invited.includes(org) && model.openedAt === null ? 'accept' : 'refuse');
    const request: Ready = { words: `a file of ${org} in ${model.id}`, expected, send };
    return { request, sent: { name, content, whole: !cut } };
  }

  clear(org: OrgId, model: CallModel): Ready {
    const { play } = this;
    const actor = memberOf(org, 0);
    const send = async () => {
      const { files } = await play.stage.own.show(actor, model.id);
      for (const file of files) await play.stage.drafts.removeFile(actor, model.id, file.id);
      return undefined;
    };
    return { words: `${org} empties its draft in ${model.id}`, expected: () => 'accept', send };
  }

  /** The instant of the first arrival is that of the step; sent again, a request arrives when it is sent again. */
  private arrival(after = 0): () => number {
    const first = this.play.now + after;
    let turns = 0;
    return () => {
      turns += 1;
      return turns === 1 ? first : this.play.now;
    };
  }

  private keyFor(org: OrgId, choice: KeyChoice): string {
    const used = this.play.models.flatMap((one) => one.bids).filter((bid) => (choice === 'again') === (bid.org === org));
    this.count += 1;
    return choice === 'new' || used.length === 0 ? `key-${String(this.count).padStart(16, '0')}` : (used.at(-1)?.key as string);
  }
}

const softened = (unsure: boolean, expected: Expected): Expected => (unsure && expected === 'accept' ? 'either' : expected);
