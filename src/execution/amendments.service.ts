import { Injectable } from '@nestjs/common';
import { exceeds } from '../agreements/spending.js';
import { SubsequentContract } from '../contracts/subsequent-contract.js';
import { Config } from '../config.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { Invalid, NotFound, Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import type { OneFile } from '../platform/multipart.js';
import { Random } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import { centsOf } from '../platform/typed.js';
import { type Day, dayInFrench, dayOf } from '../platform/working-days.js';
import { Amendment } from './amendment.js';
import { mustBeLawful, thresholdOn } from './amendment-rules.js';
import { ContractRecord } from './contract-record.js';
import type { AmendmentForm } from './execution.forms.js';
import { type Life, lifeOf, mayUpload, mustLive, onLife, recordOf, see, timeZoneOf } from './life.js';
import { mustBeRunning } from './record-rules.js';
import { signedCopy } from './signed-upload.js';

/** « 12 000,50 », « -3 000 » in cents. */
export const signedCents = (typed: string): number => (typed === '' ? 0 : (/^[-−]/.test(typed) ? -1 : 1) * centsOf(typed.replace(/^[+\-−]\s?/, '')));

/** Avenants: the wizard of R2194, both signatures, the day of reception. */
@Injectable()
export class AmendmentsService {
  constructor(
    private readonly acts: Acts,
    readonly files: Files,
    readonly random: Random,
    readonly clock: Clock,
    readonly config: Config,
  ) {}

  list(actor: Actor, id: string) {
    return this.acts.look(actor, 'execution.amendments', async (act) => {
      const life = await lifeOf(act, id);
      see(act, life);
      return { life, amendments: await amendmentsOf(act, id), threshold: thresholdOf(life), actor, now: act.now };
    });
  }

  draft(actor: Actor, id: string, form: AmendmentForm): Promise<void> {
    return onLife(this.acts, actor, id, 'execution.amendment', 'buyer', async (act, life, today) => {
      const record = recordOf(life);
      mustLive(life);
      mustBeAmendable(record, today);
      const before = await amendmentsOf(act, id);
      if (before.some((one) => one.status === 'draft')) throw new Refused('draft-waits', 'Un avenant est déjà en préparation : signez-le ou annulez-le d’abord.');
      const one = Object.assign(new Amendment(), {
        id: act.random.id(), contractId: id, number: before.length + 1, legalCase: form.legalCase, object: form.object, justification: form.justification, deltaCents: signedCents(form.delta), beforeCents: life.amountCents ?? record.amountCents,
        endsOn: form.endsOn || null, frameworkAnalysis: form.frameworkAnalysis || null, newContractor: form.newContractor || null, createdById: actor.id, createdAt: act.now,
      });
      one.cumulCents = judge(one, before, life, record, form.changesNature === 'oui', { ...form });
      await act.add(one);
      act.record({ number: one.number, legalCase: one.legalCase, deltaCents: one.deltaCents, cumulCents: one.cumulCents });
    });
  }

  /** Judged again: the framework, the lot and the contract may have moved. */
  async sign(actor: Actor, id: string, number: number, upload: OneFile | null): Promise<void> {
    await mayUpload(this.acts, actor, id, 'execution.amendment-sign', 'signatory');
    const { file, copy } = await signedCopy(this, upload, {});
    await onLife(this.acts, actor, id, 'execution.amendment-sign', 'signatory', async (act, life, today) => {
      const record = recordOf(life);
      mustLive(life);
      mustBeAmendable(record, today);
      const all = await amendmentsOf(act, id);
      const one = found(all, number);
      judge(one, all.filter((other) => other.id !== one.id), life, record, false, {});
      one.sign(actor.id, copy, today);
      await act.add(file);
      await act.db.save(one);
      await act.db.update(SubsequentContract, { id }, { amountCents: (life.amountCents ?? record.amountCents) + one.deltaCents, ...(one.newContractor ? { contractorName: one.newContractor } : {}) });
      if (one.endsOn) await act.db.update(ContractRecord, { id }, { endsOn: one.endsOn });
      act.record({ number, sha256: copy.sha256, deltaCents: one.deltaCents });
    });
  }

  notify(actor: Actor, id: string, number: number, receivedOn: Day): Promise<void> {
    return onLife(this.acts, actor, id, 'execution.amendment-notify', 'buyer', async (act, _, today) => {
      const one = found(await amendmentsOf(act, id), number);
      one.notify(receivedOn, today);
      await act.db.save(one);
      act.record({ number, receivedOn });
    });
  }

  cancel(actor: Actor, id: string, number: number, reason: string): Promise<void> {
    return onLife(this.acts, actor, id, 'execution.amendment-cancel', 'buyer', async (act) => {
      const one = found(await amendmentsOf(act, id), number);
      one.cancel(reason);
      await act.db.save(one);
      act.record({ number, reason });
    });
  }

  async copy(actor: Actor, id: string, number: number) {
    const file = await this.acts.look(actor, 'execution.amendment-copy', async (act) => {
      see(act, await lifeOf(act, id));
      const { copy } = found(await amendmentsOf(act, id), number);
      if (!copy) throw new NotFound();
      return act.db.findOneByOrFail(StoredFile, { id: copy.fileId });
    });
    return { name: file.name, size: file.size, stream: this.files.stream(file.blob) };
  }
}

const amendmentsOf = (act: Act, contractId: string) => act.db.find(Amendment, { where: { contractId }, order: { number: 'ASC' } });
/** Of the day on which the consultation was engaged. */
const thresholdOf = (life: Life) => thresholdOn(dayOf(life.launchedAt ?? life.createdAt, timeZoneOf(life)));

function found(all: readonly Amendment[], number: number): Amendment {
  const one = all.find((other) => other.number === number);
  if (!one) throw new NotFound();
  return one;
}

/** An amendment lives in a contract that runs: one that has ended is concluded anew. */
function mustBeAmendable(record: ContractRecord, today: Day) {
  mustBeRunning(record, today, 'Aucun avenant');
  if (record.endsOn !== null && today > record.endsOn) throw new Refused('ended', `Le marché a pris fin le ${dayInFrench(record.endsOn)} : un marché terminé ne se modifie plus (art. L. 2194-1).`);
}

function judge(one: Amendment, others: readonly Amendment[], life: Life, record: ContractRecord, changesNature: boolean, typed: Record<string, unknown>): number {
  const { legalCase, deltaCents, justification, endsOn } = one;
  if (endsOn !== null && record.receivedOn !== null && endsOn < record.receivedOn) throw Invalid.field('endsOn', 'La nouvelle fin précède la notification du marché.', typed);
  if (exceeds(life.lot, { cents: life.spent.cents + deltaCents, quantity: 0 }) && deltaCents > 0) throw Invalid.field('delta', `Avec cet avenant, le maximum du lot ${life.lot.number} serait dépassé (art. R. 2162-4).`, typed);
  try {
    return mustBeLawful({
      legalCase, deltaCents, justification, endsOn, changesNature,
      initialCents: record.amountCents,
      currentCents: life.amountCents ?? record.amountCents,
      before: others.filter((other) => other.counts),
      thresholdCents: thresholdOf(life),
      frameworkEndsOn: life.framework.endsOn,
      frameworkAnalysis: one.frameworkAnalysis ?? '',
      newContractor: one.newContractor ?? '',
    }).cumulCents;
  } catch (error) {
    if (error instanceof Invalid) throw new Invalid(error.errors, typed);
    throw error;
  }
}
