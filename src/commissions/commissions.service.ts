import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { askVisasAgain } from '../consultations/visas.service.js';
import { nameOpeners, possibleOpeners } from '../consultations/openers.js';
import { Consultation, Invitation } from '../consultations/consultation.js';
import { Delegation } from '../letters/letter.js';
import { Authority } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Config } from '../config.js';
import { Clock } from '../platform/clock.js';
import { NotFound } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { checkedFile } from '../platform/media.js';
import { Random } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import { readAddressees } from './addressee-list.js';
import type { CommissionForm } from './commission.forms.js';
import { mayChange, mayDraft, maySign, mayView } from './commission.policy.js';
import { lettersOf } from './commission-reading.js';
import { Commission } from './commission.js';
import { newCommission } from './new-commission.js';
import { letInvited } from './guests.js';
import { fill } from './typed.js';

const PAGE = 25;

/** From the first draft to the signature's door: content, specifications, addressees, openers. */
@Injectable()
export class CommissionsService {
  constructor(
    private readonly acts: Acts,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly files: Files,
    private readonly config: Config,
  ) {}

  /** The authorities for which this person may draft. */
  authorities(actor: Actor) {
    return this.acts.look(actor, 'authority.list-mine', async (act) => {
      const codes = actor.mandates.filter((m) => m.role === 'dept-officer').map((m) => m.territory);
      act.see(codes.length > 0);
      return act.db.findBy(Authority, { territory: In(codes) });
    });
  }

  draft(actor: Actor, form: CommissionForm): Promise<{ id: string }> {
    return this.acts.perform(actor, 'commission.draft', async (act) => {
      const code = actor.mandates.find((m) => m.role === 'dept-officer')?.territory ?? '';
      act.require(mayDraft(actor, code));
      const { commission, consultation } = await newCommission(act, code);
      fill(commission, consultation, form, act.now);
      await act.add(consultation, commission);
      act.on(consultation.id, commission.id);
      act.record({ deadline: consultation.deadline.toISOString() });
      return { id: commission.id };
    });
  }

  edit(actor: Actor, id: string, form: CommissionForm): Promise<void> {
    return this.change(actor, id, 'commission.edit', async (act, commission, consultation) => {
      fill(commission, consultation, form, act.now);
      await act.db.save([consultation, commission]);
    });
  }

  setAddressees(actor: Actor, id: string, typed: string): Promise<void> {
    const lines = readAddressees(typed, 'addressees');
    return this.change(actor, id, 'commission.addressees', async (act, _, consultation) => {
      await act.db.delete(Invitation, { consultationId: consultation.id });
      await letInvited(act, consultation, lines, 1, 'first-sending');
      act.record({ addressees: lines.length });
    });
  }

  setOpeners(actor: Actor, id: string, openerIds: string[]): Promise<void> {
    return this.change(actor, id, 'commission.openers', async (act, _, consultation) => {
      await nameOpeners(act, consultation, openerIds);
    });
  }

  /** The specifications, as a PDF. The blob is durable before the act that keeps it. */
  async setSpecifications(actor: Actor, id: string, upload: { name: string; bytes: Buffer } | null): Promise<void> {
    const { name, bytes, mediaType } = checkedFile(upload, { ...this.config.documentLimits, extensions: ['pdf'] }, 'specifications');
    await this.acts.look(actor, 'commission.specifications', async (act) => {
      const found = await act.db.findOneBy(Commission, { id });
      act.see(found !== null && mayView(actor, found));
      act.require(found !== null && mayChange(actor, found));
    });
    const file = await StoredFile.write(this.files, this.random, this.clock.now(), name, mediaType, bytes);
    await this.change(actor, id, 'commission.specifications', async (act, commission) => {
      await act.add(file);
      await act.db.update(Commission, { id: commission.id }, { specificationsFileId: file.id });
      act.record({ sha256: file.sha256, size: file.size });
    });
  }

  /** Commissions of the departments one works on, the latest first, by pages of 25 (one query). */
  list(actor: Actor, after?: string) {
    return this.acts.look(actor, 'commission.list', async (act) => {
      const codes = actor.mandates.filter((m) => ['dept-officer', 'dept-signatory', 'opener'].includes(m.role)).map((m) => m.territory);
      act.see(codes.length > 0);
      const query = act.db
        .createQueryBuilder(Commission, 'c')
        .innerJoinAndMapOne('c.consultation', Consultation, 'k', 'k.id = c."consultationId"')
        .where('c."departmentCode" in (:...codes)', { codes })
        .orderBy('c.createdAt', 'DESC')
        .addOrderBy('c.id', 'DESC')
        .take(PAGE + 1);
      const [createdAt, id] = (after ?? '').split('_');
      if (createdAt && id) {
        query.andWhere('(c."createdAt" < :createdAt or (c."createdAt" = :createdAt and c.id < :id))', { createdAt, id });
      }
      const rows = (await query.getMany()) as (Commission & { consultation: Consultation })[];
      const page = rows.slice(0, PAGE);
      const last = rows.length > PAGE ? page.at(-1) : undefined;
      return {
        rows: page.map((commission) => ({ commission, consultation: commission.consultation })),
        next: last ? `${last.createdAt.toISOString()}_${last.id}` : null,
        now: act.now,
      };
    });
  }

  /** Everything a commission's pages show. At most five queries. */
  find(actor: Actor, id: string) {
    return this.acts.look(actor, 'commission.show', async (act) => {
      const commission = (await act.db
        .createQueryBuilder(Commission, 'c')
        .innerJoinAndMapOne('c.consultation', Consultation, 'k', 'k.id = c."consultationId"')
        .where('c.id = :id', { id })
        .getOne()) as (Commission & { consultation: Consultation }) | null;
      if (!commission) throw new NotFound();
      act.see(mayView(actor, commission));
      const { consultation } = commission;
      const invitations = await act.db.find(Invitation, { where: { consultationId: consultation.id }, order: { number: 'ASC' } });
      const openers = await possibleOpeners(act, commission.departmentCode);
      const letters = await lettersOf(act, id);
      // So that the signatory sees the gate before it closes.
      const delegations = maySign(actor, commission)
        ? await act.db.findBy(Delegation, { authorityId: commission.authorityId, delegateId: actor.id })
        : [];
      return { commission, consultation, invitations, openers, letters, delegations, now: act.now };
    });
  }

  /** The specifications' file, for the agents of the department. */
  specifications(actor: Actor, id: string) {
    return this.acts.look(actor, 'commission.specifications.read', async (act) => {
      const commission = await act.db.findOneBy(Commission, { id });
      act.see(commission !== null && mayView(actor, commission));
      if (!commission?.specificationsFileId) throw new NotFound('Le cahier des charges n’est pas encore joint.');
      const file = await act.db.findOneByOrFail(StoredFile, { id: commission.specificationsFileId });
      return { name: file.name, bytes: await this.files.read(file.blob) };
    });
  }

  private change(actor: Actor, id: string, name: string, work: (act: Act, commission: Commission, consultation: Consultation) => Promise<void>) {
    return changeCommission(this.acts, actor, id, name, work);
  }
}

/** One act on a draft of one's department; what was read by colleagues is then to be read again. */
export function changeCommission(acts: Acts, actor: Actor, id: string, name: string, work: (act: Act, commission: Commission, consultation: Consultation) => Promise<void>): Promise<void> {
  return acts.perform(actor, name, async (act) => {
    const commission = await act.load(Commission, id);
    act.see(mayView(actor, commission));
    act.require(mayChange(actor, commission));
    commission.mayChange();
    const consultation = await act.load(Consultation, commission.consultationId);
    act.on(consultation.id, commission.id);
    await work(act, commission, consultation);
    await askVisasAgain(act, consultation.id);
  });
}
