import { Injectable } from '@nestjs/common';
import { Consultation } from '../consultations/consultation.js';
import { mayManage, mayOpen, worksOn } from '../consultations/consultation.policy.js';
import { possibleOpeners, refuseBidders } from '../consultations/openers.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, NotFound, Refused } from '../platform/errors.js';
import { Custodian } from '../sealing/custodian.js';
import { Bid } from './bid.js';
import { OpeningMember } from './opening-member.js';
import { drawUpOnceDone, sealedMinutes } from './opening-progress.js';
import { membersOf, openingOf, possibleSecretaries, rowOf } from './opening-reading.js';
import { OpeningObservation, OpeningSession } from './opening-session.js';
import type { ObservationForm, PlanForm, UnreadableForm } from './opening.forms.js';
import { Opening } from './opening.js';

/** Séance d’ouverture : fixed, convened, told in its minutes, closed. */
@Injectable()
export class OpeningPlanningService {
  constructor(
    private readonly acts: Acts,
    private readonly custodian: Custodian,
  ) {}

  /** What the form starts from. Four queries. */
  planning(actor: Actor, consultationId: string) {
    return this.acts.look(actor, 'opening.planning', async (act) => {
      const { consultation, session } = await openingOf(act, consultationId);
      act.require(mayManage(actor, consultation), OFFICER);
      if (consultation.status !== 'launched') throw new Refused('wrong-state', 'Une séance se fixe une fois la consultation lancée, et tant que les plis ne sont pas ouverts.');
      const members = await membersOf(act, consultation);
      const substitutes = (await possibleOpeners(act, consultation.territory)).filter(({ id }) => !consultation.openerIds.includes(id) && (members.find((one) => one.person.id === id)?.row?.sits ?? true));
      const secretaries = (await possibleSecretaries(act, consultation.territory)).filter(({ id }) => !names(consultation, id));
      return { consultation, session, members, substitutes, secretaries, now: act.now };
    });
  }

  /** Fixed, or moved while nobody has come. Who may decrypt changes here before the deadline only; afterwards it is the signatory’s, with a reason. */
  plan(actor: Actor, consultationId: string, form: PlanForm): Promise<void> {
    return this.acts.perform(actor, 'opening.plan', async (act) => {
      const consultation = await locked(act, consultationId);
      act.require(mayManage(actor, consultation), OFFICER);
      const known = await act.db.findOneBy(OpeningSession, { id: consultationId });
      const session = known ?? Object.assign(new OpeningSession(), { id: consultationId });
      const present = consultation.status === 'launched' ? (await this.custodian.canOpen(act.db, consultationId)).confirmed : 0;
      session.plan(form, consultation, { present, now: act.now, byId: actor.id });
      await this.nameSubstitutes(act, consultation, form);
      await nameSecretary(act, consultation, form);
      if (known) await act.db.update(OpeningSession, { id: session.id }, session);
      else await act.add(session);
      await act.later({ kind: 'opening.convene', payload: { id: consultationId } });
      act.record({ startsAt: session.startsAt.toISOString(), version: session.version });
    });
  }

  private async nameSubstitutes(act: Act, consultation: Consultation, form: PlanForm) {
    const named = [...new Set(form.substitutes)];
    const same = named.length === consultation.substituteIds.length && named.every((one) => consultation.substituteIds.includes(one));
    if (!consultation.isInTime(act.now)) {
      if (named.length > 0 && !same) throw Invalid.field('substitutes', 'La date limite est passée : qui peut ouvrir les plis ne change plus que par une décision motivée du signataire.', { ...form });
      return;
    }
    if (same) return;
    const possible = (await possibleOpeners(act, consultation.territory)).map((one) => one.id);
    const rows = await act.db.findBy(OpeningMember, { consultationId: consultation.id });
    if (named.some((id) => !possible.includes(id))) throw Invalid.field('substitutes', 'Une des personnes cochées ne peut pas ouvrir les plis pour cet acheteur.', { ...form });
    if (named.some((id) => consultation.openerIds.includes(id))) throw Invalid.field('substitutes', 'Un ouvreur désigné n’est pas son propre suppléant.', { ...form });
    if (rows.some((row) => !row.sits && named.includes(row.personId))) throw Invalid.field('substitutes', 'Une personne récusée ou remplacée ne revient pas.', { ...form });
    await refuseBidders(act, named, 'substitutes', { ...form });
    await this.custodian.substitutes(act, consultation.id, named);
    consultation.substituteIds = named;
    await act.db.update(Consultation, { id: consultation.id }, { substituteIds: named });
  }

  /** Written into the minutes as they are typed, until these are drawn up. */
  observe(actor: Actor, consultationId: string, { text }: ObservationForm): Promise<void> {
    return this.acts.perform(actor, 'opening.observe', async (act) => {
      const { consultation, session, opening } = await this.attended(act, consultationId);
      if (act.now < consultation.opensAt) throw new Refused('too-early', 'La séance n’a pas commencé : les observations s’écrivent à partir de l’instant d’ouverture.');
      if (consultation.status !== 'launched' && consultation.status !== 'opened') throw new Refused('wrong-state', 'Cette consultation est terminée.');
      if (sealedMinutes({ session, opening })) throw new Refused('closed', 'Le procès-verbal est établi : plus rien ne s’y ajoute.');
      await act.add(Object.assign(new OpeningObservation(), { id: act.random.id(), consultationId, personId: actor.id, text, at: act.now }));
    });
  }

  /** Clore la séance : its minutes are then drawn up, with all that was found and said. */
  close(actor: Actor, consultationId: string): Promise<void> {
    return this.acts.perform(actor, 'opening.close', async (act) => {
      const { session, opening } = await this.attended(act, consultationId);
      if (!session) throw new Refused('no-session', 'Aucune séance n’était prévue : le procès-verbal s’établit de lui-même après l’ouverture.');
      if (!opening) throw new Refused('not-opened', 'Les plis ne sont pas ouverts : la séance ne peut pas être close.');
      if (!opening.checkedAt) throw new Refused('checking', 'Le contrôle des empreintes n’est pas terminé : recommencez dans un instant.');
      session.close(act.now, actor.id);
      await act.db.update(OpeningSession, { id: consultationId }, { closedAt: session.closedAt, closedById: session.closedById });
      await drawUpOnceDone(act, opening, session);
    });
  }

  /** An opened bid that nobody can read: a password, a format, a virus. It stops no other, and cannot be admissible. */
  declareUnreadable(actor: Actor, consultationId: string, bidId: string, { reason, note }: UnreadableForm): Promise<void> {
    return this.acts.perform(actor, 'bid.unreadable', async (act) => {
      const consultation = await locked(act, consultationId);
      if (consultation.openedAt === null) throw new Refused('sealed', 'Les plis de cette consultation sont encore scellés.');
      act.require(mayOpen(actor, consultation) || mayManage(actor, consultation), 'Un ouvreur, ou l’agent qui suit la consultation, le constate.');
      if (consultation.status !== 'opened') throw new Refused('too-late', 'L’attribution est prononcée : l’état des plis ne change plus.');
      const bid = await act.db.findOneBy(Bid, { id: bidId, consultationId });
      if (!bid) throw new NotFound();
      bid.failToRead(reason, note);
      await act.db.update(Bid, { id: bidId }, { status: bid.status, unreadableReason: reason, unreadableNote: note });
      act.on(consultationId, bidId);
      act.record({ reason });
    });
  }

  /** Members who sit, and the agent in charge. */
  private async attended(act: Act, consultationId: string) {
    const consultation = await locked(act, consultationId);
    const mine = (await membersOf(act, consultation)).find((one) => one.person.id === act.actor.id);
    mine?.row?.mustSit();
    act.require(mine !== undefined || mayManage(act.actor, consultation), 'Seuls les membres de la séance, ou l’agent qui suit la consultation, le font.');
    const session = await act.db.findOneBy(OpeningSession, { id: consultationId });
    const opening = await act.db.findOneBy(Opening, { id: consultationId });
    return { consultation, session, opening };
  }
}

const OFFICER = 'La séance est fixée par l’agent qui suit la consultation.';

const names = ({ openerIds, substituteIds }: Consultation, id: string) => openerIds.includes(id) || substituteIds.includes(id);

async function locked(act: Act, consultationId: string): Promise<Consultation> {
  const consultation = await act.load(Consultation, consultationId);
  act.see(worksOn(act.actor, consultation.territory));
  act.on(consultationId);
  return consultation;
}

/** One at most; the former one leaves the list if they had not come. */
async function nameSecretary(act: Act, consultation: Consultation, form: PlanForm) {
  const { id } = consultation;
  const { secretary } = form;
  for (const one of await act.db.findBy(OpeningMember, { consultationId: id, role: 'secretary' })) {
    if (one.personId !== secretary && one.sits && !one.presentAt) await act.db.delete(OpeningMember, { id: one.id });
  }
  if (!secretary) return;
  if (names(consultation, secretary)) throw Invalid.field('secretary', 'Cette personne ouvre les plis : le secrétaire est quelqu’un d’autre.', { ...form });
  if (!(await possibleSecretaries(act, consultation.territory)).some((one) => one.id === secretary)) throw Invalid.field('secretary', 'Le secrétaire est un agent de cet acheteur.', { ...form });
  await refuseBidders(act, [secretary], 'secretary', { ...form });
  const row = await rowOf(act, id, secretary, 'secretary');
  if (!row.sits) throw Invalid.field('secretary', 'Une personne récusée ou remplacée ne revient pas.', { ...form });
}
