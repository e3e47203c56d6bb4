import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { FollowUpService } from '../../src/consultations/follow-up.service.js';
import { Membership, Organisation, Person } from '../../src/people/people.js';
import { OrganisationsService } from '../../src/people/organisations.service.js';
import { DATABASES } from '../support/databases.js';
import { launched, startApp, type TestApp } from '../support/app.js';

const FORM = { name: 'Antenne (établissement fictif)', rna: '', legalForm: '', email: '', address: '' };

describe.each(DATABASES)('mon organisation (%s)', (kind) => {
  let t: TestApp;
  let id = '';
  const idOf = async (email: string) => (await t.source.manager.findOneByOrFail(Person, { email })).id;

  beforeAll(async () => {
    t = await startApp(kind);
    ({ consultationId: id } = await launched(t));
    await t.app.get(FollowUpService).addColleague(await t.actor('passerelle'), id, 'bruno@passerelle-rhenane.example');
  }, 60_000);
  afterAll(() => t.close());

  it('la page et l’API règlent qui dépose ; la page de dépôt le dit', async () => {
    const [aline, bruno] = [await t.browser('passerelle'), await t.browser('bruno@passerelle-rhenane.example')];
    expect((await aline.get('/qui-depose').expect(200)).text).toContain('Chaque membre peut déposer');
    const organisation = (await t.source.manager.findOneByOrFail(Membership, { personId: await idOf('offres@passerelle-rhenane.example') })).organisationId;
    await aline.post(`/qui-depose/${organisation}`, { persons: await idOf('offres@passerelle-rhenane.example') }).expect(303);
    expect((await aline.get('/qui-depose')).text).toContain('Dépôt réservé');
    const seen = (await bruno.get('/qui-depose')).text;
    expect(seen).toContain('Seules les personnes qui déposent changent cette liste');
    expect(seen).not.toContain('action="/qui-depose');
    expect((await bruno.get(`/consultations/${id}/pli`)).text).toContain('Vous ne pouvez pas déposer vous-même');
    await bruno.post(`/qui-depose/${organisation}`, {}).expect(403);
    const api = (browser: typeof aline, persons: unknown) =>
      request(t.app.getHttpServer()).put(`/api/own-organisations/${organisation}/depositors`).set('authorization', `Bearer ${browser.token}`).send({ persons });
    await api(bruno, []).expect(403);
    await api(aline, ['inconnu']).expect(422);
    await api(aline, [{ $ne: null }]).expect(422);
    expect((await api(aline, []).expect(200)).body).toMatchObject([{ restricted: false, can: { restrict: true }, members: [{ deposits: true }, { deposits: true }] }]);
  });

  it('personne d’autre n’y touche : ni un autre candidat, ni un agent, ni l’administrateur', async () => {
    const organisation = (await t.source.manager.findOneByOrFail(Membership, { personId: await idOf('offres@passerelle-rhenane.example') })).organisationId;
    for (const key of ['territoires', 'officer', 'admin']) {
      const browser = await t.browser(key);
      await browser.post(`/qui-depose/${organisation}`, {}).expect(404);
      if (key !== 'territoires') await browser.get('/qui-depose').expect(404);
    }
  });

  it('un service ne crée pas lui-même l’établissement d’un organisme qui a déjà un accès', async () => {
    const organisations = t.app.get(OrganisationsService);
    const officer = await t.actor('officer');
    const organisation = (await t.source.manager.findOneByOrFail(Membership, { personId: await idOf('offres@passerelle-rhenane.example') })).organisationId;
    await t.source.manager.update(Organisation, { id: organisation }, { scheme: 'FR-SIRET', schemeId: '73282932000074' });
    await expect(organisations.create(officer, { ...FORM, siret: '732 829 320 00082' })).rejects.toMatchObject({ errors: [{ field: 'siret', message: expect.stringContaining('a déjà un accès') }] });
    const { id: own } = await organisations.create(officer, { ...FORM, siret: '' });
    await expect(organisations.edit(officer, own, { ...FORM, siret: '73282932000082' })).rejects.toMatchObject({ status: 422 });
    await organisations.create(officer, { ...FORM, name: 'Autre SIREN', siret: '55210055400013' });
  });
});
