import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChangesService } from '../../src/consultations/changes.service.js';
import { Consultation, DeadlineVersion } from '../../src/consultations/consultation.js';
import { Notice } from '../../src/consultations/exchange.js';
import { Acts } from '../../src/platform/acts.js';
import { Actor } from '../../src/platform/actor.js';
import { Mail } from '../../src/platform/mail.js';
import { SealingKey } from '../../src/sealing/sealing-key.js';
import { agentsOf, called, fault, seedDepartment } from './world.js';
import { startApp, type TestApp } from '../support/app.js';
import { DATABASES } from '../support/databases.js';

const DEADLINE = '2023-07-26T21:59:00.000Z';

/** « An extension posted while the deadline passes: either fully before or refused » (R2151-4). */
describe.each(DATABASES)('un report posté pendant que la date limite passe (%s)', (kind) => {
  let t: TestApp;
  let officer: Actor;
  beforeAll(async () => {
    t = await startApp(kind);
    await seedDepartment(t, '67');
    officer = await agentsOf(t, '67').officer();
  }, 60_000);
  afterAll(() => t.close());

  const call = async () => (await called(t, { code: '67', deadline: '2023-07-26T23:59', addressees: 'Alpha ; a@alpha.example\nBêta ; b@beta.example' })).consultationId;
  const extend = (id: string, deadline: string) => fault(t.app.get(ChangesService).extend(officer, id, { deadline, reason: 'Un document est complété.', questionsBefore: '' }));
  const state = async (id: string) => {
    const { manager } = t.source;
    const { localDeadline, deadlineVersion } = await manager.findOneByOrFail(Consultation, { id });
    return { localDeadline, deadlineVersion, versions: await manager.countBy(DeadlineVersion, { consultationId: id }), notices: await manager.countBy(Notice, { consultationId: id }), mails: await manager.countBy(Mail, { consultationId: id, kind: 'notice' }), notBefore: (await manager.findOneByOrFail(SealingKey, { id })).notBefore.toISOString() };
  };
  const untouched = { localDeadline: '2023-07-26T23:59', deadlineVersion: 1, versions: 1, notices: 0, mails: 0, notBefore: '2023-07-26T22:59:00.000Z' };

  /** Holds the consultation as another act would, until `work` has been sent behind it. */
  const behind = async <T>(id: string, work: () => Promise<T>, meanwhile: () => void): Promise<T> => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let locked: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => (locked = resolve));
    const holder = t.app.get(Acts).perform(Actor.system, 'test.hold', async (act) => {
      act.require(act.actor.isSystem);
      await act.load(Consultation, id);
      locked();
      await held;
    });
    await ready;
    const result = work();
    await new Promise((resolve) => setTimeout(resolve, 50));
    meanwhile();
    release();
    await holder;
    return result;
  };

  it('posté avant, arrivé derrière un autre acte après elle : refusé en entier, rien n’a bougé', async () => {
    const id = await call();
    t.clock.moveTo('2023-07-26T21:58:59.999Z');
    expect(await behind(id, () => extend(id, '2023-07-28T12:00'), () => t.clock.moveTo(DEADLINE))).toBe('deadline-passed');
    expect(await state(id)).toEqual(untouched);
  });

  it('à l’instant même de la date limite : refusé', async () => {
    const [id] = (await t.source.manager.find(Consultation)).map((one) => one.id);
    expect(await extend(id ?? '', '2023-07-28T12:00')).toBe('deadline-passed');
    expect(await state(id ?? '')).toEqual(untouched);
  });
});

describe.each(DATABASES)('un report posté juste avant la date limite (%s)', (kind) => {
  it('est fait en entier ; deux à la fois ne la reculent pas', async () => {
    const t = await startApp(kind);
    try {
      await seedDepartment(t, '67');
      const officer = await agentsOf(t, '67').officer();
      const { consultationId: id } = await called(t, { code: '67', deadline: '2023-07-26T23:59', addressees: 'Alpha ; a@alpha.example\nBêta ; b@beta.example' });
      t.clock.moveTo('2023-07-26T21:58:59.999Z');
      const extend = (deadline: string) => fault(t.app.get(ChangesService).extend(officer, id, { deadline, reason: 'x', questionsBefore: '' }));
      const results = await Promise.all([extend('2023-07-28T12:00'), extend('2023-07-28T12:00'), extend('2023-07-27T12:00')]);
      const after = await t.source.manager.findOneByOrFail(Consultation, { id });
      expect(after.localDeadline).toBe('2023-07-28T12:00');
      // Whatever the order: each one done is later than the one before, and the same date twice is not.
      const done = results.filter((one) => one === 'done').length;
      expect(results[2] === 'done' ? done : done + 1).toBe(2);
      expect(await t.source.manager.countBy(DeadlineVersion, { consultationId: id })).toBe(1 + done);
      expect(await t.source.manager.countBy(Mail, { consultationId: id, kind: 'notice' })).toBe(2 * done);
      expect((await t.source.manager.findOneByOrFail(SealingKey, { id })).notBefore).toEqual(after.opensAt);
    } finally {
      await t.close();
    }
  }, 60_000);
});
