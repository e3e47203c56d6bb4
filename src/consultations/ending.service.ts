import { Injectable } from '@nestjs/common';
import type { Signed } from '../letters/frame.js';
import { Delegation, Letter } from '../letters/letter.js';
import type { LetterKind } from '../letters/letter-data.js';
import { LettersService } from '../letters/letters.service.js';
import { Authority, Person } from '../people/people.js';
import type { Act } from '../platform/acts.js';
import { Consultation } from './consultation.js';
import { noticeLetter } from './notice-letter.js';
import { NoticesService, type OwnLetter } from './notices.service.js';

/** Whoever may sign what opens a call may sign what ends it (parallélisme des compétences). */
const ENDS: LetterKind[] = ['no-award', 'invitation', 'consultation-letter'];

/** A call that ends without an award, inside the act of its procedure: each organisation invited receives its letter (D22). */
@Injectable()
export class EndingService {
  constructor(
    private readonly notices: NoticesService,
    private readonly letters: LettersService,
  ) {}

  /**
   * @param how « sans suite » or « infructueuse »
   * @param decision of the signatory, whose delegation is then required; the buyer otherwise notes that nothing could be kept
   */
  async end(act: Act, consultation: Consultation, how: 'sans suite' | 'infructueuse', reason: string, decision: boolean): Promise<void> {
    const told = consultation.launchedAt !== null;
    const opened = consultation.openedAt !== null;
    consultation.abandon();
    consultation.abandonReason = reason;
    await act.db.update(Consultation, { id: consultation.id }, { status: consultation.status, abandonReason: reason });
    if (!told) return;
    const signed = decision ? await this.signature(act, consultation) : undefined;
    const effect = opened ? 'Les plis ouverts restent au dossier ; aucun n’est retenu.' : 'Les plis déposés ne sont pas ouverts : ils restent scellés jusqu’à leur destruction.';
    await this.notices.tell(act, consultation, { kind: 'ended', paragraphs: [`La consultation est déclarée ${how}.`, `Motif : ${reason}`], significant: false, effect, signed }, signed && (await this.ownLetters(act, consultation, signed)));
  }

  private async signature(act: Act, consultation: Consultation): Promise<Signed> {
    const delegations = await act.db.findBy(Delegation, { authorityId: consultation.authorityId, delegateId: act.actor.id });
    const kind = ENDS.find((one) => delegations.some((delegation) => delegation.covers(one, act.now))) ?? 'no-award';
    return { person: await act.db.findOneByOrFail(Person, { id: act.actor.id }), delegation: Delegation.required(delegations, kind, act.now), at: act.now };
  }

  /** Numbered, signed, frozen and hashed like any letter; each mail waits for its own to be printed. */
  private async ownLetters(act: Act, consultation: Consultation, signed: Signed): Promise<OwnLetter> {
    const chrono = await this.letters.chrono(act, await act.db.findOneByOrFail(Authority, { id: consultation.authorityId }));
    return async (invitation, facts) => {
      const { data, body } = this.letters.compose('no-award', noticeLetter({ ...facts, addressee: [invitation.name, ...invitation.address] }));
      const letter = Object.assign(new Letter(), { id: act.random.id(), authorityId: consultation.authorityId, kind: 'no-award', subjectId: consultation.id, form: 'individual', number: invitation.number, invitationId: invitation.id, title: `Déclaration de fin – ${invitation.name}` });
      letter.sign(act.now, { personId: signed.person.id, delegationId: signed.delegation.id, chrono: chrono.take() }, data, body);
      letter.leaveOncePrinted(act.now);
      await act.add(letter);
      await act.db.save(chrono);
      await act.later({ kind: 'letter.print', payload: { id: letter.id } });
      return { name: 'lettre.pdf', fileId: letter.id, required: true };
    };
  }
}
