import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { departmentOf, minutesDown, movedDeadline, outagesOf } from '../../src/consultations/outage.js';
import { Consultation, DeadlineVersion } from '../../src/consultations/consultation.js';
import { Heartbeat } from '../../src/consultations/outage.js';
import { FollowUpService } from '../../src/consultations/follow-up.service.js';
import { Notice } from '../../src/consultations/exchange.js';
import { WatchService } from '../../src/consultations/watch.service.js';
import { CommissionEndingService } from '../../src/commissions/ending.service.js';
import { CommissionsService } from '../../src/commissions/commissions.service.js';
import { Mail } from '../../src/platform/mail.js';
import { Acts } from '../../src/platform/acts.js';
import { Actor } from '../../src/platform/actor.js';
import { Clock, machineNow } from '../../src/platform/clock.js';
import { JournalEntry } from '../../src/platform/journal-entry.js';
import { Log } from '../../src/platform/log.js';
import { NoticesService } from '../../src/consultations/notices.service.js';
import { Random } from '../../src/platform/random.js';
import { Custodian } from '../../src/sealing/custodian.js';
import { SealingKey } from '../../src/sealing/sealing-key.js';
import { DATABASES } from '../support/databases.js';
import { launched, startApp, type TestApp } from '../support/app.js';

const at = (iso: string) => new Date(iso);

describe('une panne', () => {
  it('est du temps de machine sans battement ; un saut de l’horloge de démonstration n’en est pas une', () => {
    const beat = (machine: string, legal: string) => ({ machineAt: at(machine), legalAt: at(legal) });
    expect(outagesOf([beat('2023-01-01T10:00:00Z', '2023-07-26T20:00:00Z'), beat('2023-01-01T10:00:30Z', '2023-07-26T20:00:30Z'), beat('2023-01-01T10:10:30Z', '2023-07-26T20:10:30Z')])).toEqual([{ from: at('2023-07-26T20:00:30Z'), to: at('2023-07-26T20:10:30Z') }]);
    expect(outagesOf([beat('2023-01-01T10:00:00Z', '2023-07-26T20:00:00Z'), beat('2023-01-01T10:00:30Z', '2023-07-27T20:00:00Z')])).toEqual([]);
    expect(outagesOf([])).toEqual([]);
  });

  it('ne compte que dans les dernières heures, et jusqu’à la date limite', () => {
    const deadline = at('2023-07-26T22:00:00Z');
    const outage = (from: string, to: string) => [{ from: at(from), to: at(to) }];
    expect(minutesDown(outage('2023-07-26T21:50:00Z', '2023-07-26T23:00:00Z'), deadline, 1)).toBe(10);
    expect(minutesDown(outage('2023-07-26T20:30:00Z', '2023-07-26T21:10:00Z'), deadline, 1)).toBe(10);
    expect(minutesDown(outage('2023-07-26T19:00:00Z', '2023-07-26T20:00:00Z'), deadline, 1)).toBe(0);
    expect(minutesDown(outage('2023-07-26T21:59:00.001Z', '2023-07-26T22:10:00Z'), deadline, 1)).toBe(0);
  });

  it('ne compte pas deux fois ce qui a déjà reporté la date', () => {
    const outage = [{ from: at('2023-07-26T20:00:00Z'), to: at('2023-07-26T21:00:00Z') }];
    expect(minutesDown(outage, at('2023-07-27T10:00:00Z'), 24)).toBe(60);
    expect(minutesDown(outage, at('2023-07-27T10:00:00Z'), 24, at('2023-07-26T21:00:00Z'))).toBe(0);
  });

  it('ne reporte plus rien d’une consultation ouverte, attribuée ou abandonnée', () => {
    for (const status of ['draft', 'opened', 'awarded', 'abandoned'] as const) {
      const call = Object.assign(new Consultation(), { id: 'c', status, timeZone: 'Europe/Paris', localDeadline: '2023-07-26T23:59', deadline: at('2023-07-26T21:59:00Z'), deadlineVersion: 1 });
      expect(() => call.moveAfterOutage('2023-07-28T12:00', 'Panne', at('2023-07-26T22:05:00Z'))).toThrow('n’est pas en cours');
      expect([call.localDeadline, call.deadlineVersion]).toEqual(['2023-07-26T23:59', 1]);
    }
  });

  it('suit les jours fériés du siège de l’acheteur, outre-mer compris', () => {
    expect(departmentOf({ territory: '67', place: 'Strasbourg' })).toBe('67');
    expect(departmentOf({ territory: 'R44', place: 'Strasbourg' })).toBe('67');
    expect(departmentOf({ territory: 'R04', place: 'Saint-Denis' })).toBe('974');
    // 20 December 2023, abolition of slavery in La Réunion.
    expect(movedDeadline({ deadline: at('2023-12-19T08:00:00Z'), timeZone: 'Indian/Reunion' }, '974', at('2023-12-19T08:30:00Z'))).toBe('2023-12-21T12:00');
  });

  it('reporte au jour ouvré suivant à 12 h, fériés du département compris', () => {
    const call = (deadline: string) => ({ deadline: at(deadline), timeZone: 'Europe/Paris' });
    expect(movedDeadline(call('2023-07-13T21:59:00Z'), '75', at('2023-07-13T22:00:00Z'))).toBe('2023-07-17T12:00');
    expect(movedDeadline(call('2023-12-22T11:00:00Z'), '67', at('2023-12-22T11:00:00Z'))).toBe('2023-12-27T12:00');
    expect(movedDeadline(call('2023-12-22T11:00:00Z'), '75', at('2023-12-22T11:00:00Z'))).toBe('2023-12-26T12:00');
  });
});

describe.each(DATABASES)('la règle automatique, et la fin sans suite (%s)', (kind) => {
  let t: TestApp;
  let ids: Awaited<ReturnType<typeof launched>>;
  beforeAll(async () => {
    t = await startApp(kind);
    ids = await launched(t);
  }, 60_000);
  afterAll(() => t.close());

  it('s’applique au redémarrage, même après la date limite, une seule fois, avant toute ouverture', async () => {
    await t.app.get(Acts).perform(Actor.system, 'test.rule', async (act) => {
      act.require(true);
      await act.db.update(Consultation, { id: ids.consultationId }, { outageRule: { minutes: 30, hours: 4 } });
    });
    // Four hours before the deadline of a call launched since: nobody was kept from bidding.
    const { launchedAt } = await t.source.manager.findOneByOrFail(Consultation, { id: ids.consultationId });
    await t.source.manager.update(Consultation, { id: ids.consultationId }, { launchedAt: at('2023-07-26T21:00:00Z') });
    expect(await t.app.get(WatchService).applyRules([{ from: at('2023-07-26T19:00:00Z'), to: at('2023-07-26T21:00:00Z') }])).toBe(0);
    await t.source.manager.update(Consultation, { id: ids.consultationId }, { launchedAt });
    t.clock.moveTo('2023-07-26T22:05:00.000Z'); // five minutes after the deadline
    const watch = t.app.get(WatchService);
    expect(await watch.applyRules([{ from: at('2023-07-26T21:40:00Z'), to: at('2023-07-26T22:05:00Z') }])).toBe(0); // 19 minutes before the deadline
    const outage = [{ from: at('2023-07-26T21:00:00Z'), to: at('2023-07-26T22:05:00Z') }];
    expect(await watch.applyRules(outage)).toBe(1);
    expect(await watch.applyRules(outage)).toBe(0);
    const consultation = await t.source.manager.findOneByOrFail(Consultation, { id: ids.consultationId });
    expect(consultation).toMatchObject({ localDeadline: '2023-07-28T12:00', deadlineVersion: 2, status: 'launched' });
    expect((await t.source.manager.findOneByOrFail(SealingKey, { id: ids.consultationId })).notBefore).toEqual(consultation.opensAt);
    expect(await t.source.manager.countBy(DeadlineVersion, { consultationId: ids.consultationId })).toBe(2);
    expect(await t.source.manager.countBy(Mail, { kind: 'notice', consultationId: ids.consultationId })).toBe(23);
    expect((await t.source.manager.findOneByOrFail(Notice, { consultationId: ids.consultationId })).text).toContain('59 minutes');
  });

  it('ne se répète pas : la même panne, dans les dernières heures de la nouvelle date, ne la reporte plus', async () => {
    await t.source.manager.update(Consultation, { id: ids.consultationId }, { outageRule: { minutes: 30, hours: 48 } });
    const lines = await t.source.manager.countBy(JournalEntry, { act: 'consultation.outage' });
    const watch = t.app.get(WatchService);
    expect(await watch.applyRules([{ from: at('2023-07-26T21:00:00Z'), to: at('2023-07-26T22:05:00Z') }])).toBe(0);
    expect(await t.source.manager.countBy(JournalEntry, { act: 'consultation.outage' })).toBe(lines); // nor does it fill the journal at each beat
    t.clock.moveTo('2023-07-28T08:00:00.000Z');
    expect(await watch.applyRules([{ from: at('2023-07-28T07:00:00Z'), to: at('2023-07-28T08:00:00Z') }])).toBe(1); // another one does
  });

  it('bat sans journal ni acte', async () => {
    const lines = await t.source.manager.count(JournalEntry);
    expect(await t.app.get(WatchService).beat()).toBe(0);
    expect(await t.source.manager.count(Heartbeat)).toBe(1);
    expect(await t.source.manager.count(JournalEntry)).toBe(lines);
  });

  it('voit un silence de dix jours au redémarrage, et l’applique avant la première requête', async () => {
    const { deadline } = await t.source.manager.findOneByOrFail(Consultation, { id: ids.consultationId });
    const before = new Date(deadline.getTime() - 3_600_000);
    t.clock.moveTo(new Date(deadline.getTime() + 10 * 86_400_000));
    await t.source.manager.deleteAll(Heartbeat);
    const silent = t.clock.now().getTime() - before.getTime();
    await t.source.manager.insert(Heartbeat, { id: 'last-sign-of-life', machineAt: new Date(machineNow().getTime() - silent), legalAt: before });
    const get = <T>(type: Function & { prototype: T }): T => t.app.get(type);
    const restarted = new WatchService(t.source, get(Acts), get(NoticesService), get(Custodian), get(Clock), get(Random), get(Log));
    expect(await restarted.beat()).toBe(1);
    expect(await restarted.beat()).toBe(0);
    const moved = await t.source.manager.findOneByOrFail(Consultation, { id: ids.consultationId });
    expect(moved.deadline.getTime()).toBeGreaterThan(t.clock.now().getTime());
    expect(moved.localDeadline.slice(11)).toBe('12:00');
  });

  it('une commande se copie : mêmes mots, mêmes destinataires, autre date', async () => {
    const [officer, signatory] = await Promise.all([t.actor('officer'), t.actor('signatory')]);
    const ending = t.app.get(CommissionEndingService);
    await expect(ending.copy(signatory, ids.commissionId, { deadline: '2023-09-01T12:00' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(ending.copy(officer, ids.commissionId, { deadline: '2023-01-01T12:00' })).rejects.toMatchObject({ errors: [{ field: 'deadline' }] });
    const { id } = await ending.copy(officer, ids.commissionId, { deadline: '2023-09-01T12:00' });
    const copy = await t.app.get(CommissionsService).find(officer, id);
    expect(copy.commission).toMatchObject({ status: 'draft', title: 'Diagnostic pré-opérationnel AGIR' });
    expect(copy.invitations).toHaveLength(18);
    expect(copy.invitations.every((one) => one.invitedAt === null)).toBe(true);
    expect(copy.commission.missing({ addressees: 18, openers: 2, quorum: 2, inTime: true })).toEqual([]);
  });

  it('une commande envoyée finit sans suite par décision du signataire ; chacun est prévenu, les plis restent scellés', async () => {
    const [officer, signatory] = await Promise.all([t.actor('officer'), t.actor('signatory')]);
    const ending = t.app.get(CommissionEndingService);
    const form = { how: 'sans-suite' as const, reason: 'Le besoin a changé (fictif).' };
    await expect(ending.abandon(officer, ids.commissionId, form)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(ending.abandon(signatory, ids.commissionId, { ...form, reason: '' })).rejects.toMatchObject({ errors: [{ field: 'reason' }] });
    await ending.abandon(signatory, ids.commissionId, form);
    await expect(ending.abandon(signatory, ids.commissionId, form)).rejects.toMatchObject({ code: 'wrong-state' });
    expect(await t.source.manager.countBy(Mail, { kind: 'consultation-ended', consultationId: ids.consultationId })).toBe(23);
    const page = await (await t.browser('officer')).get(`/commandes/${ids.commissionId}`);
    expect(page.text).toContain('Le besoin a changé');
    await t.jobs.finishAll();
    const bidder = await t.browser('parcours');
    expect((await bidder.get(`/consultations/${ids.consultationId}`)).text).toContain('sans suite');
    expect((await bidder.get(`/consultations/${ids.consultationId}/avis/2.pdf`)).status).toBe(200);
    // Before its date, but over: nobody says any more whether they intend to answer.
    t.clock.moveTo(new Date((await t.source.manager.findOneByOrFail(Consultation, { id: ids.consultationId })).deadline.getTime() - 60_000));
    await expect(t.app.get(FollowUpService).intent(await t.actor('parcours'), ids.consultationId, 'yes')).rejects.toMatchObject({ code: 'not-open' });
  });
});
