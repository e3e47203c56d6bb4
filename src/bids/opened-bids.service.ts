import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Consultation } from '../consultations/consultation.js';
import { worksOn } from '../consultations/consultation.policy.js';
import { LettersService } from '../letters/letters.service.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound } from '../platform/errors.js';
import { JournalEntry, verifyChain } from '../platform/journal-entry.js';
import { Bid } from './bid.js';
import { unreadableInFrench } from './unreadable.js';
import { Organisation } from '../people/people.js';
import { mustBeOpened } from './late.service.js';
import { OpenedFile, Opening } from './opening.js';
import { OpeningCheck } from './opening-check.service.js';
import { rowsOf } from './opening-records.service.js';

/** After the opening: the register, the files, the minutes of each session. Before it: one sentence, whatever there is. */
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

  /** One opened bid, for the page that says why it cannot be read. Two queries. */
  bid(actor: Actor, consultationId: string, bidId: string) {
    return this.acts.look(actor, 'bid.show', async (act) => {
      const consultation = await this.opened(act, actor, consultationId);
      const bid = (await act.db.createQueryBuilder(Bid, 'b').leftJoinAndMapOne('b.organisation', Organisation, 'o', 'o.id = b."organisationId"').where({ id: bidId, consultationId }).getOne()) as (Bid & { organisation: Organisation | null }) | null;
      if (!bid?.openedAt) throw new NotFound();
      return { consultationId, consultationTitle: consultation.title, bidId, operator: bid.organisation?.name ?? '', unreadable: unreadableInFrench(bid) };
    });
  }

  async file(actor: Actor, consultationId: string, fileId: string) {
    const { files } = await this.list(actor, consultationId);
    const found = files.find((file) => file.id === fileId);
    if (!found) throw new NotFound();
    const { check } = this;
    async function* content() {
      for (const blob of found?.blobs ?? []) yield* check.plain(consultationId, found?.deliveryId ?? found?.bidId ?? '', blob);
    }
    return { name: found.name, size: found.size, intact: found.intact, content: content() };
  }

  /** @param number of the session; 1 is the opening */
  async document(actor: Actor, consultationId: string, which: 'minutes' | 'register', number = 1): Promise<Buffer> {
    const { openings } = await this.list(actor, consultationId);
    const opening = openings.find((one) => one.number === number);
    if (!opening) throw new NotFound();
    return this.letters.bytes(which === 'minutes' ? opening.minutesFileId : opening.registerFileId);
  }

  private async register(act: Act, actor: Actor, consultationId: string) {
    const consultation = await this.opened(act, actor, consultationId);
    const openings = await act.db.find(Opening, { where: { consultationId }, order: { number: 'ASC' } });
    const [opening] = openings;
    if (!opening) throw new NotFound();
    const rows = await rowsOf(act, consultationId);
    const files = await act.db.find(OpenedFile, { where: { bidId: In([...rows.map(({ bid }) => bid.id), '-']) }, order: { bidId: 'ASC', position: 'ASC' } });
    return { consultation, opening, openings, rows, files, actor };
  }

  private async opened(act: Act, actor: Actor, consultationId: string): Promise<Consultation> {
    const consultation = await act.db.findOneBy(Consultation, { id: consultationId });
    if (!consultation) throw new NotFound();
    act.see(worksOn(actor, consultation.territory));
    mustBeOpened(actor, consultation);
    return consultation;
  }
}

async function replay(act: Act, consultationId: string) {
  return verifyChain(await act.db.find(JournalEntry, { where: { chain: consultationId }, order: { seq: 'ASC' } }));
}
