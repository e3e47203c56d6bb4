import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addresseesFromFile } from '../../src/commissions/addressee-file.js';
import { CommissionsService } from '../../src/commissions/commissions.service.js';
import { agirTyped } from '../../src/commissions/programme.js';
import { seedAuthority, seedInvented } from '../../src/demo/seed.js';
import { xlsxFile } from '../../src/platform/spreadsheet.js';
import { startApp, type TestApp } from '../support/app.js';

describe('un tableau de destinataires', () => {
  it('se lit en CSV et en XLSX, quel que soit l’ordre des colonnes', async () => {
    expect(await addresseesFromFile(Buffer.from('Courriel;Ville;Nom\na@a.example;Strasbourg;Alpha\n'))).toBe('Alpha ; a@a.example');
    expect(await addresseesFromFile(await xlsxFile('x', ['Nom', 'E-mail'], [['Bêta ; associés', 'b@b.example']]))).toBe('Bêta , associés ; b@b.example');
    await expect(addresseesFromFile(Buffer.from('Nom;Ville\nx;y\n'))).rejects.toMatchObject({ errors: [{ field: 'file' }] });
  });
});

describe('les destinataires d’une commande', () => {
  let t: TestApp;
  let id = '';
  beforeAll(async () => {
    t = await startApp('sqlite');
    await seedAuthority(t.app);
    await seedInvented(t.app);
    id = (await t.app.get(CommissionsService).draft(await t.actor('officer'), { ...agirTyped(), ceiling: '24 000', deadline: '2023-07-26T23:59' })).id;
  }, 60_000);
  afterAll(() => t.close());
  const names = async () => (await t.app.get(CommissionsService).find(await t.actor('officer'), id)).invitations.map((one) => one.name);

  it('viennent d’un fichier, puis de l’annuaire, sans doublon ni agent', async () => {
    const browser = await t.browser('officer');
    const send = (csv: string) => t.anonymous().post(`/commandes/${id}/destinataires/fichier?_csrf=${browser.csrf}`).set('cookie', `souspli=${browser.token}`).set('accept', 'text/html').set('referer', `http://127.0.0.1/commandes/${id}`).attach('file', Buffer.from(csv), 'liste.csv');
    await send('Nom;Courriel\nAlpha;a@alpha.example\nBêta;b@beta.example\n').expect(303);
    expect(await names()).toEqual(['Alpha', 'Bêta']);
    await send('Nom;Courriel\nGamma;A@ALPHA.example\nGAMMA;g@gamma.example\n');
    expect((await browser.get(`/commandes/${id}`)).text).toContain('Ligne 2');
    expect(await names()).toEqual(['Alpha', 'Bêta']); // nothing half-kept
    await send('Nom;Courriel\nAgent;sebastien.bouche@bas-rhin.gouv.fr\n');
    expect((await browser.get(`/commandes/${id}`)).text).toContain('un agent n’est pas candidat');
    expect((await browser.get(`/commandes/${id}/annuaire?nom=passerelle`)).text).toContain('Passerelle Rhénane');
    await browser.post(`/commandes/${id}/annuaire`, { chosen: 'Passerelle Rhénane (association fictive) ; offres@passerelle-rhenane.example' }).expect(303);
    expect(await names()).toEqual(['Alpha', 'Bêta', 'Passerelle Rhénane (association fictive)']);
  });
});
