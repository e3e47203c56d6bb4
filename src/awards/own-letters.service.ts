import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Config } from '../config.js';
import { Consultation, Invitation } from '../consultations/consultation.js';
import { isInvited, ownInvitation } from '../consultations/consultation.policy.js';
import { Letter } from '../letters/letter.js';
import type { LetterKind } from '../letters/letter-data.js';
import { LettersService } from '../letters/letters.service.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { NotFound, Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { checkedFile } from '../platform/media.js';
import type { OneFile } from '../platform/multipart.js';
import { Random } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import { dayOf } from '../platform/working-days.js';
import { Award } from './award.js';
import { ownOrganisations } from './award.policy.js';
import { AwardCertificate } from './certificate.js';
import { ReasonsRequest } from './reasons-request.js';

/** Letters of the award that an organisation receives. */
export const OWN_KINDS: LetterKind[] = ['award-letter', 'rejection', 'reasons'];

/** « Mes courriers » of one organisation: its letters, the pieces asked of it, its requests; nothing of anybody else. */
@Injectable()
export class OwnLettersService {
  constructor(
    private readonly acts: Acts,
    private readonly letters: LettersService,
    private readonly files: Files,
    private readonly random: Random,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** Five queries: the call with its invitation, letters, pieces, the award that asks for them, requests. */
  show(actor: Actor, id: string) {
    return this.acts.look(actor, 'award.own', async (act) => {
      const { consultation, invitation } = await this.invited(act, actor, id);
      const letters = await act.db.find(Letter, { where: { invitationId: invitation.id, kind: In(OWN_KINDS), status: 'sent' }, order: { sentAt: 'DESC' }, select: { id: true, kind: true, chrono: true, title: true, sentAt: true, fileId: true } });
      const { award, certificates } = await this.asked(act, id, invitation.organisationId);
      const requests = await act.db.find(ReasonsRequest, { where: { consultationId: id, organisationId: invitation.organisationId }, order: { receivedAt: 'DESC' } });
      return { consultation, invitation, letters, award, certificates, requests, today: dayOf(act.now, consultation.timeZone) };
    });
  }

  async letter(actor: Actor, id: string, letterId: string): Promise<Buffer> {
    const fileId = await this.acts.look(actor, 'award.own-letter', async (act) => {
      const { invitation } = await this.invited(act, actor, id);
      const letter = await act.db.findOneBy(Letter, { id: letterId, invitationId: invitation.id, kind: In(OWN_KINDS), status: 'sent' });
      if (!letter) throw new NotFound();
      return letter.fileId;
    });
    return this.letters.bytes(fileId);
  }

  /** One piece, as a plain file: it is no sealed bid. Sent again, it replaces the former until it is accepted. */
  async upload(actor: Actor, id: string, certificateId: string, upload: OneFile | null): Promise<void> {
    const { name, bytes, mediaType } = checkedFile(upload, this.config.documentLimits, 'file');
    await this.acts.look(actor, 'award.piece', async (act) => {
      const { invitation } = await this.invited(act, actor, id);
      await this.own(act, id, invitation.organisationId, certificateId);
    });
    const file = await StoredFile.write(this.files, this.random, this.clock.now(), name, mediaType, bytes);
    await this.acts.perform(actor, 'award.piece', async (act) => {
      const consultation = await act.load(Consultation, id);
      const { invitation } = await this.invited(act, actor, id);
      act.on(consultation.id, certificateId);
      const { award, certificate } = await this.own(act, id, invitation.organisationId, certificateId);
      if (award.status !== 'asked') throw new Refused('wrong-state', 'Ces pièces ne sont plus attendues : elles ont été contrôlées, ou la demande est close.');
      certificate.receive(file, actor.id, act.now);
      await act.add(file);
      await act.db.save(certificate);
      act.record({ piece: certificate.kind, sha256: file.sha256 });
    });
  }

  /** R2181-2, R2181-4: fifteen days from now. */
  askReasons(actor: Actor, id: string, text: string): Promise<void> {
    return this.acts.perform(actor, 'award.ask-reasons', async (act) => {
      const consultation = await act.load(Consultation, id);
      const { invitation } = await this.invited(act, actor, id);
      act.on(id);
      if (!(await act.db.existsBy(Letter, { invitationId: invitation.id, kind: 'rejection', status: 'sent' }))) throw new Refused('no-rejection', 'Les motifs se demandent une fois le rejet de votre offre reçu (art. R. 2181-2).');
      if (await this.pending(act, id, invitation.organisationId)) throw new Refused('already', 'Votre demande est déjà enregistrée : l’acheteur vous répond dans les quinze jours.');
      const request = ReasonsRequest.received({ id: act.random.id(), consultationId: id, organisationId: invitation.organisationId, text, recordedById: actor.id }, consultation.timeZone, act.now);
      await act.add(request);
      act.record({ due: request.dueOn });
    });
  }

  /** The bytes of a piece, for the organisation that sent it. */
  file(actor: Actor, id: string, certificateId: string) {
    return this.acts.look(actor, 'award.own-piece', async (act) => {
      const { invitation } = await this.invited(act, actor, id);
      const { certificate } = await this.own(act, id, invitation.organisationId, certificateId);
      const file = await act.db.findOneBy(StoredFile, { id: certificate.fileId ?? '-' });
      if (!file) throw new NotFound();
      return { name: file.name, mediaType: file.mediaType, size: file.size, stream: this.files.stream(file.blob) };
    });
  }

  private async pending(act: Act, consultationId: string, organisationId: string): Promise<boolean> {
    return (await act.db.findBy(ReasonsRequest, { consultationId, organisationId })).some((one) => one.answeredAt === null);
  }

  /** Of the latest award, and only while it names this organisation. */
  private async asked(act: Act, consultationId: string, organisationId: string) {
    const rows = (await act.db
      .createQueryBuilder(AwardCertificate, 'c')
      .innerJoinAndMapOne('c.award', Award, 'a', 'a.id = c."awardId" and a."organisationId" = c."organisationId" and a.status in (:...statuses)', { statuses: ['asked', 'certified', 'decided', 'informed'] })
      .where('c."consultationId" = :consultationId and c."organisationId" = :organisationId', { consultationId, organisationId })
      .orderBy('c.kind')
      .getMany()) as (AwardCertificate & { award: Award })[];
    return { award: rows[0]?.award ?? null, certificates: rows as AwardCertificate[] };
  }

  private async own(act: Act, id: string, organisationId: string, certificateId: string) {
    const { award, certificates } = await this.asked(act, id, organisationId);
    const certificate = certificates.find((one) => one.id === certificateId);
    if (!certificate || !award) throw new NotFound();
    return { award, certificate };
  }

  /** 404 to whoever was not invited, to agents too: this page is the organisation's. */
  private async invited(act: Act, actor: Actor, id: string) {
    const consultation = await act.db.findOneBy(Consultation, { id });
    const invitation = ownInvitation(actor, await act.db.findBy(Invitation, { consultationId: id, organisationId: In(ownOrganisations(actor)) }));
    act.see(consultation !== null && isInvited(actor, consultation, invitation));
    if (!consultation || !invitation) throw new NotFound();
    return { consultation, invitation };
  }
}
