import { Injectable } from '@nestjs/common';
import { IsArray, IsIn, IsString, MaxLength } from 'class-validator';
import { Invitation } from '../consultations/consultation.js';
import type { Organisation } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Refused } from '../platform/errors.js';
import { PLATFORM_CHAIN } from '../platform/journal-entry.js';
import { Many, tooLong } from '../platform/typed.js';
import { Vault } from '../platform/vault.js';
import { Trimmed } from '../platform/web.js';
import { CONSORTIUM_FORMS, type ConsortiumForm, consortiumOf, type DraftConsortium } from './consortium.js';
import { BidDraft } from './draft.js';
import { BidDraftsService } from './drafts.service.js';
import { guest, newDraft, openDraft } from './guest.js';

export class ConsortiumTyped {
  @Trimmed() @IsIn(['', ...Object.keys(CONSORTIUM_FORMS)], { message: 'Choisissez la forme du groupement.' }) form: '' | ConsortiumForm = '';
  @Trimmed() @MaxLength(8000, tooLong('Membres', 8000)) members: string = '';
  @Many() @IsArray() @IsString({ each: true, message: 'Choisissez un fichier du brouillon.' }) mandates: string[] = [];
  @Trimmed() @MaxLength(64) signedByAll: string = '';
}

/** With whom one bids: content, sealed by the vault in the draft and with the manifest in the bid. Nobody reads it before the opening. */
@Injectable()
export class ConsortiumsService {
  constructor(
    private readonly acts: Acts,
    private readonly drafts: BidDraftsService,
    private readonly vault: Vault,
  ) {}

  show(actor: Actor, consultationId: string) {
    return this.acts.look(actor, 'consortium.show', async (act) => {
      const { consultation, organisation } = await guest(act, actor, consultationId);
      const draft = await openDraft(act, consultationId, organisation.id);
      return { consultation, lead: operatorOf(organisation), consortium: this.drafts.consortiumOf(draft), files: draft ? await this.drafts.filesOf(act, draft) : [], now: act.now };
    });
  }

  save(actor: Actor, consultationId: string, typed: ConsortiumTyped): Promise<void> {
    return this.acts.perform(actor, 'draft.consortium', async (act) => {
      const { consultation, invitation, organisation } = await guest(act, actor, consultationId);
      if (consultation.status !== 'launched') throw new Refused('not-open', 'Cette consultation ne reçoit plus de plis.');
      await act.load(Invitation, invitation.id); // two tabs would otherwise make two drafts
      const draft = await this.draftOf(act, consultation.id, organisation.id, () => newDraft(act, consultation, invitation));
      act.on(PLATFORM_CHAIN, draft.id); // never the consultation's: a line there would say that somebody prepares a bid
      const fileIds = (await this.drafts.filesOf(act, draft)).map((file) => file.id);
      const consortium = consortiumOf(typed, operatorOf(organisation), this.drafts.consortiumOf(draft), fileIds);
      await act.db.update(BidDraft, { id: draft.id }, { sealedConsortium: consortium ? this.vault.seal(JSON.stringify(consortium satisfies DraftConsortium), `bid-draft/${draft.id}/consortium`) : null });
    });
  }

  private async draftOf(act: Act, consultationId: string, organisationId: string, make: () => Promise<BidDraft>): Promise<BidDraft> {
    return (await openDraft(act, consultationId, organisationId)) ?? make();
  }
}

export const operatorOf = ({ name, scheme, schemeId }: Pick<Organisation, 'name' | 'scheme' | 'schemeId'>) => ({ name, siret: scheme === 'FR-SIRET' ? schemeId : null });
