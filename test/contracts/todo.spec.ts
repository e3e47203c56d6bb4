import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { QuestionsService } from '../../src/consultations/questions.service.js';
import { FrameworkAgreement } from '../../src/agreements/framework-agreement.js';
import { SendingService } from '../../src/commissions/sending.service.js';
import { SignatureService } from '../../src/commissions/signature.service.js';
import { TodoService } from '../../src/contracts/todo.service.js';
import { agirWorld, fillIn, greenLightFor67, shareDiagnostic } from './world.js';
import { DATABASES } from '../support/databases.js';
import { queriesOf } from '../support/queries.js';
import { atSignature, launched, startApp, type TestApp } from '../support/app.js';

describe.each(DATABASES)('ce qui est à faire (%s)', (kind) => {
  let t: TestApp;
  let id = '';
  const whats = async (key: string) => (await t.app.get(TodoService).list(await t.actor(key))).todos.map((one) => one.what);
  beforeAll(async () => {
    t = await startApp(kind);
    id = (await launched(t)).consultationId;
  }, 60_000);
  afterAll(() => t.close());

  it('change avec le temps et les personnes, du plus pressé au moins pressé', async () => {
    expect(await whats('officer')).toEqual([]);
    expect(await whats('passerelle')).toEqual(['Offre à remettre']);
    await t.app.get(QuestionsService).ask(await t.actor('passerelle'), id, 'Une question ?');
    t.clock.moveTo('2023-07-20T08:00:00.000Z');
    expect(await whats('officer')).toEqual(['1 question sans réponse publiée', 'Clôture prochaine']);
    t.clock.moveTo('2023-07-27T07:00:00.000Z');
    expect((await whats('opener1'))[0]).toBe('Plis à ouvrir');
    expect(await whats('passerelle')).toEqual([]);
    expect((await queriesOf(t.source, async () => t.app.get(TodoService).list(await t.actor('officer')))).length).toBeLessThanOrEqual(7); // the actor's own two included
    expect((await (await t.browser('officer')).get('/a-faire')).text).toContain('Plis à ouvrir');
    expect((await (await t.browser('admin')).get('/a-faire')).status).toBe(404);
  });
});

it('alarme avant la fin de l’accord-cadre tant qu’une consultation est ouverte', async () => {
  const w = await agirWorld('sqlite');
  try {
    await fillIn(w);
    await w.greenLights.give(w.who.ministry, w.framework.id, greenLightFor67);
    await shareDiagnostic(w);
    await w.signing.submit(w.who.buyer, w.contractId);
    await w.signing.sign(w.who.sgar, w.contractId);
    await w.t.jobs.finishAll();
    expect((await w.t.app.get(TodoService).list(w.who.buyer)).todos.map((one) => one.what)).toEqual([expect.stringMatching(/^Consultation à lancer/)]);
    await w.launching.launch(w.who.buyer, w.contractId);
    const todos = async () => (await w.t.app.get(TodoService).list(w.who.buyer)).todos.map((one) => one.what);
    expect(await todos()).toEqual([]);
    for (const [endsOn, words] of [['2023-10-10', 'moins de 90 jours'], ['2023-09-10', 'moins de 60 jours'], ['2023-08-10', 'moins de 30 jours'], ['2023-07-12', 'ne peut plus être signé']] as const) {
      await w.t.source.manager.update(FrameworkAgreement, { id: w.framework.id }, { endsOn });
      expect((await todos()).join()).toContain(words);
    }
  } finally {
    await w.t.close();
  }
}, 60_000);

it('montre au signataire ses lettres, puis à l’agent celles qui sont signées et attendent d’être envoyées', async () => {
  const t = await startApp('sqlite');
  try {
    const commissionId = await atSignature(t);
    expect((await t.app.get(TodoService).list(await t.actor('signatory'))).todos.map((one) => one.what)).toEqual(['20\u00a0lettres à signer']);
    const officer = async () => (await t.app.get(TodoService).list(await t.actor('officer'))).todos.map((one) => [one.what, one.href]);
    expect(await officer()).toEqual([]);
    await t.app.get(SignatureService).sign(await t.actor('signatory'), commissionId);
    expect(await officer()).toEqual([['20\u00a0lettres signées à envoyer', `/commandes/${commissionId}/lettres`]]);
    expect((await t.app.get(TodoService).list(await t.actor('signatory'))).todos).toEqual([]);
    await t.jobs.finishAll();
    await t.app.get(SendingService).send(await t.actor('officer'), commissionId);
    expect(await officer()).toEqual([]);
  } finally {
    await t.close();
  }
});
