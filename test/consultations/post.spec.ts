import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FollowUpService } from '../../src/consultations/follow-up.service.js';
import { ChangesService } from '../../src/consultations/changes.service.js';
import { showDispatch, takenBy } from '../../src/consultations/exchange.view.js';
import { Job } from '../../src/platform/job.js';
import { Mail } from '../../src/platform/mail.js';
import { Mailer, type Message } from '../../src/platform/mailer.js';
import { DATABASES } from '../support/databases.js';
import { launched, startApp, type TestApp } from '../support/app.js';

describe.each(DATABASES)('la poste (%s)', (kind) => {
  let t: TestApp;
  let id = '';
  const tried: Message[] = [];
  let answer: (message: Message) => void = () => undefined;
  beforeAll(async () => {
    t = await startApp(kind);
    id = (await launched(t)).consultationId;
    t.app.get(Mailer).send = async (message) => {
      tried.push(message);
      answer(message);
    };
  }, 60_000);
  afterAll(() => t.close());
  const hurry = () => t.source.manager.update(Job, { state: 'queued' }, { runAt: new Date(0) });

  it('en panne tout un jour : rien n’est perdu, et chaque message part une fois, avec le même numéro', async () => {
    answer = () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    };
    await t.app.get(ChangesService).rectify(await t.actor('officer'), id, { text: 'Une précision.', significant: '' });
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await t.jobs.runDue();
      await hurry();
    }
    const mails = await t.source.manager.findBy(Mail, { kind: 'notice', consultationId: id });
    expect(mails.map((one) => one.state)).toEqual(Array.from({ length: 23 }, () => 'queued'));
    const numbers = new Set(tried.map((one) => one.messageId));
    expect(numbers.size).toBe(23);
    expect(tried.length).toBeGreaterThanOrEqual(92);
    answer = () => undefined;
    tried.length = 0;
    await hurry();
    await t.jobs.finishAll();
    expect(tried.map((one) => one.messageId).toSorted()).toEqual([...numbers].toSorted());
    expect(tried[0]?.replyTo).toBe('sebastien.bouche@bas-rhin.gouv.fr');
    expect((await t.source.manager.findBy(Mail, { kind: 'notice', consultationId: id })).every((one) => one.state === 'sent')).toBe(true);
    await t.jobs.finishAll();
    expect(tried).toHaveLength(23);
  });

  it('refusé pour toujours par le serveur du destinataire : visible, et réparable', async () => {
    const { invitations } = await t.app.get(FollowUpService).show(await t.actor('officer'), id);
    const target = invitations.find((one) => one.name === 'Horizon amitié');
    answer = (message) => {
      if (message.to.startsWith('faux@')) throw Object.assign(new Error('550 5.1.1 mailbox unavailable'), { responseCode: 550 });
    };
    await t.app.get(FollowUpService).repair(await t.actor('officer'), id, target?.id ?? '', 'faux@horizon-amitie.example');
    await t.jobs.finishAll();
    const after = await t.app.get(FollowUpService).show(await t.actor('officer'), id);
    const shown = showDispatch(after.invitations.find((one) => one.id === target?.id) as never);
    expect(shown).toMatchObject({ state: { label: 'Échec de l’envoi' }, error: '550 5.1.1 mailbox unavailable', mayRepair: true });
    await t.app.get(FollowUpService).repair(await t.actor('officer'), id, target?.id ?? '', 'juste@horizon-amitie.example');
    await t.jobs.finishAll();
    const repaired = await t.app.get(FollowUpService).show(await t.actor('officer'), id);
    expect(showDispatch(repaired.invitations.find((one) => one.id === target?.id) as never).state.label).toBe('Envoyée');
  });

  it('revenu plus tard : l’agent le dit, la page le montre, et la même lettre repart à la bonne adresse', async () => {
    const officer = await t.browser('officer');
    const page = async () => (await officer.get(`/consultations/${id}/suivi`).expect(200)).text;
    const dispatch = async () => (await t.app.get(FollowUpService).show(await t.actor('officer'), id)).invitations.find((one) => one.email === 'juste@horizon-amitie.example');
    const target = await dispatch();
    const url = `/consultations/${id}/invitations/${target?.id}`;
    await (await t.browser('passerelle')).post(`${url}/revenu`).expect(404);
    await officer.post(`${url}/revenu`).expect(303);
    expect(await page()).toMatch(/Des courriels ne sont pas arrivés[\s\S]*Courriel revenu/);
    await officer.post(`${url}/adresse`, { email: 'juste@horizon-amitie.example' }).expect(303);
    await t.jobs.finishAll();
    const again = await dispatch();
    expect(again).toMatchObject({ bouncedAt: null, mail: { state: 'sent', kind: 'invitation-again' } });
    expect(again?.mail?.id).not.toBe(target?.mail?.id);
    expect(again?.mail?.attachments).toEqual(target?.mail?.attachments);
    expect(await page()).not.toContain('Courriel revenu');
  });

  it('ne se dit pas revenu d’une organisation qui a lu ; les documents retirés se comptent par destinataire', async () => {
    const bidder = await t.browser('passerelle');
    const [document] = (await t.app.get(FollowUpService).show(await t.actor('officer'), id)).documents;
    await bidder.get(`/consultations/${id}`).expect(200);
    await bidder.get(`/consultations/${id}/documents/${document?.id}`).expect(200);
    const officer = await t.actor('officer');
    const { invitations, withdrawals, documents } = await t.app.get(FollowUpService).show(officer, id);
    const target = invitations.find((one) => one.openedAt !== null);
    expect(takenBy(target as never, withdrawals, documents)).toEqual({ taken: 1, of: 2 });
    await expect(t.app.get(FollowUpService).bounced(officer, id, target?.id ?? '')).rejects.toMatchObject({ code: 'already-entered' });
    const csv = (await (await t.browser('officer')).get(`/consultations/${id}/retraits.csv`).expect(200)).text;
    expect(csv).toMatch(/Organisation;Personne;Document;Retiré le[\s\S]*Passerelle/);
  });
});
