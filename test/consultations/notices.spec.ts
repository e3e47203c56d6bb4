import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommissionEndingService } from '../../src/commissions/ending.service.js';
import { ChangesService } from '../../src/consultations/changes.service.js';
import { Consultation } from '../../src/consultations/consultation.js';
import { Notice, NOTICE_KINDS, type NoticeKind, noticeSubject } from '../../src/consultations/exchange.js';
import { FollowUpService } from '../../src/consultations/follow-up.service.js';
import { NoticesService } from '../../src/consultations/notices.service.js';
import { QuestionsService } from '../../src/consultations/questions.service.js';
import { Delegation, Letter } from '../../src/letters/letter.js';
import { Acts } from '../../src/platform/acts.js';
import { Actor } from '../../src/platform/actor.js';
import { Job } from '../../src/platform/job.js';
import { Mail } from '../../src/platform/mail.js';
import { Mailer, type Message } from '../../src/platform/mailer.js';
import { Outbox } from '../../src/platform/outbox.js';
import { StoredFile } from '../../src/platform/stored-file.js';
import { DATABASES } from '../support/databases.js';
import { PaperlessPrinter, startApp, type TestApp } from '../support/app.js';
import { agentsOf, called, fault, seedDepartment } from './world.js';

it('chaque objet de courriel dit quoi faire, et le même à tous', () => {
  const kinds = Object.keys(NOTICE_KINDS) as NoticeKind[];
  for (const kind of kinds) expect(noticeSubject(kind, false, 'X')).toMatch(/^(Lisez|Notez|N’envoyez plus) .*\u00a0: X$/u);
  expect(noticeSubject('documents', true, 'X')).toContain('confirmez votre pli');
});

describe.each(DATABASES)('les avis et leurs lettres (%s)', (kind) => {
  let t: TestApp;
  let id = '';
  let commissionId = '';
  let officer: Actor;
  let alpha: Actor;
  const printer = new PaperlessPrinter();
  const sent: Message[] = [];
  const get = <T>(type: Function & { prototype: T }): T => t.app.get(type);
  const mails = (mailKind: string) => t.source.manager.find(Mail, { where: { kind: mailKind, consultationId: id }, order: { queuedAt: 'ASC', recipient: 'ASC' } });
  const words = (mail: Mail | undefined) => get(Outbox).words(mail as Mail);

  beforeAll(async () => {
    t = await startApp(kind, { printer });
    await seedDepartment(t, '67');
    ({ consultationId: id, commissionId } = await called(t, { code: '67', deadline: '2023-07-26T23:59', addressees: 'Alpha ; a@alpha.example\nBêta ; b@beta.example' }));
    officer = await agentsOf(t, '67').officer();
    alpha = await t.actor('a@alpha.example');
    t.app.get(Mailer).send = async (message) => void sent.push(message);
  }, 60_000);
  afterAll(() => t.close());

  it('partent avec leur lettre, que le courriel attend si la presse imprime encore', async () => {
    const print = printer.print.bind(printer);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    printer.print = async (sheet) => {
      await held;
      return print(sheet);
    };
    await get(ChangesService).extend(officer, id, { deadline: '2023-07-28T12:00', reason: 'Un document est complété.', questionsBefore: '' });
    const notice = await t.source.manager.findOneByOrFail(Notice, { consultationId: id });
    const running = t.jobs.runDue();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(sent).toHaveLength(0);
    release();
    await running;
    await t.jobs.finishAll();
    Object.assign(printer, { print });
    expect(sent.map((one) => one.attachments.map((file) => file.filename))).toEqual([['avis-1.pdf'], ['avis-1.pdf']]);
    expect(sent[0]?.attachments[0]?.content.toString()).toMatch(/reportée.*avant le\s+28.juillet.2023 à 12h00/s);
    expect(notice.body).toMatch(/Objet[\s\S]*report de la date limite[\s\S]*L’agent chargé de la consultation[\s\S]*DE 67/);
    expect(await t.source.manager.existsBy(StoredFile, { id: notice.id })).toBe(true);
  });

  it('partent quand même si la presse reste en panne : la date compte plus que la lettre', async () => {
    sent.length = 0;
    const print = printer.print.bind(printer);
    printer.print = () => Promise.reject(new Error('press down'));
    await get(ChangesService).rectify(officer, id, { text: 'Une précision.', significant: '' });
    await t.jobs.runDue();
    expect(sent).toHaveLength(0);
    t.clock.moveTo(new Date(t.clock.now().getTime() + 121_000));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await t.jobs.runDue();
    expect(sent.map((one) => one.attachments)).toEqual([[], []]);
    Object.assign(printer, { print });
    // The press is back: the letter is printed for the file.
    await t.source.manager.update(Job, { kind: 'notice.print', state: 'queued' }, { runAt: new Date(0) });
    await t.jobs.finishAll();
    expect(await t.source.manager.countBy(Notice, { consultationId: id })).toBe(2);
    for (const notice of await t.source.manager.findBy(Notice, { consultationId: id })) expect(await t.source.manager.existsBy(StoredFile, { id: notice.id })).toBe(true);
  });

  it('disent les réponses en toutes lettres, sans leur auteur, et à ceux que l’organisation a fait entrer', async () => {
    await get(FollowUpService).addColleague(alpha, id, 'collegue@alpha.example');
    const questions = get(QuestionsService);
    await questions.ask(alpha, id, 'Le rapport est-il <modifiable> ?');
    const [question] = (await questions.list(officer, id)).questions;
    await questions.draft(officer, id, question?.id ?? '', { answer: 'Oui.', publicText: '' });
    await questions.publish(officer, id);
    const told = (await mails('notice')).slice(-3);
    expect(told.map((one) => one.recipient).toSorted()).toEqual(['a@alpha.example', 'b@beta.example', 'collegue@alpha.example']);
    expect(words(told[0]).text).toMatch(/Question 1\s: Le rapport est-il <modifiable> \?\nRéponse\s: Oui\./);
    expect(words(told[0]).html).toContain('&lt;modifiable&gt;');
    for (const mail of told.filter((one) => !one.recipient.includes('alpha'))) expect(words(mail).text).not.toContain('Alpha');
    expect((await t.source.manager.findOneByOrFail(Notice, { consultationId: id, kind: 'answers' })).body).toMatch(/Question 1[\s\S]*Oui\./);
  });

  it('l’heure du lecteur s’ajoute quand elle diffère, et jamais à la place de celle de l’acheteur', async () => {
    await t.app.get(Acts).perform(Actor.system, 'test.zone', async (act) => {
      act.require(true);
      await act.db.query(`update person set "timeZone" = 'Indian/Reunion' where email = 'b@beta.example'`);
    });
    t.clock.moveTo(new Date(t.clock.now().getTime() + 1000));
    await get(ChangesService).rectify(officer, id, { text: 'Une autre précision.', significant: '' });
    const told = (await mails('notice')).slice(-3);
    const textTo = (email: string) => words(told.find((one) => one.recipient === email)).text.replace(/\s/g, ' ');
    expect(textTo('b@beta.example')).toMatch(/avant le vendredi 28 juillet 2023 à 12 h 00, heure de Paris.*Sur vos horloges : vendredi 28 juillet 2023 à 14 h 00, heure de La Réunion/);
    expect(textTo('a@alpha.example')).not.toContain('Sur vos horloges');
  });

  it('le report automatique dit qu’il est automatique', async () => {
    await t.app.get(Acts).perform(Actor.system, 'test.outage', async (act) => {
      act.require(true);
      await get(NoticesService).tell(act, await act.load(Consultation, id), { kind: 'outage', paragraphs: ['Panne.'], significant: false, oldLocalDeadline: '2023-07-26T23:59' });
    });
    expect((await t.source.manager.findOneByOrFail(Notice, { consultationId: id, kind: 'outage' })).body).toContain('Report automatique, selon la règle annoncée au lancement');
  });

  it('la fin sans suite est une lettre signée par délégation, à chaque organisation, avec ses recours', async () => {
    const signatory = await agentsOf(t, '67').signatory();
    const delegation = await t.source.manager.findOneByOrFail(Delegation, { delegateId: signatory.id });
    const end = () => fault(get(CommissionEndingService).abandon(signatory, commissionId, { how: 'sans-suite', reason: 'Le besoin a changé (fictif).' }));
    await t.source.manager.update(Delegation, { id: delegation.id }, { kinds: ['green-light'] });
    expect(await end()).toBe('no-delegation');
    await t.source.manager.update(Delegation, { id: delegation.id }, { kinds: ['invitation'] });
    await t.jobs.finishAll();
    sent.length = 0;
    expect(await end()).toBe('done');
    await t.jobs.finishAll();
    const letters = await t.source.manager.find(Letter, { where: { subjectId: id, kind: 'no-award' }, order: { number: 'ASC' } });
    expect(letters.map((one) => [one.number, one.status, one.signedById === signatory.id, one.chrono !== null, one.fileId !== null])).toEqual([[1, 'sent', true, true, true], [2, 'sent', true, true, true]]);
    expect(letters[0]?.body).toMatch(/Alpha[\s\S]*déclarée sans suite[\s\S]*scellés[\s\S]*R\..421-1[\s\S]*par délégation/);
    const to = (email: string) => sent.find((one) => one.to === email)?.attachments.map((file) => file.content.toString()).join() ?? '';
    expect(to('a@alpha.example')).toContain('Alpha');
    expect(to('a@alpha.example')).not.toContain('Bêta');
    expect(to('b@beta.example')).toContain('Bêta');
    expect(to('collegue@alpha.example')).toContain('Alpha');
  });
});
