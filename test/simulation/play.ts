// Plays steps on the real services, and compares every answer with the model.
import { DomainError } from '../../src/platform/errors.js';
import type { Receipt } from '../../src/sealing/receipt.js';
import { verifyReceipt } from '../../src/sealing/verify-receipt.js';
import { failureOf } from '../support/points.js';
import { Acknowledged } from './acknowledged.js';
import { candidateOf, launch, memberOf, type OrgId, ORGANISATIONS, type Setup } from './cast.js';
import { type Asked, Evidence } from './evidence.js';
import { CallModel, type SentFile } from './model.js';
import { peek } from './peek.js';
import { type Ready, Requests } from './requests.js';
import type { Stage, Template } from './stage.js';
import type { Request, Step } from './steps.js';

/** A request is sent again by its author until it is answered, as a person does. */
const TURNS = 4;

type Outcome = { kind: 'accept'; receiptId?: string } | { kind: 'refuse'; code: string } | { kind: 'failed'; error: unknown };

export class Play {
  readonly violations: string[] = [];
  readonly models: CallModel[];
  readonly acknowledged: Acknowledged;
  /** Steps of the product on which a strike fell, by what it did. */
  readonly strikes = { fail: 0, kill: 0, power: 0 };
  readonly asked: Asked = { deposits: [], withdrawals: [] };
  private readonly requests = new Requests(this);
  private readonly evidence: Evidence;
  private armed: Extract<Step, { op: 'fault' }> | undefined;

  private constructor(
    public stage: Stage,
    { calls, reserved }: Setup,
  ) {
    this.models = calls.map((call) => new CallModel(call, reserved, (org) => ORGANISATIONS[org].members[0]));
    this.acknowledged = new Acknowledged((sentence) => this.blame(sentence));
    this.evidence = new Evidence(this.models, this.asked, (sentence) => this.blame(sentence));
  }

  static async begin(template: Template, setup: Setup): Promise<Play> {
    const stage = await template.raise(new Date(setup.start));
    await launch(stage, setup);
    return new Play(stage, setup);
  }

  blame(sentence: string) {
    this.violations.push(sentence);
  }

  get now() {
    return this.stage.clock.now().getTime();
  }

  /** Time goes forward only. */
  moveTo(at: number) {
    if (at > this.now) this.stage.clock.moveTo(new Date(at));
  }

  async step(step: Step): Promise<void> {
    if (step.op === 'fault') {
      this.armed = step;
      return;
    }
    if (this.armed) this.arm(this.armed);
    this.armed = undefined;
    await this.act(step, this.models['call' in step ? step.call : 0]);
    this.stage.points.disarm();
    await this.afterDeath();
    await this.evidence.follow(this.stage);
    for (const model of this.models) this.oneEffective(model);
  }

  private arm({ nth, when, effect }: Extract<Step, { op: 'fault' }>) {
    const { stage } = this;
    const falls = (at: string) => {
      this.strikes[effect] += 1;
      if (effect !== 'fail') stage.die(effect);
      throw failureOf(at);
    };
    stage.points.arm({ nth, on: /./, when, effect: falls });
  }

  private async act(step: Exclude<Step, { op: 'fault' }>, model: CallModel) {
    switch (step.op) {
      case 'clock':
        return this.moveTo((step.to === 'now' ? this.now : step.to === 'deadline' ? model.deadline : model.opensAt) + step.ms);
      case 'restart':
        return this.stage.die(step.how);
      case 'jobs':
        this.stage.mailer.down = step.mailDown;
        await this.stage.jobs.runDue().catch(() => undefined); // as the server does: said in its log, tried again later
        return;
      case 'file': {
        const { request, sent } = this.requests.file(step, model);
        const before = model.drafts.get(step.org) ?? [];
        await this.ask([request]);
        if (request.expected() === 'accept') await this.holds(model, step.org, [...before, sent]);
        return;
      }
      case 'clear':
        if (!model.drafts.has(step.org)) return;
        await this.ask([this.requests.clear(step.org, model)]);
        return this.holds(model, step.org, []);
      case 'peek':
        return peek(this, model, step.org, step.who);
      case 'together':
        return this.send(step.requests);
      default:
        return this.send([step]);
    }
  }

  /** All of them arrive now; some wait behind the lock. */
  private send(steps: Request[]) {
    const ready = steps.flatMap((one) => this.requests.of(one, steps));
    this.moveTo(this.now + Math.max(0, ...steps.map((one) => ('behind' in one ? one.behind + (one.arrives ?? 0) : 0))));
    return this.ask(ready);
  }

  /** Sends them at once; those that failed are sent again, together. */
  private async ask(requests: Ready[]) {
    let left = requests;
    for (let turn = 0; left.length > 0 && turn < TURNS; turn += 1) {
      const expected = left.map((one) => one.expected());
      const outcomes = await Promise.all(left.map((one) => outcomeOf(one.send())));
      const struck = this.stage.points.fallen;
      this.stage.points.disarm();
      await this.afterDeath();
      await this.evidence.follow(this.stage);
      const failed: Ready[] = [];
      for (const [index, outcome] of outcomes.entries()) {
        const one = left[index];
        if (outcome.kind === 'accept' && one.receipt && outcome.receiptId) await this.acknowledge(one.receipt, outcome.receiptId);
        if (outcome.kind === 'failed') {
          failed.push(one);
          if (!struck) this.blame(`${one.words} failed for no reason: ${String(outcome.error)}`);
        } else if (expected[index] !== 'either' && expected[index] !== outcome.kind) {
          this.blame(`${one.words}: expected ${expected[index]}, got ${outcome.kind}${outcome.kind === 'refuse' ? ` (${outcome.code})` : ''}`);
        }
      }
      left = failed;
    }
  }

  private async acknowledge({ actor, call, org, key }: NonNullable<Ready['receipt']>, receiptId: string) {
    const model = this.models.find((one) => one.id === call) as CallModel;
    const shown = await outcomeOfShow(this.stage.receipts.show(actor, receiptId));
    if (!shown) return this.blame(`${org} was given a receipt that it cannot read`);
    const receipt = JSON.parse(shown) as Receipt;
    if (!(await verifyReceipt(receipt, this.stage.keyring.publicKeyPem)).ok) this.blame(`the receipt of ${org} does not verify`);
    this.acknowledged.add({ call, org, person: actor.id, key, receipt, json: shown }, model);
  }

  /** The draft holds these files, in this order, and no other’s. */
  private async holds(model: CallModel, org: OrgId, files: SentFile[]) {
    const shown = (await this.stage.own.show(memberOf(org, 0), model.id)).files.map((file) => `${file.name} ${file.state}`);
    const sent = files.map((file) => `${file.name} ${file.whole ? 'complete' : 'sending'}`);
    if (JSON.stringify(shown) !== JSON.stringify(sent)) this.blame(`the draft of ${org} holds ${shown.join(', ') || 'nothing'} instead of ${sent.join(', ') || 'nothing'}`);
    model.drafts.set(org, files);
  }

  private oneEffective(model: CallModel) {
    const effective = model.bids.filter((bid) => bid.status === 'sealed' || bid.status === 'opened').map((bid) => candidateOf(bid.org));
    if (new Set(effective).size < effective.length) this.blame(`two effective bids of one candidate in ${model.id}`);
  }

  private async afterDeath() {
    if (this.stage.died) this.stage = await this.stage.again();
  }
}

async function outcomeOf(sent: Promise<{ receiptId: string } | undefined>): Promise<Outcome> {
  try {
    return { kind: 'accept', receiptId: (await sent)?.receiptId };
  } catch (error) {
    return error instanceof DomainError ? { kind: 'refuse', code: error.code } : { kind: 'failed', error };
  }
}

const outcomeOfShow = (shown: Promise<{ json: string }>) => shown.then(({ json }) => json, () => undefined);
