import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { StoredFile } from '../platform/stored-file.js';
import { Consultation, ConsultationDocument, Invitation } from './consultation.js';
import { isInvited, mayView } from './consultation.policy.js';

/** What invited organisations read. */
@Injectable()
export class ConsultationsService {
  constructor(
    private readonly acts: Acts,
    private readonly files: Files,
  ) {}

  /** « Mes consultations » of an organisation, the nearest deadline first (one query). */
  mine(actor: Actor) {
    return this.acts.look(actor, 'consultation.list-mine', async (act) => {
      const organisations = actor.organisations('bidder');
      act.see(organisations.length > 0);
      const rows = await act.db
        .createQueryBuilder(Consultation, 'k')
        .innerJoin(Invitation, 'i', 'i."consultationId" = k.id and i."invitedAt" is not null')
        .where('i."organisationId" in (:...organisations) and k."launchedAt" is not null', { organisations })
        .orderBy('k.deadline', 'DESC')
        .take(100)
        .getMany();
      return { rows, now: act.now };
    });
  }

  find(actor: Actor, id: string) {
    return this.acts.look(actor, 'consultation.show', async (act) => {
      const consultation = await act.db.findOneBy(Consultation, { id });
      if (!consultation) throw new NotFound();
      const invitation = await act.db.findOneBy(Invitation, { consultationId: id, organisationId: In([...actor.organisations('bidder'), '-']) });
      act.see(mayView(actor, consultation, invitation));
      const documents = await act.db
        .createQueryBuilder(ConsultationDocument, 'd')
        .innerJoinAndMapOne('d.file', StoredFile, 'f', 'f.id = d."fileId"')
        .where('d."consultationId" = :id', { id })
        .orderBy('d.kind')
        .getMany();
      return {
        consultation,
        invited: isInvited(actor, consultation, invitation),
        documents: documents as (ConsultationDocument & { file: StoredFile })[],
        now: act.now,
      };
    });
  }

  async document(actor: Actor, id: string, documentId: string) {
    const { documents } = await this.find(actor, id);
    const found = documents.find((one) => one.id === documentId);
    if (!found) throw new NotFound();
    return { name: `${found.title}.pdf`, stream: this.files.stream(found.file.blob), size: found.file.size };
  }
}
