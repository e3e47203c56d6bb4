import { FrameworkAgreement } from '../agreements/framework-agreement.js';
import { Lot } from '../agreements/lot.js';
import type { Spent } from '../agreements/spending.js';
import { Consultation } from '../consultations/consultation.js';
import { spentFrom, withSpentOfLot } from '../contracts/contract-spending.js';
import { mayPrepare, maySeeContract, maySignContract } from '../contracts/contract.policy.js';
import { SubsequentContract } from '../contracts/subsequent-contract.js';
import type { Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound, Refused } from '../platform/errors.js';
import { type Day, dayOf } from '../platform/working-days.js';
import { ContractRecord } from './contract-record.js';

/** A contract from its award on, with what bounds it. */
export type Life = SubsequentContract & {
  consultation: Consultation | null;
  framework: FrameworkAgreement;
  lot: Lot;
  record: ContractRecord | null;
  /** Of its lot, by the contracts concluded, this one included once it is. */
  spent: Spent;
};

/** One query. @throws NotFound */
export async function lifeOf(act: Act, id: string): Promise<Life> {
  const query = act.db
    .createQueryBuilder(SubsequentContract, 'c')
    .leftJoinAndMapOne('c.consultation', Consultation, 'k', 'k.id = c."consultationId"')
    .innerJoinAndMapOne('c.framework', FrameworkAgreement, 'f', 'f.id = c."frameworkId"')
    .innerJoinAndMapOne('c.lot', Lot, 'l', 'l.id = c."lotId"')
    .leftJoinAndMapOne('c.record', ContractRecord, 'r', 'r.id = c.id')
    .where('c.id = :id', { id });
  const { entities, raw } = await withSpentOfLot(query).getRawAndEntities<{ spentCents: string; spentQuantity: string }>();
  const [found] = entities as Life[];
  if (!found) throw new NotFound();
  return Object.assign(found, { spent: spentFrom(raw[0]) });
}

/** Nobody bought a declared contract here: its department's agents and their region keep it. */
export const territoryOf = (life: Life) => life.consultation?.territory ?? life.departmentCode;
export const timeZoneOf = (life: Life) => life.consultation?.timeZone ?? 'Europe/Paris';
export const todayOf = (act: Act, life: Life): Day => dayOf(act.now, timeZoneOf(life));

export const mayRun = (who: Actor, life: Life) => mayPrepare(who, territoryOf(life));
export const mayConclude = (who: Actor, life: Life) => maySignContract(who, territoryOf(life), life.signatoryId) || (life.consultation === null && maySignContract(who, `R${life.lot.regionCode}`));

/** @throws Refused before the record exists */
export function recordOf(life: Life): ContractRecord {
  if (!life.record) throw new Refused('no-record', 'Remplissez d’abord la fiche du marché : son numéro, son montant, sa durée.');
  return life.record;
}

/** Terminated, completed, abandoned: nothing new is asked of it. */
export function mustLive(life: Life) {
  if (!life.live) throw new Refused('ended', 'Ce marché est terminé : plus rien ne s’y ajoute.');
}

export function see(act: Act, life: Life) {
  act.see(maySeeContract(act.actor, life.departmentCode));
}

const SIGNATORY = 'Cet acte revient au signataire du marché.';
const BUYER = 'L’exécution est suivie par l’acheteur du marché.';

/** An act on a contract, locked; `by` says whose it is. */
export function onLife<T>(acts: Acts, actor: Actor, id: string, name: string, by: 'buyer' | 'signatory', work: (act: Act, life: Life, today: Day) => Promise<T>): Promise<T> {
  return acts.perform(actor, name, async (act) => {
    await act.load(SubsequentContract, id);
    const life = await lifeOf(act, id);
    see(act, life);
    if (life.consultation) act.on(life.consultation.id, id);
    act.require(by === 'buyer' ? mayRun(actor, life) : mayConclude(actor, life), by === 'buyer' ? BUYER : SIGNATORY);
    return work(act, life, todayOf(act, life));
  });
}

/** Asked before a file is received: nothing is written for those who may not. */
export function mayUpload(acts: Acts, actor: Actor, id: string, name: string, by: 'buyer' | 'signatory'): Promise<void> {
  return acts.look(actor, name, async (act) => {
    const life = await lifeOf(act, id);
    see(act, life);
    act.require(by === 'buyer' ? mayRun(actor, life) : mayConclude(actor, life), by === 'buyer' ? BUYER : SIGNATORY);
  });
}
