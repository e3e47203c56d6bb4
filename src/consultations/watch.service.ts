import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, LessThan, MoreThanOrEqual } from 'typeorm';
import { Authority } from '../people/people.js';
import { Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { Clock, machineNow } from '../platform/clock.js';
import { Log } from '../platform/log.js';
import { Random } from '../platform/random.js';
import { Custodian } from '../sealing/custodian.js';
import { Consultation } from './consultation.js';
import { NoticesService } from './notices.service.js';
import { BEAT_MS, Heartbeat, minutesDown, movedDeadline, type Outage, outagesOf } from './outage.js';

const KEPT_MS = 400 * 86_400_000;
const WATCHED_MS = 4 * 86_400_000;

/** Signs of life, and the automatic rule that some calls announced. Machine bookkeeping: heartbeats are no acts (decisions.md 5). */
@Injectable()
export class WatchService implements OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly source: DataSource,
    private readonly acts: Acts,
    private readonly notices: NoticesService,
    private readonly custodian: Custodian,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly log: Log,
  ) {}

  /** At once, before the first request: a rule is applied on restart even past the old deadline. */
  async start() {
    const turn = async () => {
      await this.beat().catch((error: unknown) => this.log.error('heartbeat', error));
      this.timer = setTimeout(() => void turn(), BEAT_MS).unref();
    };
    await turn();
  }

  onApplicationShutdown() {
    clearTimeout(this.timer);
  }

  /** One sign of life; then the rules that an outage may have triggered. @returns how many deadlines moved */
  async beat(): Promise<number> {
    const machineAt = machineNow();
    await this.source.manager.insert(Heartbeat, { id: this.random.id(), machineAt, legalAt: this.clock.now() });
    await this.source.manager.delete(Heartbeat, { machineAt: LessThan(new Date(machineAt.getTime() - KEPT_MS)) });
    const beats = await this.source.manager.find(Heartbeat, { where: { machineAt: MoreThanOrEqual(new Date(machineAt.getTime() - WATCHED_MS)) }, order: { machineAt: 'ASC' } });
    const outages = outagesOf(beats);
    return outages.length > 0 ? this.applyRules(outages) : 0;
  }

  /** Moves each deadline whose announced rule an outage has met, once per deadline version, before anything opens. */
  async applyRules(outages: readonly Outage[]): Promise<number> {
    const open = await this.acts.look(Actor.system, 'consultation.watched', (act) => {
      act.see(act.actor.isSystem);
      return act.db.findBy(Consultation, { status: 'launched' });
    });
    let moved = 0;
    for (const { id, outageRule, deadline } of open) {
      if (outageRule && minutesDown(outages, deadline, outageRule.hours) >= outageRule.minutes && (await this.move(id, outages))) moved += 1;
    }
    return moved;
  }

  private move(id: string, outages: readonly Outage[]): Promise<boolean> {
    return this.acts.perform(Actor.system, 'consultation.outage', async (act) => {
      act.require(act.actor.isSystem);
      const consultation = await act.load(Consultation, id);
      act.on(id);
      const rule = consultation.outageRule;
      const minutes = rule ? minutesDown(outages, consultation.deadline, rule.hours) : 0;
      // Read again under the lock: another process may have applied it, or the bids may have been opened.
      if (!rule || minutes < rule.minutes || consultation.status !== 'launched') return false;
      const authority = await act.db.findOneByOrFail(Authority, { id: consultation.authorityId });
      const oldLocalDeadline = consultation.localDeadline;
      const department = /^\d/.test(authority.territory) ? authority.territory : '75';
      const reason = `Panne de la plateforme : ${minutes} minutes dans les ${rule.hours} dernières heures. La règle annoncée au lancement reporte la date limite.`;
      const version = consultation.moveAfterOutage(movedDeadline(consultation, department, act.now), reason, act.now);
      await this.custodian.postpone(act, id, consultation.opensAt);
      await act.add(version);
      await act.db.save(consultation);
      await this.notices.tell(act, consultation, { kind: 'outage', paragraphs: [reason], significant: false, oldLocalDeadline });
      act.record({ minutes, from: oldLocalDeadline, to: consultation.localDeadline });
      return true;
    });
  }
}
