import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { StoredReceipt } from '../bids/bid.js';
import { BidDraft, BidFile } from '../bids/draft.js';
import { Commission } from '../commissions/commission.js';
import { Consultation, Invitation } from '../consultations/consultation.js';
import { Config } from '../config.js';
import { Letter } from '../letters/letter.js';
import { Person, SignInLink } from '../people/people.js';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { SealingKey } from '../sealing/sealing-key.js';
import { isRehearsal } from '../support/rehearsal-marks.js';
import { agirData } from './agir-data.js';
import { demoData } from './demo-data.js';
import { type GuideFacts, type GuidePerson, guideSteps, type GuideStep } from './guide.js';

const ROLES_OF_THE_STORY = ['officer', 'signatory', 'opener1', 'opener2', 'ministry', 'buyer'] as const;

/** Facts of the guided path, for the story's own commission: the first one. At most five queries once the people are known. */
@Injectable()
export class GuideService {
  private readonly agents: GuideFacts['people'] = {};

  constructor(
    private readonly acts: Acts,
    private readonly config: Config,
  ) {}

  /** The ten steps as they stand; none in a rehearsal, which plays another call than the story's. */
  async steps(actor: Actor): Promise<GuideStep[]> {
    return isRehearsal(this.config.dataDir) ? [] : guideSteps(await this.facts(actor));
  }

  /** Who shows the rest, once the story is over; known with the steps. */
  get national(): { person: GuidePerson; href: string; what: string }[] {
    const { ministry, buyer } = this.agents;
    return [
      ...(ministry ? [{ person: ministry, href: '/deploiement', what: 'regardez le déploiement dans les 94 départements' }] : []),
      ...(buyer ? [{ person: buyer, href: '/deploiement/67', what: 'lisez ce qui manque au marché subséquent du Bas-Rhin' }] : []),
    ];
  }

  facts(actor: Actor): Promise<GuideFacts> {
    return this.acts.look(actor, 'demo.guide', async (act) => {
      act.see(true);
      const { db } = act;
      const first: (Commission & { call?: Consultation; key?: SealingKey }) | null = await db
        .createQueryBuilder(Commission, 'c')
        .leftJoinAndMapOne('c.call', Consultation, 'k', 'k.id = c."consultationId"')
        .leftJoinAndMapOne('c.key', SealingKey, 's', 's.id = c."consultationId"')
        .orderBy('c.createdAt')
        .limit(1)
        .getOne();
      const consultationId = first?.consultationId ?? '-';
      const letters = await db.find(Letter, { where: { subjectId: first?.id ?? '-' }, select: { id: true, form: true, signedAt: true, invitationId: true } });
      const added: (Invitation & { link?: SignInLink })[] = await db
        .createQueryBuilder(Invitation, 'i')
        .leftJoinAndMapOne('i.link', SignInLink, 'l', 'l."personId" = i."personId" and l."usedAt" is not null')
        .where({ consultationId, origin: 'added' })
        .orderBy('i.number')
        .getMany();
      const guests = new Set(added.map((one) => one.id));
      const [guest] = added;
      return {
        now: act.now,
        commissionId: first?.id ?? null,
        consultationId: first?.call?.launchedAt ? consultationId : null,
        lettersSigned: letters.some((one) => one.form === 'in-fine' && one.signedAt !== null),
        lettersSent: Boolean(first?.call?.launchedAt),
        added: added.length,
        addedUnsigned: letters.some((one) => guests.has(one.invitationId ?? '') && one.signedAt === null),
        addedInvited: added.some((one) => one.invitedAt !== null),
        invited: added.filter((one) => one.invitedAt !== null).map((one) => one.personId),
        linkUsed: added.some((one) => one.link),
        ...(await this.own(db, actor, consultationId)),
        confirmedBy: first?.key?.confirmedBy() ?? [],
        opened: Boolean(first?.call?.openedAt),
        people: { ...(await this.people(db)), ...(guest ? { added: { id: guest.personId, name: guest.name } } : {}) },
      };
    });
  }

  private async own(db: EntityManager, actor: Actor, consultationId: string) {
    const own = actor.organisations('bidder');
    if (own.length === 0) return { ownFiles: false, ownReceipt: false };
    const files = db.createQueryBuilder(BidFile, 'f').innerJoin(BidDraft, 'd', 'd.id = f."draftId" and d."consultationId" = :consultationId and d."organisationId" in (:...own)', { consultationId, own });
    return {
      ownFiles: await files.where({ state: 'complete' }).getExists(),
      ownReceipt: await db.existsBy(StoredReceipt, { consultationId, organisationId: In(own), kind: 'deposit' }),
    };
  }

  private async people(db: EntityManager): Promise<GuideFacts['people']> {
    if (this.agents.officer) return this.agents;
    const story = [...demoData().people, ...agirData().people];
    const rows = await db.findBy(Person, { email: In(story.map((one) => one.email)) });
    for (const key of ROLES_OF_THE_STORY) {
      const row = rows.find((one) => one.email === story.find((person) => person.key === key)?.email);
      if (row) this.agents[key] = { id: row.id, name: row.name } satisfies GuidePerson;
    }
    return this.agents;
  }
}
