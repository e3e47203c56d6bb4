import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { BidUploadsService } from '../../src/bids/uploads.service.js';
import { QuestionsService } from '../../src/consultations/questions.service.js';
import { SettingsService } from '../../src/consultations/settings.service.js';
import { zipOf } from '../../src/evidence/dossier.service.js';
import { agentsOf, called, drafted, seedDepartment } from '../consultations/world.js';
import { startApp, type TestApp } from '../support/app.js';
import { sendFile } from '../support/upload.js';
import { Browsers } from './browser.js';

// The pages of a call that no other journey visits: settings, checklist, follow-up, preferences, bids taken over from PLACE.
let t: TestApp;
let browsers: Browsers;
let folder = '';
let base = '';
const here = { questionsBefore: '2023-07-20', expected: 'Mémoire technique\nCadre de prix', channel: 'souspli' as const, externalReference: '', externalLink: '', outageMinutes: '30', outageHours: '4' };
const place = { ...here, channel: 'place' as const, externalReference: 'DDETS_67_2023', externalLink: 'https://place.example/1', outageMinutes: '', outageHours: '' };
const ids = { draft: '', call: '', elsewhere: '' };

const as = async (key: string, width = 1280): Promise<Page> => {
  const { token } = await t.browser(key);
  const page = await browsers.page({ width });
  await page.setCookie({ name: 'souspli', value: token, url: base });
  return page;
};
const clean = () => {
  expect(browsers.violations).toEqual([]);
  expect(browsers.errors).toEqual([]);
};

beforeAll(async () => {
  t = await startApp('sqlite');
  await seedDepartment(t, '67');
  const officer = await agentsOf(t, '67').officer();
  const settings = t.app.get(SettingsService);
  const addressees = 'Alpha ; a@alpha.example\nBêta ; b@beta.example';
  ids.draft = (await drafted(t, { code: '67', deadline: '2023-07-26T23:59', addressees })).consultationId;
  await settings.save(officer, ids.draft, here);
  const prepare = async ({ consultationId }: { consultationId: string }) => {
    await settings.save(officer, consultationId, here);
    await settings.expectedForm(officer, consultationId, 'Cadre de prix', { name: 'cadre.csv', bytes: Buffer.from('Poste;Prix\n') });
  };
  ids.call = (await called(t, { code: '67', deadline: '2023-07-26T23:59', addressees, prepare })).consultationId;
  ids.elsewhere = (await called(t, { code: '67', deadline: '2023-07-26T23:59', addressees, prepare: ({ consultationId }) => settings.save(officer, consultationId, place) })).consultationId;
  const alpha = await t.actor('a@alpha.example');
  await sendFile(t.app.get(BidUploadsService), alpha, ids.call, 'Mémoire technique.pdf', Buffer.from('contenu'));
  await t.app.get(QuestionsService).ask(alpha, ids.call, 'Nous, à Alpha, pouvons-nous garder nos locaux ?');
  await t.app.listen(0);
  base = `http://127.0.0.1:${(t.app.getHttpServer().address() as AddressInfo).port}`;
  browsers = await Browsers.open(base, 'consultation-pages');
  folder = mkdtempSync(join(tmpdir(), 'souspli-reprise-'));
}, 180_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await browsers?.close();
  await t?.close();
});

it('les pages de l’agent, au bureau et au téléphone', async () => {
  for (const width of [1280, 390]) {
    const page = await as('agent@prefecture67.example', width);
    for (const path of [`/consultations/${ids.draft}/reglages`, `/consultations/${ids.call}/reglages`, `/consultations/${ids.call}/suivi`, `/consultations/${ids.call}/questions`, '/mes-preferences', '/commandes', '/a-faire']) await browsers.go(page, path);
  }
  await browsers.go(await as('agent@prefecture67.example'), '/courriels');
  clean();
});

it('la liste des documents attendus et l’heure du lecteur, au bureau et au téléphone', async () => {
  for (const width of [1280, 390]) {
    const page = await as('a@alpha.example', width);
    await browsers.go(page, '/mes-preferences');
    await page.select('select[name=timeZone]', 'Indian/Reunion');
    await browsers.press(page, 'Enregistrer mes préférences');
    await browsers.go(page, `/consultations/${ids.call}/pli`);
    expect(await browsers.text(page)).toMatch(/Sur vos horloges[\s\S]*Documents attendus[\s\S]*Reconnu à son nom[\s\S]*1 document attendu manque/);
    await browsers.go(page, `/consultations/${ids.elsewhere}`);
    await browsers.go(page, `/consultations/${ids.elsewhere}/pli`);
    expect(await browsers.text(page)).toContain('Rien ne se dépose ici');
  }
  clean();
});

it('les plis de PLACE se vérifient, puis se reprennent', async () => {
  t.clock.moveTo('2023-07-27T09:00:00Z');
  writeFileSync(join(folder, 'registre.csv'), 'Organisation;Reçu le;Dossier\nAlpha;20/07/2023 10:00:00;pli-1\nInconnue;20/07/2023 11:00:00;pli-2\n');
  writeFileSync(join(folder, 'registre-juste.csv'), 'Organisation;Reçu le;Dossier\nAlpha;20/07/2023 10:00:00;pli-1\n');
  writeFileSync(join(folder, 'plis.zip'), await zipOf([{ name: 'pli-1/offre.pdf', content: Buffer.from('offre') }], new Date(0)));
  for (const width of [1280, 390]) {
    const page = await as('ouvreur1@prefecture67.example', width);
    const give = async (register: string) => {
      await page.$eval('input[name=openedThere]', (node) => ((node as unknown as { value: string }).value = '2023-07-27T10:00'));
      for (const [name, file] of [['register', register], ['archive', 'plis.zip']]) await ((await page.$(`[name=${name}]`)) as unknown as { uploadFile(path: string): Promise<void> }).uploadFile(join(folder, file ?? ''));
    };
    await browsers.go(page, `/consultations/${ids.elsewhere}/ouverture`);
    await browsers.go(page, `/consultations/${ids.elsewhere}/reprise`);
    if (width === 390) continue;
    await give('registre.csv');
    await browsers.press(page, 'Vérifier, sans rien reprendre');
    expect(await browsers.text(page)).toMatch(/Ligne 3 : « Inconnue » n’est pas une organisation invitée/);
    await give('registre-juste.csv');
    await browsers.press(page, 'Vérifier, sans rien reprendre');
    expect(await browsers.text(page)).toContain('Ces fichiers peuvent être repris');
    await give('registre-juste.csv');
    await browsers.press(page, 'Reprendre ces plis');
    expect(new URL(page.url()).pathname).toMatch(/\/ouverture$/);
    expect(await browsers.text(page)).toContain('Plis repris');
    await browsers.go(page, `/consultations/${ids.elsewhere}/reprise`);
    expect(await browsers.text(page)).toMatch(/Plis repris[\s\S]*Ouvrir les plis ici/);
  }
  expect(browsers.violations).toEqual([]);
  // The refusal of the rehearsal is its own page: 422.
  expect(browsers.errors.filter((one) => !one.includes('422'))).toEqual([]);
});
