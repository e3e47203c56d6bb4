import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RemindersService } from '../../src/bids/reminders.service.js';
import { CommissionsService } from '../../src/commissions/commissions.service.js';
import { Mail } from '../../src/platform/mail.js';
import { Outbox } from '../../src/platform/outbox.js';
import { agentsOf, called, seedDepartment } from '../consultations/world.js';
import { type Browser, startApp, type TestApp } from '../support/app.js';

const plain = (text: string) => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/[\s\u00a0\u202f]+/g, ' ');

/** Two departments on two clocks, three organisations of which one is invited by one of them only: each sees its own, from the letter to the end. */
describe('deux départements, trois organisations, par HTTP', () => {
  let t: TestApp;
  const calls: Record<'67' | '974', { id: string; commission: string }> = { '67': { id: '', commission: '' }, '974': { id: '', commission: '' } };
  const who: Record<string, Browser> = {};
  const page = async (name: string, path: string) => plain((await who[name].get(path).expect(200)).text);
  const told = async (kind: string, code: '67' | '974') => (await t.source.manager.findBy(Mail, { kind, consultationId: calls[code].id })).map((one) => one.recipient).toSorted();

  beforeAll(async () => {
    t = await startApp('sqlite');
    const addressees = { '67': 'Alpha ; a@alpha.example\nBêta ; b@beta.example', '974': 'Alpha ; a@alpha.example\nBêta ; b@beta.example\nGamma ; g@gamma.example' };
    for (const code of ['67', '974'] as const) {
      await seedDepartment(t, code);
      const made = await called(t, { code, deadline: '2023-07-26T12:00', addressees: addressees[code], form: { title: `Diagnostic ${code}` } });
      calls[code] = { id: made.consultationId, commission: made.commissionId };
    }
    for (const [name, key] of [['alpha', 'a@alpha.example'], ['bêta', 'b@beta.example'], ['gamma', 'g@gamma.example']]) who[name ?? ''] = await t.browser(key ?? '');
    for (const code of ['67', '974']) for (const role of ['agent', 'signataire', 'ouvreur1', 'ouvreur2']) who[`${role}${code}`] = await t.browser(`${role}@prefecture${code}.example`);
  }, 120_000);
  afterAll(() => t.close());

  it('chacun trouve ses consultations, à l’heure de leur acheteur, et aucune autre', async () => {
    expect(await page('alpha', '/consultations')).toMatch(/Diagnostic 974.*Diagnostic 67|Diagnostic 67.*Diagnostic 974/);
    expect(await page('gamma', '/consultations')).not.toContain('Diagnostic 67');
    expect(await page('alpha', `/consultations/${calls['67'].id}`)).toContain('avant le mercredi 26 juillet 2023 à 12 h 00 , heure de Paris');
    expect(await page('alpha', `/consultations/${calls['974'].id}`)).toContain('avant le mercredi 26 juillet 2023 à 12 h 00 , heure de La Réunion');
    for (const path of ['', '/pli', '/questions', '/echeances.ics']) await who.gamma?.get(`/consultations/${calls['67'].id}${path}`).expect(404);
    for (const path of ['/suivi', '/questions', '/ouverture', '/reglages', '/rappels']) await who.agent974?.get(`/consultations/${calls['67'].id}${path}`).expect(404);
    await who.agent974?.get(`/commandes/${calls['67'].commission}`).expect(404);
  });

  it('une question d’un département reçoit sa réponse dans ce département, sans son auteur', async () => {
    const path = `/consultations/${calls['67'].id}/questions`;
    await who['bêta']?.post(path, { text: 'Quel est le périmètre ?' }).expect(303);
    const [, question = ''] = /questions\/([0-9a-f-]{36})\/repondre/.exec((await who.agent67.get(path).expect(200)).text) ?? [];
    await who.agent974?.post(`${path}/${question}/repondre`, { answer: 'x' }).expect(404);
    await who.agent67?.post(`${path}/${question}/repondre`, { answer: 'Tout le département.' }).expect(303);
    expect(await page('alpha', path)).not.toContain('Tout le département');
    await who.agent67?.post(`${path}/publier`).expect(303);
    expect(await page('alpha', path)).toContain('Tout le département.');
    expect(await page('alpha', path)).not.toContain('Bêta');
    expect(await page('alpha', `/consultations/${calls['974'].id}/questions`)).not.toContain('périmètre');
    expect(await told('notice', '67')).toEqual(['a@alpha.example', 'b@beta.example']);
    expect(await told('notice', '974')).toEqual([]);
  });

  it('un report ne touche que son département ; l’intention ne dit rien du dépôt', async () => {
    const path = `/consultations/${calls['974'].id}`;
    await who.agent974?.post(`${path}/reporter`, { deadline: '2023-07-28T12:00', reason: 'Un document est complété.' }).expect(303);
    expect(await told('notice', '974')).toEqual(['a@alpha.example', 'b@beta.example', 'g@gamma.example']);
    expect(await page('alpha', path)).toContain('vendredi 28 juillet 2023 à 12 h 00 , heure de La Réunion');
    expect(await page('alpha', `/consultations/${calls['67'].id}`)).toContain('mercredi 26 juillet 2023 à 12 h 00');
    await who.gamma?.post(`${path}/intention`, { intent: 'no' }).expect(303);
    expect(await page('agent974', `${path}/suivi`)).toMatch(/Gamma.*ne répondra pas/);
  });

  it('chacun dépose où il est invité, et lit dans ses rappels son seul état', async () => {
    const deposit = async (name: string, code: '67' | '974') => {
      const browser = who[name];
      t.clock.moveTo(new Date(t.clock.now().getTime() + 1000));
      const path = `/consultations/${calls[code].id}/pli`;
      await t.anonymous().post(`${path}/fichiers?_csrf=${browser.csrf}`).set('cookie', `souspli=${browser.token}`).set('accept', 'text/html').attach('files', Buffer.from(`offre de ${name} pour ${code}`), 'Offre.pdf').expect(303);
      const [, key = ''] = /name="idempotencyKey" value="([^"]+)"/.exec((await browser.get(path).expect(200)).text) ?? [];
      const [, receipt = ''] = /^\/recus\/(.+)$/.exec((await browser.post(`${path}/deposer`, { idempotencyKey: key }).expect(303)).headers.location ?? '') ?? [];
      expect(await page(name, `/recus/${receipt}`)).toContain(`Diagnostic ${code}`);
      return receipt;
    };
    const receipt = await deposit('alpha', '67');
    await deposit('alpha', '974');
    await deposit('bêta', '67');
    await who['bêta']?.get(`/recus/${receipt}`).expect(404);
    t.clock.moveTo('2023-07-27T08:00:00Z');
    await t.app.get(RemindersService).tick();
    const mails = await t.source.manager.findBy(Mail, { kind: 'reminder', consultationId: calls['974'].id });
    const said = Object.fromEntries(mails.map((one) => [one.recipient, plain(t.app.get(Outbox).words(one).text)]));
    expect(Object.keys(said).toSorted()).toEqual(['a@alpha.example', 'b@beta.example', 'g@gamma.example']);
    expect(said['a@alpha.example']).toContain('Votre pli est déposé');
    expect(said['b@beta.example']).toContain('Rien n’est déposé');
    expect(await told('reminder', '67')).toEqual([]);
  });

  it('le premier ouvre ses plis sans que l’autre en sache rien ; le second finit sans suite, et chacun l’apprend', async () => {
    const open = `/consultations/${calls['67'].id}/ouverture`;
    await who.ouvreur1974?.post(`${open}/confirmer`, { declaration: 'oui' }).expect(404);
    for (const name of ['ouvreur167', 'ouvreur267']) await who[name]?.post(`${open}/confirmer`, { declaration: 'oui' }).expect(303);
    await who.ouvreur267?.post(`${open}/ouvrir`).expect(303);
    await t.jobs.finishAll();
    expect(await page('agent67', `/consultations/${calls['67'].id}/plis`)).toMatch(/Alpha.*Offre\.pdf.*Bêta.*Offre\.pdf/);
    expect(await page('agent974', `/consultations/${calls['974'].id}/plis`)).not.toContain('Alpha');
    await who.agent974?.get(`/consultations/${calls['67'].id}/plis`).expect(404);
    await who.signataire974?.post(`/commandes/${calls['974'].commission}/abandonner`, { how: 'sans-suite', reason: 'Le besoin a changé (fictif).' }).expect(303);
    await t.jobs.finishAll();
    expect(await told('consultation-ended', '974')).toEqual(['a@alpha.example', 'b@beta.example', 'g@gamma.example']);
    expect(await told('consultation-ended', '67')).toEqual([]);
    expect(await page('gamma', `/consultations/${calls['974'].id}`)).toContain('Terminée sans attribution');
    expect((await t.app.get(CommissionsService).find(await agentsOf(t, '67').officer(), calls['67'].commission)).consultation.status).toBe('opened');
  });
});
