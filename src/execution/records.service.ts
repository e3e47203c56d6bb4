import { Injectable } from '@nestjs/common';
import { Consultation } from '../consultations/consultation.js';
import { type ContractStatus, SubsequentContract } from '../contracts/subsequent-contract.js';
import { Config } from '../config.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { Invalid, NotFound, Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import type { OneFile } from '../platform/multipart.js';
import { Random } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import { centsOf, numberOrNull } from '../platform/typed.js';
import type { Day } from '../platform/working-days.js';
import { Awarded, type AwardFacts } from './awarded.js';
import { ContractRecord } from './contract-record.js';
import type { HolderSignatureForm, NotificationForm, RecordForm } from './execution.forms.js';
import { type Life, lifeOf, mayUpload, mustLive, onLife, recordOf, see } from './life.js';
import { advanceOf, mustBeSignable } from './record-rules.js';
import { signedCopy } from './signed-upload.js';

const TERMS = ['number', 'contractorName', 'organisationId', 'priceForm', 'amountCents', 'minQuantity', 'estimatedQuantity', 'maxQuantity', 'durationMonths', 'startsOn', 'renewals', 'renewalMonths', 'advanceRefused', 'advancePercent'] as const;
const RUNNING: readonly ContractStatus[] = ['signed', 'in-execution'];

/** From the award to the notification: the contract's record, both signatures, the day of reception. */
@Injectable()
export class RecordsService {
  constructor(
    private readonly acts: Acts,
    private readonly awarded: Awarded,
    readonly files: Files,
    readonly random: Random,
    readonly clock: Clock,
    readonly config: Config,
  ) {}

  /** Contract, record, award: three queries at most. */
  show(actor: Actor, id: string) {
    return this.acts.look(actor, 'execution.show', async (act) => {
      const life = await lifeOf(act, id);
      see(act, life);
      return { life, award: await this.awardOf(act, life), actor, now: act.now };
    });
  }

  fill(actor: Actor, id: string, form: RecordForm): Promise<void> {
    return onLife(this.acts, actor, id, 'execution.record', 'buyer', async (act, life, today) => {
      const award = await this.awardOf(act, life);
      mustHaveWinner(life, award);
      const before = life.record;
      before?.mayChange();
      const terms = termsOf(form, today, award);
      const same = await act.db.findOneBy(ContractRecord, { number: terms.number });
      if (same && same.id !== id) throw Invalid.field('number', 'Ce numéro est déjà celui d’un autre marché : il en désigne un seul (art. R. 2196-1).', { ...form });
      const record = Object.assign(new ContractRecord(), before ?? { id, createdById: actor.id, createdAt: act.now }, terms, { changedAt: act.now });
      // What the contractor signed must be what is written: other terms need another signature.
      if (before?.holderCopy && TERMS.some((one) => before[one] !== record[one])) {
        Object.assign(record, { holderSignatory: null, holderSignedOn: null, holderCopy: null });
        act.record({ holderSignatureDropped: true });
      }
      await act.db.save(record);
      act.record({ number: record.number, amountCents: record.amountCents, durationMonths: record.durationMonths });
    });
  }

  async signByHolder(actor: Actor, id: string, form: HolderSignatureForm, upload: OneFile | null): Promise<void> {
    await mayUpload(this.acts, actor, id, 'execution.holder-signature', 'buyer');
    const { file, copy } = await signedCopy(this, upload, form);
    await onLife(this.acts, actor, id, 'execution.holder-signature', 'buyer', async (act, life, today) => {
      const record = recordOf(life);
      mustHaveWinner(life, await this.awardOf(act, life));
      record.signByHolder(form.holderSignatory, form.holderSignedOn, copy, today);
      await act.add(file);
      await act.db.save(record);
      act.record({ sha256: copy.sha256, signatures: copy.signature.count });
    });
  }

  /** The buyer's signature concludes the contract. */
  async conclude(actor: Actor, id: string, upload: OneFile | null): Promise<void> {
    await mayUpload(this.acts, actor, id, 'execution.conclude', 'signatory');
    const { file, copy } = await signedCopy(this, upload, {});
    await onLife(this.acts, actor, id, 'execution.conclude', 'signatory', async (act, life, today) => {
      const record = recordOf(life);
      if (!life.consultation) throw new Refused('declared', 'Ce marché a été déclaré : il a été signé hors de l’outil.');
      mustBeSignable({ award: await this.awardOf(act, life), today, frameworkEndsOn: life.framework.endsOn, lot: life.lot, spent: life.spent, record });
      record.sign(actor.id, copy, today);
      life.sign(record.amountCents, record.contractorName, record.maxQuantity);
      // Locked: a remedy or a reversal of the same instant waits for it, or comes first.
      const call = await act.load(Consultation, life.consultation.id);
      await this.awarded.signed(act, call);
      await act.add(file);
      await act.db.save(record);
      await act.db.update(SubsequentContract, { id }, { status: life.status, amountCents: life.amountCents, contractorName: life.contractorName, maxQuantity: life.maxQuantity });
      act.record({ sha256: copy.sha256, signatures: copy.signature.count, number: record.number, amountCents: record.amountCents });
    });
  }

  notify(actor: Actor, id: string, form: NotificationForm): Promise<void> {
    return onLife(this.acts, actor, id, 'execution.notify', 'buyer', async (act, life, today) => {
      const record = recordOf(life);
      mustLive(life);
      if (!life.declared && record.signedOn === null) throw new Refused('not-signed', 'Un marché se notifie une fois signé des deux parties (art. R. 2182-4).');
      record.notify(form.notifiedOn, form.receivedOn, today);
      if (life.status === 'signed') life.takeEffect(record.startsOn ?? record.receivedOn ?? today);
      await act.db.save(record);
      await act.db.update(SubsequentContract, { id }, { status: life.status, startsOn: record.startsOn, ...(life.declared ? { amountCents: record.amountCents, contractorName: record.contractorName } : {}) });
      act.record({ notifiedOn: record.notifiedOn, receivedOn: record.receivedOn, endsOn: record.endsOn });
    });
  }

  async copy(actor: Actor, id: string, which: 'holder' | 'both') {
    const file = await this.acts.look(actor, 'execution.copy', async (act) => {
      const life = await lifeOf(act, id);
      see(act, life);
      const kept = which === 'holder' ? life.record?.holderCopy : life.record?.signedCopy;
      if (!kept) throw new NotFound();
      return act.db.findOneByOrFail(StoredFile, { id: kept.fileId });
    });
    return { name: file.name, size: file.size, stream: this.files.stream(file.blob) };
  }

  private awardOf(act: Act, life: Life): Promise<AwardFacts | null> {
    return life.consultation?.openedAt ? this.awarded.facts(act, life.consultation.id) : Promise.resolve(null);
  }
}

/** @throws Refused when nobody has won, or no more */
function mustHaveWinner(life: Life, award: AwardFacts | null) {
  if (life.declared) {
    if (!RUNNING.includes(life.status)) throw new Refused('ended', 'Ce marché est terminé : sa fiche ne change plus.');
    return;
  }
  if (!life.live) throw new Refused('ended', 'Ce marché est terminé : sa fiche ne change plus.');
  if (!award) throw new Refused('no-award', 'Aucune attribution n’est décidée : la fiche du marché se remplit ensuite (art. R. 2181-1).');
  // What is written here is read by everyone who follows the contract: bidders are told first.
  if (!award.informed) throw new Refused('not-informed', 'Les lettres aux candidats ne sont pas encore parties : la fiche du marché se remplit ensuite (art. R. 2181-1).');
  if (award.reversed) throw new Refused('reversed', 'L’attribution a été rapportée : la fiche se remplira après la nouvelle décision.');
}

/** What is typed, checked as a whole. @throws Invalid */
function termsOf(form: RecordForm, today: Day, award: AwardFacts | null) {
  const typed = { ...form };
  const fault = (field: string, message: string) => Invalid.field(field, message, typed);
  const [min, estimated, max] = [numberOrNull(form.minQuantity), numberOrNull(form.estimatedQuantity), numberOrNull(form.maxQuantity)];
  const known = [min, estimated, max].filter((one): one is number => one !== null);
  if (known.some((one, at) => at > 0 && one < (known[at - 1] ?? 0))) throw fault('maxQuantity', 'Les volumes se suivent : minimum, estimation, maximum.');
  const contractorName = award?.operator || form.contractorName;
  if (!contractorName) throw fault('contractorName', 'Indiquez le titulaire du marché.');
  const renewals = numberOrNull(form.renewals) ?? 0;
  const renewalMonths = numberOrNull(form.renewalMonths) ?? 0;
  if (renewals > 0 && renewalMonths === 0) throw fault('renewalMonths', 'Indiquez la durée d’une reconduction, en mois (art. R. 2112-4).');
  if (form.visaOn && form.visaOn > today) throw fault('visaOn', 'Cette date n’est pas encore venue.');
  if (form.visaOn && !form.visaReference) throw fault('visaReference', 'Indiquez la référence du visa.');
  const amountCents = centsOf(form.amount);
  if (amountCents === 0) throw fault('amount', 'Le montant du marché ne peut pas être nul.');
  const terms = {
    number: form.number,
    organisationId: award?.organisationId ?? null,
    contractorName,
    contractorSiret: form.contractorSiret.replaceAll(/\s/g, '') || null,
    priceForm: form.priceForm,
    amountCents,
    minQuantity: min,
    estimatedQuantity: estimated,
    maxQuantity: max,
    durationMonths: Number(form.durationMonths),
    startsOn: form.startsOn || null,
    renewals,
    renewalMonths: renewals > 0 ? renewalMonths : 0,
    budgetLine: form.budgetLine || null,
    commitmentNumber: form.commitmentNumber || null,
    visaRequired: form.visaRequired === 'oui',
    visaReference: form.visaReference || null,
    visaOn: form.visaOn || null,
    sme: form.sme === 'oui',
    advanceRefused: form.advanceRefused === 'oui',
    advancePercent: numberOrNull(form.advancePercent),
  };
  try {
    advanceOf({ ...terms, refused: terms.advanceRefused, percent: terms.advancePercent });
  } catch (error) {
    if (error instanceof Invalid) throw new Invalid(error.errors, typed);
    throw error;
  }
  return terms;
}
