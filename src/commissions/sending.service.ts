import { Injectable } from '@nestjs/common';
import { Consultation } from '../consultations/consultation.js';
import { invitationsOf, LaunchingService } from '../consultations/launching.service.js';
import { Letter } from '../letters/letter.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Refused } from '../platform/errors.js';
import { readAddressees } from './addressee-list.js';
import { maySend, mayView } from './commission.policy.js';
import { Commission } from './commission.js';
import { Diagnostic } from './diagnostic.js';
import { letInvited } from './guests.js';
import { letter } from './signature.service.js';

/** Sending the signed letters: it launches the consultation, and later adds addressees with letters of their own. */
@Injectable()
export class SendingService {
  constructor(
    private readonly acts: Acts,
    private readonly launching: LaunchingService,
  ) {}

  /** First call: everything signed leaves and the call for bids is open. Next calls: letters of the added organisations. */
  send(actor: Actor, id: string): Promise<{ sent: number }> {
    return this.acts.perform(actor, 'commission.send', async (act) => {
      const commission = await act.load(Commission, id);
      act.see(mayView(actor, commission));
      act.require(maySend(actor, commission), 'L’envoi revient à l’agent instructeur du département.');
      const consultation = await act.load(Consultation, commission.consultationId);
      act.on(consultation.id, commission.id);
      const letters = await act.db.find(Letter, { where: [{ subjectId: id, status: 'signed' }, { subjectId: id, status: 'ready' }], order: { number: 'ASC' } });
      if (letters.some((one) => one.status === 'ready')) throw new Refused('unsigned', 'Des lettres attendent encore leur signature.');
      if (letters.length === 0) throw new Refused('nothing-to-send', 'Aucune lettre signée n’attend d’être envoyée.');
      for (const one of letters) one.send(act.now);

      if (consultation.status === 'draft') await this.launch(act, commission, consultation, letters);
      else if (!consultation.isInTime(act.now)) throw new Refused('deadline-passed', 'La date limite est passée : plus aucune organisation ne peut être invitée.');
      const fileOf = new Map(letters.map((one) => [one.invitationId, one.fileId]));
      const sent = await this.launching.invite(act, consultation, await invitationsOf(act, consultation.id), (one) => fileOf.get(one.id), 'votre lettre, la lettre de commande et le cahier des charges');
      await act.db.save(letters);
      act.record({ sent, letters: letters.map((one) => one.bodyHash) });
      return { sent };
    });
  }

  /** Organisations added after the sending: outside the in fine list, each with its own letter to sign. */
  add(actor: Actor, id: string, typed: string): Promise<void> {
    return this.acts.perform(actor, 'commission.add-addressees', async (act) => {
      const commission = await act.load(Commission, id);
      act.see(mayView(actor, commission));
      act.require(maySend(actor, commission));
      const consultation = await act.load(Consultation, commission.consultationId);
      act.on(consultation.id, commission.id);
      if (commission.status !== 'sent') throw new Refused('not-sent', 'Avant l’envoi, ajoutez l’organisation à la liste des destinataires.');
      if (!consultation.isInTime(act.now)) throw new Refused('deadline-passed', 'La date limite est passée : plus aucune organisation ne peut être invitée.');
      const already = await invitationsOf(act, consultation.id);
      const lines = readAddressees(typed, 'addressees', already);
      const added = await letInvited(act, consultation, lines, (already.at(-1)?.number ?? 0) + 1, 'added');
      await act.add(...added.map((one) => letter(act, commission, 'invitation', 'individual', one.number, one)));
      act.record({ added: added.length });
    });
  }

  /** The only place where a diagnostic's consultation is launched (decisions.md 6). */
  private async launch(act: Act, commission: Commission, consultation: Consultation, letters: Letter[]) {
    commission.send(act.now);
    const order = letters.find((one) => one.kind === 'commission-letter');
    consultation.budgetCents = commission.ceilingCents;
    await this.launching.launch(act, consultation, [
      { kind: 'commission-letter', title: 'Lettre de commande', fileId: order?.fileId ?? '' },
      { kind: 'specifications', title: 'Cahier des charges', fileId: commission.specificationsFileId ?? '' },
      ...commission.documents.map(({ kind, title, fileId }) => ({ kind, title, fileId })),
    ]);
    await act.db.update(Commission, { id: commission.id }, { status: commission.status, sentAt: commission.sentAt });
    await expectDiagnostic(act, commission);
  }
}

/** What the commission orders is expected from now on: the deployment follows it. */
async function expectDiagnostic(act: Act, { id, frameworkId, departmentCode, title }: Commission) {
  if (!frameworkId || (await act.db.existsBy(Diagnostic, { frameworkId, departmentCode }))) return;
  await act.add(Object.assign(new Diagnostic(), { id: act.random.id(), frameworkId, departmentCode, commissionId: id, title, authorName: '', createdById: act.actor.id, createdAt: act.now }));
}
