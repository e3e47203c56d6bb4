import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LessThanOrEqual, MoreThan } from 'typeorm';
import { Opening } from '../bids/opening.js';
import { Config } from '../config.js';
import { Consultation } from '../consultations/consultation.js';
import { mayManage, worksOn } from '../consultations/consultation.policy.js';
import { LettersService } from '../letters/letters.service.js';
import { Authority } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { canonical } from '../platform/canonical.js';
import { NotFound, Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { GENESIS, JournalChain, PLATFORM_CHAIN } from '../platform/journal-entry.js';
import { Jobs } from '../platform/jobs.js';
import { Random, sha256 } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import { Keyring } from '../sealing/keyring.js';
import { attestationDocument } from './attestation-document.js';
import { Attestation } from './attestation.js';
import { ATTESTATION_FORMAT, type Statement } from './facts.js';
import { gather } from './gathering.js';

/** An opening longer ago has been lived with without any; who wants one asks for it. */
const RECENT_MS = 30 * 86_400_000;
const MOST = 200;

/** Attestations de fonctionnement: asked for by an agent, or drawn up at the closing and after the opening; gathered, printed and signed once, by a job. */
@Injectable()
export class AttestationsService implements OnModuleInit {
  constructor(
    private readonly acts: Acts,
    private readonly letters: LettersService,
    private readonly files: Files,
    private readonly keyring: Keyring,
    private readonly random: Random,
    private readonly jobs: Jobs,
    private readonly config: Config,
  ) {}

  onModuleInit() {
    this.jobs.handle('attestation.draw-up', ({ id }) => this.drawUp(id));
  }

  ask(actor: Actor, consultationId: string): Promise<{ number: number }> {
    return this.acts.perform(actor, 'attestation.ask', async (act) => {
      const consultation = await act.load(Consultation, consultationId);
      act.see(worksOn(actor, consultation.territory));
      act.require(mayManage(actor, consultation), 'L’attestation est établie à la demande de l’agent qui suit la consultation.');
      return this.next(act, consultation, actor.id);
    });
  }

  /** At the closing, and once the bids are opened: nobody has to think of it. @returns how many were asked for */
  async askDue(): Promise<number> {
    const due = await this.acts.look(Actor.system, 'attestation.due', async (act) => {
      act.see(act.actor.isSystem);
      const without = (query: string) => `not exists (select 1 from attestation a where a."consultationId" = k.id and ${query})`;
      const closed = act.db.createQueryBuilder(Consultation, 'k').where({ status: 'launched', deadline: LessThanOrEqual(act.now) }).andWhere(without('a."askedAt" >= k.deadline'));
      const opened = act.db
        .createQueryBuilder(Consultation, 'k')
        .innerJoin(Opening, 'o', 'o.id = k.id and o."minutesFileId" is not null')
        .where({ openedAt: MoreThan(new Date(act.now.getTime() - RECENT_MS)) })
        .andWhere(without("a.stage = 'opened'"));
      return [...(await closed.limit(MOST).getMany()), ...(await opened.limit(MOST).getMany())].map((one) => one.id);
    });
    for (const id of due) {
      await this.acts.perform(Actor.system, 'attestation.ask', async (act) => {
        act.require(act.actor.isSystem);
        await this.next(act, await act.load(Consultation, id), null);
      });
    }
    return due.length;
  }

  /** @param which of its two halves, which prove each other */
  async document(actor: Actor, consultationId: string, number: number): Promise<{ statement: string; pdf: () => Promise<Buffer> }> {
    const found = await this.acts.look(actor, 'attestation.show', async (act) => {
      const consultation = await act.db.findOneBy(Consultation, { id: consultationId });
      act.see(consultation !== null && worksOn(actor, consultation.territory));
      return act.db.findOneBy(Attestation, { consultationId, number });
    });
    if (!found) throw new NotFound();
    const { statement, fileId } = found;
    if (!statement) throw new NotFound('Cette attestation est en cours d’établissement : réessayez dans quelques secondes.');
    return { statement, pdf: () => this.letters.bytes(fileId) };
  }

  private async next(act: Act, consultation: Consultation, askedById: string | null): Promise<{ number: number }> {
    if (!consultation.launchedAt) throw new Refused('not-launched', 'Cette consultation n’est pas encore lancée : rien n’a été observé pour elle.');
    const number = (await act.db.countBy(Attestation, { consultationId: consultation.id })) + 1;
    const stage = consultation.openedAt === null ? 'sealed' : 'opened';
    const attestation = Object.assign(new Attestation(), { id: act.random.id(), consultationId: consultation.id, number, stage, askedAt: act.now, askedById });
    await act.add(attestation);
    await act.later({ kind: 'attestation.draw-up', payload: { id: attestation.id } });
    act.on(consultation.id);
    act.record({ number, stage });
    return { number };
  }

  /** Once: a second run finds it signed. */
  private async drawUp(id: string) {
    const { attestation, consultation, authority, facts } = await this.acts.look(Actor.system, 'attestation.read', async (act) => {
      act.see(act.actor.isSystem);
      const asked = await act.db.findOneByOrFail(Attestation, { id });
      const call = await act.db.findOneByOrFail(Consultation, { id: asked.consultationId });
      const buyer = await act.db.findOneByOrFail(Authority, { id: call.authorityId });
      return { attestation: asked, consultation: call, authority: buyer, facts: asked.statement ? null : await gather(act, call, asked) };
    });
    if (!facts) return;
    const pdf = await this.letters.print('attestation', attestationDocument(facts, authority, this.config, this.keyring.publicKeyFingerprint));
    const file = await StoredFile.write(this.files, this.random, attestation.askedAt, 'attestation.pdf', 'application/pdf', pdf);
    const said: Statement = { attestation: facts, format: ATTESTATION_FORMAT, pdf: { sha256: file.sha256, size: file.size } };
    const value = this.keyring.sign(Buffer.from(canonical(said), 'utf8'));
    const statement = canonical({ ...said, signature: { alg: 'Ed25519', publicKey: this.keyring.publicKeyPem, value } });
    await this.acts.perform(Actor.system, 'attestation.made', async (act) => {
      act.require(act.actor.isSystem);
      const locked = await act.load(Attestation, id);
      if (locked.statement) return;
      await act.add(file);
      await act.db.update(Attestation, { id }, { statement, fileId: file.id });
      act.on(consultation.id);
      // The platform's chain is tied to the consultation's here: neither can be rewritten alone.
      const platform = await act.db.findOneBy(JournalChain, { id: PLATFORM_CHAIN });
      act.record({ number: attestation.number, pdf: file.sha256, statement: sha256(statement), platformHead: platform?.head ?? GENESIS });
    });
  }
}
