import { FrameworkAgreement, type Programme } from '../agreements/framework-agreement.js';
import { Lot, LotDepartment } from '../agreements/lot.js';
import type { Act } from '../platform/acts.js';
import { Invalid, Refused } from '../platform/errors.js';
import { blankConsultation, buyerOf, inviteHolders, objectFor, titleFor } from './contract-filling.js';
import { mayPrepare } from './contract.policy.js';
import { SubsequentContract } from './subsequent-contract.js';

/** A new contract on a free place, inside an act. Its weights start from the framework’s ranges. */
export async function openContract(act: Act, framework: FrameworkAgreement & { programme: Programme }, code: string, deadline: string, more: Partial<SubsequentContract>, chosen: '' | 'region' | 'department' = ''): Promise<SubsequentContract> {
  const place = await act.db.findOneBy(LotDepartment, { frameworkId: framework.id, departmentCode: code });
  if (!place) throw Invalid.field('departments', `Le département ${code} n’est pas dans cet accord-cadre.`);
  const lot = await act.db.findOneByOrFail(Lot, { id: place.lotId });
  const buyer = await buyerOf(act, lot, code, chosen);
  act.require(mayPrepare(act.actor, buyer.territory), 'Le marché est préparé par l’acheteur : la plateforme de la région, ou le département s’il achète lui-même.');
  const slot = SubsequentContract.slotOf(framework.id, code);
  if (await act.db.existsBy(SubsequentContract, { slot })) throw new Refused('slot-taken', `Un marché est déjà en cours ou en préparation pour le département ${code} : un seul à la fois par accord-cadre.`);
  const consultation = await blankConsultation(act, buyer);
  consultation.plan(deadline, act.now);
  consultation.title = titleFor(framework.programme.code, code);
  consultation.object = objectFor(framework.programme.code, code);
  const contract = Object.assign(new SubsequentContract(), {
    id: act.random.id(),
    frameworkId: framework.id,
    lotId: lot.id,
    departmentCode: code,
    slot,
    authorityId: buyer.id,
    consultationId: consultation.id,
    title: consultation.title,
    weights: startingWeights(framework),
    createdById: act.actor.id,
    createdAt: act.now,
    ...more,
  });
  await act.add(consultation, contract);
  await inviteHolders(act, contract, consultation);
  return contract;
}

/** The least of each range, then the rest to the first criterion that can take it: a total of 100 to start from. */
export function startingWeights({ criteria }: Pick<FrameworkAgreement, 'criteria'>) {
  let left = 100 - criteria.reduce((total, one) => total + one.min, 0);
  return criteria.map(({ label, min, max }) => {
    const more = Math.min(left, max - min);
    left -= more;
    return { label, weight: min + more };
  });
}

