import { Injectable } from '@nestjs/common';
import { IsArray, IsString } from 'class-validator';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Refused } from '../platform/errors.js';
import { PLATFORM_CHAIN } from '../platform/journal-entry.js';
import { Many } from '../platform/typed.js';
import { Vault } from '../platform/vault.js';
import { checklistFrom } from './checklist.js';
import { BidDraft } from './draft.js';
import { BidDraftsService } from './drafts.service.js';
import { guest, openDraft } from './guest.js';

export class ChecklistForm {
  /** File of the draft for each expected document, in their order; empty: none. */
  @Many() @IsArray() @IsString({ each: true, message: 'Choisissez un fichier du brouillon.' }) choices: string[] = [];
}

/** The bidder says which file is which expected document: for itself, sealed like the names, and nobody else reads it. */
@Injectable()
export class ChecklistsService {
  constructor(
    private readonly acts: Acts,
    private readonly drafts: BidDraftsService,
    private readonly vault: Vault,
  ) {}

  save(actor: Actor, consultationId: string, { choices }: ChecklistForm): Promise<void> {
    return this.acts.perform(actor, 'draft.checklist', async (act) => {
      const { consultation, organisation } = await guest(act, actor, consultationId);
      const own = await openDraft(act, consultationId, organisation.id);
      if (!own) throw new Refused('empty', 'Votre brouillon est vide : envoyez d’abord vos fichiers.');
      const draft = await act.load(BidDraft, own.id);
      draft.mustBeOpen();
      act.on(PLATFORM_CHAIN, draft.id); // never the consultation's: a line there would say that somebody prepares a bid
      const checklist = checklistFrom(consultation.expected, choices, await this.drafts.filesOf(act, draft));
      await act.db.update(BidDraft, { id: draft.id }, { sealedChecklist: this.vault.seal(JSON.stringify(checklist), `bid-draft/${draft.id}/checklist`) });
    });
  }
}
