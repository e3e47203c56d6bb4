import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { In, IsNull, Not } from 'typeorm';
import { Consultation, Invitation } from '../consultations/consultation.js';
import { Letter } from '../letters/letter.js';
import { LettersService } from '../letters/letters.service.js';
import { WorkMails } from '../people/work-mails.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound, Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { type Answer, forget } from './answer-upload.js';
import { BidRequest, REQUEST_KINDS, TOLD } from './bid-request.js';
import { streamOf } from './requests.service.js';

/** Requests as their bidder reads them: its own, once signed, and nobody else's. */
@Injectable()
export class OwnRequestsService {
  constructor(
    private readonly acts: Acts,
    private readonly letters: LettersService,
    private readonly files: Files,
    private readonly workMails: WorkMails,
  ) {}

  list(actor: Actor, id: string) {
    return this.acts.look(actor, 'request.list-own', async (act) => {
      const consultation = await act.db.findOneBy(Consultation, { id });
      const requests = await ownOf(act, actor, id);
      act.see(consultation?.launchedAt != null && (requests.length > 0 || (await invited(act, actor, id))));
      if (!consultation) throw new NotFound();
      return { consultation, requests, now: act.now };
    });
  }

  show(actor: Actor, id: string, requestId: string) {
    return this.acts.look(actor, 'request.show-own', async (act) => {
      const { consultation, request } = await this.found(act, actor, id, requestId);
      const letter = await act.db.findOne(Letter, { where: { id: request.letterId ?? '' }, select: { id: true, chrono: true, fileId: true } });
      return { consultation, request, letter, now: act.now };
    });
  }

  /** Asked before a file is read: after the deadline nothing is received for nothing. The act asks again. */
  async mayStillAnswer(actor: Actor, id: string, requestId: string): Promise<void> {
    const { consultation, request, now } = await this.show(actor, id, requestId);
    mustRun(consultation);
    request.mustBeAnswerable(now);
  }

  /** Plain stored files, for the buyer at once: the bids are open (issue 7). */
  async answer(actor: Actor, id: string, requestId: string, { text, files }: Answer): Promise<void> {
    try {
      await this.acts.perform(actor, 'request.answer', async (act) => {
        const { consultation, request } = await this.found(act, actor, id, requestId, true);
        act.on(id, requestId);
        mustRun(consultation);
        request.reply(text, files.map(({ id: fileId, name, size, sha256 }) => ({ fileId, name, size, sha256 })), actor.id, act.now);
        await act.add(...files.map((one) => Object.assign(one, { createdAt: act.now })));
        const { status, answer, files: kept, answeredAt, answeredById } = request;
        await act.db.update(BidRequest, { id: requestId }, { status, answer, files: kept, answeredAt, answeredById });
        await this.workMails.queue(act, [consultation.contact.email], {
          subject: 'Examinez une réponse',
          text: `Un candidat a répondu : ${REQUEST_KINDS[request.kind].label.toLocaleLowerCase('fr-FR')}. Lisez sa réponse, puis tranchez avec un motif.`,
          consultation,
          path: `/consultations/${id}/analyse/demandes/${requestId}`,
        });
        act.record({ kind: request.kind, files: files.map((one) => one.sha256) });
      });
    } catch (error) {
      await forget(this.files, files);
      throw error;
    }
  }

  async letter(actor: Actor, id: string, requestId: string): Promise<Buffer> {
    const { letter } = await this.show(actor, id, requestId);
    return this.letters.bytes(letter?.fileId ?? null);
  }

  async file(actor: Actor, id: string, requestId: string, fileId: string): Promise<{ stream: Readable; name: string; size: number }> {
    const { request } = await this.show(actor, id, requestId);
    return streamOf(this.acts, this.files, actor, request, fileId);
  }

  private async found(act: Act, actor: Actor, id: string, requestId: string, locked = false): Promise<{ consultation: Consultation; request: BidRequest }> {
    const consultation = locked ? await act.load(Consultation, id) : await act.db.findOneBy(Consultation, { id });
    const request = await act.db.findOneBy(BidRequest, { id: requestId, consultationId: id, organisationId: In([...actor.organisations('bidder'), '-']), status: In(TOLD) });
    act.see(request !== null);
    if (!consultation || !request) throw new NotFound();
    return { consultation, request };
  }
}

function ownOf(act: Act, actor: Actor, id: string): Promise<BidRequest[]> {
  return act.db.find(BidRequest, { where: { consultationId: id, organisationId: In([...actor.organisations('bidder'), '-']), status: In(TOLD) }, order: { createdAt: 'DESC', id: 'ASC' } });
}

/** Who was invited reads that nothing is asked of it, as whoever is asked something reads what. */
const invited = (act: Act, actor: Actor, consultationId: string) => act.db.existsBy(Invitation, { consultationId, organisationId: In([...actor.organisations('bidder'), '-']), invitedAt: Not(IsNull()) });

function mustRun(consultation: Consultation) {
  if (consultation.status !== 'opened') throw new Refused('ended', 'L’examen des offres est terminé : plus aucune réponse n’est reçue.');
}
