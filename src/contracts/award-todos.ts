import type { Award } from '../awards/award.js';
import { mayAward, mayPropose } from '../awards/award.policy.js';
import type { ReasonsRequest } from '../awards/reasons-request.js';
import type { Consultation } from '../consultations/consultation.js';
import type { Actor } from '../platform/actor.js';
import { inFrench } from '../platform/dates.js';
import { dayInFrench, dayOf } from '../platform/working-days.js';
import type { Todo } from './todo.service.js';

export type AwardedCall = Consultation & { awards?: Award[]; requests?: ReasonsRequest[] };

/** What an award waits for, and requests for reasons with their fifteen days (R2181-2). Nothing is read here. */
export function awardTodos({ awards = [], requests = [], ...call }: AwardedCall, actor: Actor, now: Date): Todo[] {
  const consultation = call as Consultation;
  const today = dayOf(now, call.timeZone);
  const [proposes, decides] = [mayPropose(actor, consultation), mayAward(actor, consultation)];
  const shared = { subject: call.title, href: `/consultations/${call.id}/attribution` };
  const late = (day: string | null) => day !== null && today > day;
  return [
    ...requests.filter(() => proposes || decides).map((one): Todo => ({ ...shared, href: `${shared.href}#motifs`, at: one.receivedAt, what: late(one.dueOn) ? 'Demande de motifs : le délai de réponse est passé' : 'Demande de motifs à laquelle répondre', when: `jusqu’au ${dayInFrench(one.dueOn)} inclus`, tone: late(one.dueOn) ? 'danger' : 'attention' })),
    ...awards.flatMap((one): Todo[] => {
      if (one.status === 'certified' && decides && one.proposedById !== actor.id) return [{ ...shared, at: one.certifiedAt, what: 'Attribution à décider', when: `pièces contrôlées le ${inFrench(one.certifiedAt ?? now, call.timeZone)}`, tone: 'attention' }];
      if (one.status === 'decided' && decides) return [{ ...shared, at: one.decidedAt, what: 'Lettres aux candidats à envoyer', when: `décision du ${inFrench(one.decidedAt ?? now, call.timeZone)}`, tone: 'attention' }];
      if (one.status === 'asked' && proposes && late(one.certificatesDue)) return [{ ...shared, at: one.askedAt, what: 'Pièces de l’attributaire pressenti : le délai est passé', when: `attendues jusqu’au ${dayInFrench(one.certificatesDue ?? '')} inclus`, tone: 'danger' }];
      return [];
    }),
  ];
}
