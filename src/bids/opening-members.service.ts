import { Injectable } from '@nestjs/common';
import { Consultation } from '../consultations/consultation.js';
import { worksOn } from '../consultations/consultation.policy.js';
import { possibleOpeners, refuseBidders } from '../consultations/openers.js';
import { holdersOf, WorkMails } from '../people/work-mails.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, Refused } from '../platform/errors.js';
import { sha256 } from '../platform/random.js';
import { Custodian } from '../sealing/custodian.js';
import { mayDecide } from './bid.policy.js';
import { OpeningMember } from './opening-member.js';
import { emailsOf, membersOf, openingOf, rowOf } from './opening-reading.js';
import { OpeningSession } from './opening-session.js';
import type { RecuseForm, ReplaceOpenerForm } from './opening.forms.js';

/** Who may still open: recusals and replacements. Each takes somebody’s confirmation away, none ever lowers the quorum. */
@Injectable()
export class OpeningMembersService {
  constructor(
    private readonly acts: Acts,
    private readonly custodian: Custodian,
    private readonly workMails: WorkMails,
  ) {}

  /** What the signatory chooses among. Three queries. */
  replacing(actor: Actor, consultationId: string) {
    return this.acts.look(actor, 'opening.replacing', async (act) => {
      const { consultation } = await openingOf(act, consultationId);
      act.require(mayDecide(actor, consultation), SIGNATORY);
      const members = await membersOf(act, consultation);
      const possible = await possibleOpeners(act, consultation.territory);
      const free = possible.filter(({ id }) => !consultation.openerIds.includes(id) && (members.find((one) => one.person.id === id)?.row?.sits ?? true));
      return { consultation, outgoing: members.filter(replaceable), incoming: free, now: act.now };
    });
  }

  /** D32: a declared conflict removes the member at once, whatever they had confirmed. */
  recuse(actor: Actor, consultationId: string, { conflict }: RecuseForm): Promise<void> {
    return this.acts.perform(actor, 'opening.recuse', async (act) => {
      const consultation = await this.locked(act, consultationId);
      const mine = (await membersOf(act, consultation)).find((one) => one.person.id === actor.id);
      mine?.row?.mustSit();
      act.require(mine !== undefined, 'Seuls les membres désignés pour l’ouverture se récusent ici.');
      if (consultation.openedAt) throw new Refused('already-opened', 'Les plis sont ouverts : une récusation se déclare désormais sur la page de l’analyse.');
      if (consultation.status !== 'launched') throw new Refused('wrong-state', 'Une récusation se déclare une fois la consultation lancée ; avant, demandez à ne pas être désigné.');
      const role = mine?.role ?? 'secretary';
      const row = await rowOf(act, consultationId, actor.id, role);
      row.recuse(conflict, act.now);
      await act.db.update(OpeningMember, { id: row.id }, { conflict, declaredAt: row.declaredAt, recusedAt: row.recusedAt, role });
      if (role !== 'secretary') await this.custodian.remove(act, consultationId, actor.id);
      await act.db.update(Consultation, { id: consultationId }, { openerIds: without(consultation.openerIds, actor.id), substituteIds: without(consultation.substituteIds, actor.id) });
      act.record({ role, declaration: 'conflit d’intérêts' });
      if (role === 'opener') {
        const emails = await holdersOf(act, consultation.territory.startsWith('R') ? 'regional-signatory' : 'dept-signatory', consultation.territory);
        await this.workMails.queue(act, [...emails, consultation.contact.email], { subject: 'Un ouvreur s’est récusé, désignez qui le remplace', text: 'Une personne désignée pour ouvrir les plis a déclaré un conflit d’intérêts : elle n’ouvre plus. Le signataire désigne qui la remplace, avec un motif ; à défaut, un suppléant entre en séance.', consultation, path: `/consultations/${consultationId}/ouverture` });
      }
    });
  }

  /** The signatory’s, even after the deadline; the minutes say so, with the reason (sealing.md 6). */
  replace(actor: Actor, consultationId: string, form: ReplaceOpenerForm): Promise<void> {
    const { outgoing, incoming, reason } = form;
    return this.acts.perform(actor, 'opening.replace', async (act) => {
      const consultation = await this.locked(act, consultationId);
      act.require(mayDecide(actor, consultation), SIGNATORY);
      if (consultation.status === 'draft') throw new Refused('draft', 'Avant le lancement, les ouvreurs se désignent dans le dossier.');
      const members = await membersOf(act, consultation);
      const out = members.find((one) => one.person.id === outgoing);
      if (!out || !replaceable(out)) throw Invalid.field('outgoing', 'Cette personne n’est pas un ouvreur à remplacer : rechargez la page.', { ...form });
      const known = members.find((one) => one.person.id === incoming);
      if (known?.row?.replacedAt) throw Invalid.field('incoming', `Une personne remplacée ne revient pas : désignez quelqu’un d’autre que ${known.person.name}.`, { ...form });
      if (known?.row?.recusedAt) throw Invalid.field('incoming', `Une personne récusée n’ouvre pas les plis : désignez quelqu’un d’autre que ${known.person.name}.`, { ...form });
      if (consultation.openerIds.includes(incoming)) throw Invalid.field('incoming', 'Cette personne est déjà désignée pour ouvrir les plis.', { ...form });
      if (!(await possibleOpeners(act, consultation.territory)).some(({ id }) => id === incoming)) throw Invalid.field('incoming', 'Cette personne ne peut pas ouvrir les plis pour cet acheteur.', { ...form });
      await refuseBidders(act, [incoming], 'incoming', { ...form });
      await this.custodian.replace(act, consultationId, outgoing, incoming);
      const row = await rowOf(act, consultationId, outgoing, 'opener');
      row.replace({ personId: incoming, reason, decidedById: actor.id }, act.now);
      const { replacedAt, replacedById, replacedReason, decidedById } = row;
      await act.db.update(OpeningMember, { id: row.id }, { replacedAt, replacedById, replacedReason, decidedById });
      await rowOf(act, consultationId, incoming, 'opener');
      await act.db.update(OpeningMember, { consultationId, personId: incoming }, { role: 'opener', standsInForId: null });
      await act.db.update(Consultation, { id: consultationId }, { openerIds: [...without(consultation.openerIds, outgoing), incoming], substituteIds: without(consultation.substituteIds, incoming) });
      act.record({ afterDeadline: !consultation.isInTime(act.now), reason: sha256(reason) });
      await this.tell(act, consultation, outgoing, incoming);
    });
  }

  private async tell(act: Act, consultation: Consultation, outgoing: string, incoming: string) {
    const path = `/consultations/${consultation.id}/ouverture`;
    await this.workMails.queue(act, await emailsOf(act, [outgoing]), { subject: 'Une autre personne ouvre les plis à votre place', text: 'Le signataire a désigné une autre personne à votre place. Votre présence n’est plus attendue.', consultation, path });
    if (await act.db.existsBy(OpeningSession, { id: consultation.id })) await act.later({ kind: 'opening.convene', payload: { id: consultation.id, only: incoming } });
    else await this.workMails.queue(act, await emailsOf(act, [incoming]), { subject: 'Votre présence est demandée pour ouvrir les plis', text: 'Le signataire vous désigne à la place d’une autre personne. La page de l’ouverture dit à partir de quand confirmer votre présence.', consultation, path });
  }

  private async locked(act: Act, consultationId: string): Promise<Consultation> {
    const consultation = await act.load(Consultation, consultationId);
    act.see(worksOn(act.actor, consultation.territory));
    act.on(consultationId);
    return consultation;
  }
}

const SIGNATORY = 'Le remplacement d’un ouvreur se décide par le signataire.';

const without = (ids: readonly string[], id: string) => ids.filter((one) => one !== id);

/** An opener who sits, or one who recused and in whose place nobody was named. */
const replaceable = ({ role, row }: { role: string; row: OpeningMember | null }) => role === 'opener' && !row?.replacedAt;

