import { Injectable } from '@nestjs/common';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { DomainError } from '../platform/errors.js';
import { PLATFORM_CHAIN } from '../platform/journal-entry.js';
import { Log } from '../platform/log.js';
import { guest, openDraft } from './guest.js';
import { wasCut } from './upload.js';

/**
 * What goes wrong with an upload outside any act: a cut, a file over the limits, a disk that refuses. What an act refuses
 * has its line already. On the platform's chain, under the draft, without a name nor a size (decisions.md 5): the buyer's
 * proof, or the bidder's (CE 23 September 2021, 449250).
 */
@Injectable()
export class UploadLog {
  constructor(
    private readonly acts: Acts,
    private readonly log: Log,
  ) {}

  /** A file whose row is written at its end only: even if the server dies meanwhile, the sending has begun. */
  begin<T>(actor: Actor, consultationId: string, work: (act: Act) => Promise<T>): Promise<T> {
    return this.acts.perform(actor, 'upload.begin', async (act) => {
      await this.under(act, actor, consultationId);
      return work(act);
    });
  }

  /** Runs the part of an upload that no act covers; its failure is recorded, then thrown as it was. */
  async watch<T>(actor: Actor, consultationId: string, fileId: string | null, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // Losing the line is bad; hiding from the sender what failed would be worse.
      await this.failed(actor, consultationId, fileId, error).catch((fault: unknown) => this.log.error('upload log', fault));
      throw error;
    }
  }

  /** A cut after which what came is kept: recorded, and nothing is thrown. */
  async cut(actor: Actor, consultationId: string, fileId: string): Promise<void> {
    await this.watch(actor, consultationId, fileId, () => Promise.reject(wasCut())).catch(() => undefined);
  }

  private failed(actor: Actor, consultationId: string, fileId: string | null, error: unknown): Promise<void> {
    return this.acts.perform(actor, 'upload.failed', async (act) => {
      await this.under(act, actor, consultationId);
      act.record({ code: faultOf(error), ...(fileId ? { file: fileId } : {}) });
    });
  }

  private async under(act: Act, actor: Actor, consultationId: string) {
    const { invitation } = await guest(act, actor, consultationId);
    const draft = await openDraft(act, consultationId, invitation.organisationId);
    act.on(PLATFORM_CHAIN, draft?.id);
    act.record({ consultation: consultationId });
  }
}

/** A code of ours or of the system; never a message, which would name a file or a path. */
function faultOf(error: unknown): string {
  if (error instanceof DomainError) return error.code;
  const { code } = Object(error) as NodeJS.ErrnoException;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,30}$/.test(code) ? code : 'unexpected';
}

/** For the attestation: why an upload failed, in words. */
const FAULTS: Record<string, string> = {
  cut: 'l’envoi a été coupé',
  incomplete: 'le fichier était incomplet',
  invalid: 'le fichier était vide ou sans nom',
  'too-large': 'le fichier dépassait une limite annoncée',
  'part-too-large': 'une partie dépassait la taille admise',
  'wrong-offset': 'l’envoi ne reprenait pas où il en était',
  'too-many-parts': 'l’envoi avait été coupé trop de fois',
  'upload-locked': 'le même fichier était envoyé d’une autre fenêtre',
  'draft-closed': 'le brouillon venait d’être déposé',
  'not-found': 'le fichier n’était plus dans le brouillon',
  conflict: 'deux envois du même fichier se sont croisés',
  ENOSPC: 'le disque de la plateforme était plein',
};

export const uploadFaultInFrench = (code: string) => FAULTS[code] ?? `erreur de la plateforme (${code})`;
