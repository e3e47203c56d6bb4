import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Consultation } from '../consultations/consultation.js';
import { maySeeBids, worksOn } from '../consultations/consultation.policy.js';
import { LettersService } from '../letters/letters.service.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound, Refused } from '../platform/errors.js';
import { JournalEntry, verifyChain } from '../platform/journal-entry.js';
import { OpenedFile, Opening } from './opening.js';
import { OpeningCheck, rowsOf } from './opening-check.service.js';

/** After the opening: the register, the files, the minutes. Before it: one sentence, whatever there is. */
@Injectable()
export class OpenedBidsService {
  constructor(
    private readonly acts: Acts,
    private readonly check: OpeningCheck,
    private readonly letters: LettersService,
  ) {}

  list(actor: Actor, consultationId: string) {
    return this.acts.look(actor, 'bid.list', (act) => this.register(act, actor, consultationId));
  }

  /** The register, and its chain replayed: one look for the page, five queries. */
  page(actor: Actor, consultationId: string) {
    return this.acts.look(actor, 'bid.list', async (act) => ({
      ...(await this.register(act, actor, consultationId)),
      chain: await replay(act, consultationId),
    }));
  }

  /** Replays the consultation's chain. */
  chain(actor: Actor, consultationId: string) {
    return this.acts.look(actor, 'journal.verify', async (act) => {
      await this.opened(act, actor, consultationId);
      return replay(act, consultationId);
    });
  }

  async file(actor: Actor, consultationId: string, fileId: string) {
    const { files } = await this.list(actor, consultationId);
    const found = files.find((file) => file.id === fileId);
    if (!found) throw new NotFound();
    const { check } = this;
    async function* content() {
      for (const blob of found?.blobs ?? []) yield* check.plain(consultationId, blob);
    }
    return { name: found.name, size: found.size, intact: found.intact, content: content() };
  }

  async document(actor: Actor, consultationId: string, which: 'minutes' | 'register'): Promise<Buffer> {
    const { opening } = await this.list(actor, consultationId);
    return this.letters.bytes(which === 'minutes' ? opening.minutesFileId : opening.registerFileId);
  }

  private async register(act: Act, actor: Actor, consultationId: string) {
    const consultation = await this.opened(act, actor, consultationId);
    const opening = await act.db.findOneByOrFail(Opening, { id: consultationId });
    const rows = await rowsOf(act, consultationId);
    const files = await act.db.find(OpenedFile, { where: { bidId: In([...rows.map(({ bid }) => bid.id), '-']) }, order: { bidId: 'ASC', position: 'ASC' } });
    return { consultation, opening, rows, files };
  }

  private async opened(act: Act, actor: Actor, consultationId: string): Promise<Consultation> {
    const consultation = await act.db.findOneBy(Consultation, { id: consultationId });
    if (!consultation) throw new NotFound();
    act.see(worksOn(actor, consultation.territory));
    // The same answer whether there are no bids or fifty (sealing.md 1.6).
    if (!maySeeBids(actor, consultation)) throw new Refused('sealed', 'Rien ne peut être affiché avant l’ouverture.');
    return consultation;
  }
}

async function replay(act: Act, consultationId: string) {
  return verifyChain(await act.db.find(JournalEntry, { where: { chain: consultationId }, order: { seq: 'ASC' } }));
}
