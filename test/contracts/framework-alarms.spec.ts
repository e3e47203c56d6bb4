import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FrameworkAgreement } from '../../src/agreements/framework-agreement.js';
import { FrameworkAlarmsService } from '../../src/contracts/framework-alarms.service.js';
import { SubsequentContract } from '../../src/contracts/subsequent-contract.js';
import { JournalEntry } from '../../src/platform/journal-entry.js';
import { Mail } from '../../src/platform/mail.js';
import { Outbox } from '../../src/platform/outbox.js';
import { DATABASES } from '../support/databases.js';
import { agirWorld, type AgirWorld, officerOf } from './world.js';

/** The two buyers of the Grand Est and the officer of the Bas-Rhin; nobody of the Haut-Rhin, nobody of Paris. */
const TOLD = ['claude.fictif@pfra44.example', 'sacha.exemple@pfra44.example', 'sebastien.bouche@bas-rhin.gouv.fr'];

describe.each(DATABASES)('l’alarme de la fin d’un accord-cadre (%s)', (kind) => {
  let w: AgirWorld;
  beforeAll(async () => {
    w = await agirWorld(kind);
    await officerOf(w.t, '68');
    await officerOf(w.t, '75');
  }, 60_000);
  afterAll(() => w.t.close());

  const tick = () => w.t.app.get(FrameworkAlarmsService).tick();
  const endsOn = (day: string) => w.t.source.manager.update(FrameworkAgreement, { id: w.framework.id }, { endsOn: day });
  const mails = () => w.t.source.manager.find(Mail, { where: { kind: 'framework-ending' }, order: { queuedAt: 'ASC' } });

  it('se tait tant que la fin est loin, et quand tout est signé', async () => {
    await endsOn('2023-10-12'); // 91 days after 13 July
    expect(await tick()).toBe(0);
    await endsOn('2023-10-11');
    await w.t.source.manager.update(SubsequentContract, { id: w.contractId }, { status: 'signed' });
    expect(await tick()).toBe(0);
    await w.t.source.manager.update(SubsequentContract, { id: w.contractId }, { status: 'preparation' });
  });

  it('écrit une fois, à 90 jours, à l’acheteur de la région et à l’agent du département, et le journal le dit', async () => {
    expect(await tick()).toBe(TOLD.length);
    expect(await tick()).toBe(0);
    const sent = await mails();
    expect(sent.map((one) => one.recipient).toSorted()).toEqual(TOLD);
    const { subject, text } = w.t.app.get(Outbox).words(sent[0]);
    expect(subject).toContain('moins de 90 jours');
    expect(text).toMatch(/11\s*octobre\s*2023, dans 90 jours/);
    expect(text).toContain(`Bas-Rhin (67), en préparation`);
    expect(text).toContain(`/marches/${w.contractId}`);
    const [line] = await w.t.source.manager.findBy(JournalEntry, { act: 'framework.alarm' });
    expect(line).toMatchObject({ outcome: 'done', subject: w.framework.id, details: { days: 90, endsOn: '2023-10-11', departments: ['67'], mails: TOLD.length } });
    await w.t.jobs.finishAll();
    expect((await mails()).every((one) => one.state === 'sent')).toBe(true);
  });

  it('recommence à 60, à 30 jours et une fois passée, sans rattraper ce qui est manqué', async () => {
    for (const [at, words] of [['2023-08-12T08:00:00.000Z', 'moins de 60 jours'], ['2023-09-20T08:00:00.000Z', 'moins de 30 jours'], ['2023-10-12T08:00:00.000Z', 'a pris fin']] as const) {
      w.t.clock.moveTo(at);
      expect(await tick()).toBe(TOLD.length);
      expect(await tick()).toBe(0);
      expect(w.t.app.get(Outbox).words((await mails()).at(-1) as Mail).subject).toContain(words);
    }
  });

  it('repart de la nouvelle fin quand l’accord-cadre est reconduit, et une seule fois même à deux serveurs', async () => {
    await endsOn('2023-12-01');
    const sent = await Promise.all([tick(), tick()]);
    expect(sent.toSorted()).toEqual([0, TOLD.length]);
  });
});
