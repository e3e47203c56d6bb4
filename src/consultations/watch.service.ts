import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, In, LessThan, LessThanOrEqual, MoreThan } from 'typeorm';
import { Authority } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { Clock, machineNow } from '../platform/clock.js';
import { Log } from '../platform/log.js';
import { Random } from '../platform/random.js';
import { Custodian } from '../sealing/custodian.js';
import { Consultation } from './consultation.js';
import { Notice } from './exchange.js';
import { NoticesService } from './notices.service.js';
import { BEAT_MS, departmentOf, Heartbeat, minutesDown, MOST_HOURS, movedDeadline, type Outage, outagesOf, sinceLast } from './outage.js';

const KEPT_MS = 400 * 86_400_000;
const WATCHED_MS = MOST_HOURS * 3_600_000;

/** Signs of life, and the automatic rule that some calls announced. Machine bookkeeping: heartbeats are no acts (decisions.md 5). */
@Injectable()
export class WatchService implements OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private started = false;
  private last: Heartbeat | null = null;
  private outages: Outage[] = [];

  constructor(
    private readonly source: DataSource,
    private readonly acts: Acts,
    private readonly notices: NoticesService,
    private readonly custodian: Custodian,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly log: Log,
  ) {}

  /** At once, before the first request: a rule is applied on restart even past the old deadline. Started again, it goes on. */
  async start() {
    if (this.started) return;
    this.started = true;
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
    const legalAt = this.clock.now();
    const [last] = await this.source.manager.find(Heartbeat, { order: { machineAt: 'DESC' }, take: 1 });
    await this.source.manager.insert(Heartbeat, { id: this.random.id(), machineAt, legalAt, ...sinceLast(last, machineAt, legalAt) });
    await this.source.manager.delete(Heartbeat, { machineAt: LessThan(new Date(machineAt.getTime() - KEPT_MS)) });
    await this.look(machineAt);
    return this.outages.length > 0 ? this.applyRules(this.outages) : 0;
  }

  /** Silences since the last beat that was seen, whichever instance beat. However long one is, it starts at the beat before it. */
  private async look(machineAt: Date) {
    const { manager } = this.source;
    const start = new Date(machineAt.getTime() - WATCHED_MS);
    this.last ??= await manager.findOne(Heartbeat, { where: { machineAt: LessThanOrEqual(start) }, order: { machineAt: 'DESC' } });
    const since = this.last && this.last.machineAt > start ? this.last.machineAt : start;
    const beats = await manager.find(Heartbeat, { where: { machineAt: MoreThan(since) }, order: { machineAt: 'ASC' } });
    const all = this.last ? [this.last, ...beats] : beats;
    this.last = all.at(-1) ?? null;
    const now = this.clock.now().getTime();
    this.outages = [...this.outages, ...outagesOf(all)].filter((one) => now - one.to.getTime() < WATCHED_MS);
  }

  /** Moves each deadline whose announced rule an outage has met, once per deadline version, before anything opens. */
  async applyRules(outages: readonly Outage[]): Promise<number> {
    const open = await this.acts.look(Actor.system, 'consultation.watched', async (act) => {
      act.see(act.actor.isSystem);
      const ruled = (await act.db.findBy(Consultation, { status: 'launched' })).filter((one) => one.outageRule !== null);
      const since = await movedSince(act, ruled.map((one) => one.id));
      return ruled.filter((one) => isMet(one, outages, since.get(one.id)));
    });
    let moved = 0;
    for (const { id } of open) if (await this.move(id, outages)) moved += 1;
    return moved;
  }

  private move(id: string, outages: readonly Outage[]): Promise<boolean> {
    return this.acts.perform(Actor.system, 'consultation.outage', async (act) => {
      act.require(act.actor.isSystem);
      const consultation = await act.load(Consultation, id);
      act.on(id);
      const rule = consultation.outageRule;
      const since = (await movedSince(act, [id])).get(id);
      // Read again under the lock: another process may have applied it, or the bids may have been opened.
      if (!rule || consultation.status !== 'launched' || !isMet(consultation, outages, since)) return false;
      const minutes = minutesDown(outages, consultation.deadline, rule.hours, since ?? consultation.launchedAt);
      const authority = await act.db.findOneByOrFail(Authority, { id: consultation.authorityId });
      const oldLocalDeadline = consultation.localDeadline;
      const reason = `Panne de la plateforme : ${minutes} minutes dans les ${rule.hours} dernières heures. La règle annoncée au lancement reporte la date limite.`;
      const version = consultation.moveAfterOutage(movedDeadline(consultation, departmentOf(authority), act.now), reason, act.now);
      await this.custodian.postpone(act, id, consultation.opensAt);
      await act.add(version);
      await act.db.save(consultation);
      await this.notices.tell(act, consultation, { kind: 'outage', paragraphs: [reason], significant: false, oldLocalDeadline });
      act.record({ minutes, from: oldLocalDeadline, to: consultation.localDeadline });
      return true;
    });
  }
}

/** A silence before the launch kept nobody from bidding: only what was announced counts. */
const isMet = ({ outageRule, deadline, launchedAt }: Consultation, outages: readonly Outage[], since?: Date) => outageRule !== null && minutesDown(outages, deadline, outageRule.hours, since ?? launchedAt) >= outageRule.minutes;

/** When each deadline last moved after an outage: the same silence never moves it twice. */
async function movedSince(act: Act, ids: readonly string[]): Promise<Map<string, Date>> {
  const notices = await act.db.find(Notice, { where: { consultationId: In([...ids, '-']), kind: 'outage' }, select: { id: true, consultationId: true, at: true }, order: { at: 'ASC' } });
  return new Map(notices.map((one) => [one.consultationId, one.at]));
}
