import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { guideSteps } from '../../src/demo/guide.js';
import { GuideService } from '../../src/demo/guide.service.js';
import { Actor } from '../../src/platform/actor.js';
import { SignatureService } from '../../src/commissions/signature.service.js';
import { atSignature, startApp, type TestApp } from '../support/app.js';

describe('le parcours guidé', () => {
  let t: TestApp;
  let commissionId = '';
  beforeAll(async () => {
    t = await startApp('sqlite');
    commissionId = await atSignature(t);
  }, 60_000);
  afterAll(() => t.close());

  const ticks = async () => guideSteps(await t.app.get(GuideService).facts(Actor.anonymous)).map((step) => step.done);

  it('a dix étapes, qui se cochent d’elles-mêmes', async () => {
    expect(await ticks()).toEqual(Array.from({ length: 10 }, () => false));
    await t.app.get(SignatureService).sign(await t.actor('signatory'), commissionId);
    expect(await ticks()).toEqual([true, ...Array.from({ length: 9 }, () => false)]);
    const page = await (await t.browser('officer')).get('/demonstration').expect(200);
    expect(page.text.replaceAll('\u00a0', ' ')).toContain('1 étape faite sur 10');
  });

  it.each(['/composants', '/demonstration/courriels', '/demonstration/courriels/receipt-late', '/messagerie'])('%s répond', async (path) => {
    await (await t.browser('officer')).get(path).expect(200);
  });
});

describe('hors de la démonstration', () => {
  it('ni horloge, ni messagerie, ni entrée en un clic', async () => {
    const t = await startApp('sqlite', { mode: 'test' });
    for (const path of ['/demonstration', '/messagerie', '/composants', '/demonstration/courriels']) {
      expect((await t.anonymous().get(path).set('accept', 'text/html')).status).toBe(404);
    }
    await t.anonymous().post('/connexion/demonstration').type('form').send({ person: 'x' }).expect(404);
    await t.anonymous().post('/demonstration/avancer').type('form').send({ to: 'x' }).expect(404);
    const page = await t.anonymous().get('/connexion').expect(200);
    expect(page.text).not.toContain('Démonstration');
    await t.close();
  });
});
