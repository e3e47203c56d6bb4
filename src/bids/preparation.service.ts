import { Injectable } from '@nestjs/common';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { canonical } from '../platform/canonical.js';
import { Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { Random } from '../platform/random.js';
import { Custodian } from '../sealing/custodian.js';
import { envelopeOf, type Manifest, sealManifest } from '../sealing/envelope.js';
import { bidsOf } from './candidate.js';
import { sealedConsortium } from './consortium.js';
import { operatorOf } from './consortiums.service.js';
import type { BidDraft } from './draft.js';
import { BidDraftsService, type DraftFile } from './drafts.service.js';
import { guest, openDraft } from './guest.js';

/** What is ready before the lock is taken: nothing slow happens inside the act (decisions.md 12). */
export interface Prepared {
  draft: BidDraft;
  files: DraftFile[];
  manifest: Manifest;
  manifestBlob: string;
  envelope: ReturnType<typeof envelopeOf>;
}

/** Seals the manifest of a draft, ahead of its deposit. */
@Injectable()
export class BidPreparation {
  constructor(
    private readonly acts: Acts,
    private readonly drafts: BidDraftsService,
    private readonly custodian: Custodian,
    private readonly files: Files,
    private readonly random: Random,
  ) {}

  async prepare(actor: Actor, consultationId: string, arrivedAt: Date): Promise<Prepared> {
    const bidId = this.random.id();
    const { draft, files, recipient, replaces, lead } = await this.acts.look(actor, 'bid.prepare', async (act) => {
      const { consultation, invitation, organisation } = await guest(act, actor, consultationId);
      const own = await openDraft(act, consultationId, invitation.organisationId);
      if (!own) throw new Refused('empty', 'Votre brouillon est vide : envoyez d’abord vos fichiers. Si vous venez de déposer, la page de votre dépôt montre l’accusé de réception.');
      return {
        draft: own,
        lead: operatorOf(organisation),
        files: await this.drafts.filesOf(act, own),
        recipient: await this.custodian.recipient(act.db, consultationId),
        // A late bid never takes the place of one in time (sealing.md 1.4).
        replaces: consultation.isInTime(arrivedAt) && (await bidsOf(act, consultationId, organisation).andWhere({ status: 'sealed' }).getExists()),
      };
    });
    mustBeWhole(files);
    const consortium = this.drafts.consortiumOf(draft);
    const manifest: Manifest = {
      version: 1,
      consultationId,
      bidId,
      mode: replaces ? 'replaces' : 'first',
      files: files.map(({ name, size, sha256, mediaType, parts }) => ({
        name,
        size,
        sha256,
        mediaType,
        parts: parts.map(({ plainSize, sha256: plain, cipherSize, cipherSha256 }) => ({ plainSize, sha256: plain, cipherSize, cipherSha256 })),
      })),
      ...(consortium ? { consortium: sealedConsortium(consortium, lead, files.map((file) => file.id)) } : {}),
    };
    const sealed = await sealManifest([recipient], manifest);
    const manifestBlob = await this.files.write(sealed.bytes);
    return { draft, files, manifest, manifestBlob, envelope: envelopeOf(manifest, sealed, files.flatMap((file) => file.parts.map((part) => part.blob))) };
  }

  /** Frozen: what was added or removed since the preparation would not be in the manifest. */
  async mustBeUnchanged(act: Act, draft: BidDraft, { files, draft: prepared }: Prepared) {
    draft.mustBeOpen();
    if (draft.sealedConsortium !== prepared.sealedConsortium || canonical(blobsOf(await this.drafts.filesOf(act, draft))) !== canonical(blobsOf(files))) {
      throw new Refused('changed', 'Le brouillon a changé pendant le dépôt : relisez la liste des fichiers, puis déposez à nouveau.');
    }
  }
}

function mustBeWhole(files: DraftFile[]) {
  if (files.length === 0) throw new Refused('empty', 'Votre brouillon est vide : envoyez d’abord vos fichiers. Si vous venez de déposer, la page de votre dépôt montre l’accusé de réception.');
  const cut = files.filter((file) => file.state !== 'complete');
  if (cut.length > 0) {
    throw new Refused('incomplete', `L’envoi de ${cut.map((file) => `« ${file.name} »`).join(', ')} n’est pas terminé : renvoyez-le, ou retirez-le du brouillon.`);
  }
}

const blobsOf = (files: DraftFile[]) => files.map((file) => ({ id: file.id, state: file.state, blobs: file.parts.map((part) => part.blob) }));
