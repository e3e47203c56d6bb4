import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { BidUploadsService } from '../../src/bids/uploads.service.js';
import { DepositsService } from '../../src/bids/deposits.service.js';
import { RemindersService } from '../../src/bids/reminders.service.js';
import { ChangesService } from '../../src/consultations/changes.service.js';
import { Reminder } from '../../src/consultations/reminders.js';
import { Mail } from '../../src/platform/mail.js';
import { Outbox } from '../../src/platform/outbox.js';
import { DATABASES } from '../support/databases.js';
import { queriesOf } from '../support/queries.js';
import { launched, startApp, type TestApp } from '../support/app.js';

describe.each(DATABASES)('les rappels de la consultation (%s)', (kind) => {
  let t: TestApp;
  let id = '';
  const reminders = () => t.app.get(RemindersService);
  const mails = () => t.source.manager.findBy(Mail, { kind: 'reminder', consultationId: id });
  const states = async () => (await t.source.manager.find(Reminder, { where: { consultationId: id }, order: { at: 'ASC' } })).map((one) => [one.deadlineVersion, one.offset, one.state]);
  beforeAll(async () => {
    t = await startApp(kind);
    id = (await launched(t)).consultationId;
  }, 60_000);
  afterAll(() => t.close());

  it('partent une fois, à tous les mêmes, chacun avec l’état de son seul dépôt', async () => {
    expect(await reminders().tick()).toBe(0);
    const [passerelle, parcours] = await Promise.all([t.actor('passerelle'), t.actor('parcours')]);
    const uploads = t.app.get(BidUploadsService);
    for (const who of [passerelle, parcours]) {
      await uploads.receive(who, id, { name: 'Offre.pdf', mediaType: 'application/pdf' }, Readable.from([Buffer.from('offre')]));
    }
    await t.app.get(DepositsService).deposit(passerelle, id, 'cle-de-rappel-numero', t.clock.now());
    t.clock.moveTo('2023-07-23T21:59:30.000Z');
    const together = await Promise.all([reminders().tick(), reminders().tick()]);
    expect(together.reduce((a, b) => a + b, 0)).toBe(1);
    expect(await reminders().tick()).toBe(0);
    const sent = await mails();
    expect(sent).toHaveLength(23);
    const words = (organisationId?: string) => t.app.get(Outbox).words(sent.find((one) => one.organisationId === organisationId) as Mail).text;
    expect(words(passerelle.mandates[0]?.organisationId)).toContain('Votre pli est déposé');
    expect(words(parcours.mandates[0]?.organisationId)).toContain('1 fichier, mais rien n’est déposé');
    expect(sent.filter((one) => t.app.get(Outbox).words(one).text.includes('Rien n’est déposé, et votre brouillon est vide'))).toHaveLength(21);
    expect(new Set(sent.map((one) => one.replyTo))).toEqual(new Set(['sebastien.bouche@bas-rhin.gouv.fr']));
    expect(new Set(sent.map((one) => t.app.get(Outbox).words(one).subject)).size).toBe(1);
  });

  it('montrent aux agents ce qui est parti, et rien de ce que chacun a fait', async () => {
    await t.jobs.finishAll();
    const page = await (await t.browser('officer')).get(`/consultations/${id}/rappels`);
    expect(page.text).toContain('Envoyé à tous les invités');
    expect(page.text).not.toMatch(/déposé\.|brouillon contient/);
    expect((await queriesOf(t.source, async () => reminders().show(await t.actor('officer'), id))).length).toBeLessThanOrEqual(7); // the actor's own two included
    expect((await (await t.browser('passerelle')).get(`/consultations/${id}/rappels`)).status).toBe(404);
  });

  it('reprennent après un arrêt : le dernier dû part, les manqués sont notés ; un report les planifie à nouveau', async () => {
    t.clock.moveTo('2023-07-26T18:30:00.000Z'); // stopped since J-3: J-1 was missed, H-4 is due
    expect(await reminders().tick()).toBe(1);
    expect(await states()).toEqual([[1, 'J-3', 'sent'], [1, 'J-1', 'skipped'], [1, 'H-4', 'sent']]);
    await t.app.get(ChangesService).extend(await t.actor('officer'), id, { deadline: '2023-07-28T12:00', reason: 'Document complété.', questionsBefore: '' });
    expect(await reminders().tick()).toBe(0);
    t.clock.moveTo('2023-07-27T10:00:01.000Z');
    expect(await reminders().tick()).toBe(1);
    expect((await states()).filter(([version]) => version === 2)).toEqual([[2, 'J-1', 'sent']]);
    t.clock.moveTo('2023-07-28T10:00:00.000Z');
    expect(await reminders().tick()).toBe(0);
  });
});
