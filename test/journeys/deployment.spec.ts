import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AddressInfo } from 'node:net';
import { draftTheCommission } from '../../src/demo/seed.js';
import { agirWorld, type AgirWorld, fillIn, greenLightFor67, shareDiagnostic } from '../contracts/world.js';
import { Browsers } from './browser.js';

/** The national side in a real Chromium: map by keyboard, preflight, green light, parapheur, launch; every page at two widths. */
describe('le déploiement, au navigateur', () => {
  let w: AgirWorld;
  let browsers: Browsers;
  let contract = '';

  beforeAll(async () => {
    w = await agirWorld('sqlite');
    await draftTheCommission(w.t.app);
    contract = `/marches/${w.contractId}`;
    await w.t.app.listen(0);
    browsers = await Browsers.open(`http://127.0.0.1:${(w.t.app.getHttpServer().address() as AddressInfo).port}`, 'deployment');
  });
  afterAll(async () => {
    await browsers?.close();
    await w?.t.close();
  });
  const clean = () => {
    expect(browsers.violations).toEqual([]);
    expect(browsers.errors).toEqual([]);
  };

  it('le ministère lit la carte, au clavier comme à la souris', async () => {
    const page = await browsers.as('Maxence Fictif');
    await browsers.go(page, '/deploiement');
    await browsers.sheet.picture(page, 'agir-carte');
    await page.focus('.map-skip a');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toMatch(/\(\d\d\)\s:/);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    expect(new URL(page.url()).pathname).toMatch(/^\/deploiement\/\d\d$/);
    await browsers.go(page, '/deploiement?lot=5&vague=2023');
    for (const path of ['/accords-cadres', `/accords-cadres/${w.framework.id}`, `/accords-cadres/${w.framework.id}/lots/5`, `/accords-cadres/${w.framework.id}/modifier`, `/accords-cadres/${w.framework.id}/lots/5/titulaires/nouveau`, `/accords-cadres/${w.framework.id}/departements/67`, `/accords-cadres/${w.framework.id}/feux-verts/nouveau`, `/accords-cadres/${w.framework.id}/imports`, '/organisations', '/programmes/nouveau']) await browsers.go(page, path);
    clean();
  });

  it('l’acheteuse lit tout ce qui empêche le lancement, puis le complète', async () => {
    const page = await browsers.as('Claude Fictif');
    await browsers.go(page, `${contract}/controle`);
    await browsers.sheet.picture(page, 'agir-controle');
    expect(await browsers.text(page)).toMatch(/Aucun feu vert[\s\S]*Aucun diagnostic[\s\S]*ouvreurs/);
    for (const path of ['/deploiement', '/deploiement/67', '/marches', '/marches/nouveau', contract, `${contract}/modifier`, '/diagnostics/nouveau']) await browsers.go(page, path);
    await fillIn(w);
    const diagnostic = await shareDiagnostic(w);
    await browsers.go(page, `/diagnostics/${diagnostic}`);
    await browsers.go(page, contract);
    await browsers.press(page, 'Soumettre à la signature');
    clean();
  });

  it('la signataire signe au parapheur, et l’acheteuse lance', async () => {
    const signatory = await browsers.as('Ange Modèle');
    await browsers.go(signatory, '/parapheur');
    await browsers.press(signatory, 'Marché subséquent AGIR du Bas-Rhin');
    await signatory.click('input[name=read]');
    await browsers.press(signatory, 'Signer les 6 lettres');
    await w.greenLights.give(w.who.ministry, w.framework.id, greenLightFor67);
    await w.t.jobs.finishAll();
    const page = await browsers.as('Claude Fictif');
    await browsers.go(page, `${contract}/controle`);
    await browsers.press(page, 'Lancer la consultation auprès de 5 titulaires');
    expect(await browsers.text(page)).toContain('Consultation en cours');
    const { contract: found } = await w.reading.find(w.who.buyer, w.contractId);
    for (const path of ['suivi', 'questions', 'visas', 'ouverture']) await browsers.go(page, `/consultations/${found.consultationId}/${path}`);
    clean();
  });

  it('tout tient sur un téléphone', async () => {
    const page = await browsers.as('Claude Fictif', { width: 390 });
    const { contract: found } = await w.reading.find(w.who.buyer, w.contractId);
    for (const path of ['/deploiement', '/deploiement/67', contract, `${contract}/controle`, `${contract}/lettres`, '/marches/nouveau', `/accords-cadres/${w.framework.id}`, `/accords-cadres/${w.framework.id}/lots/5`, `/accords-cadres/${w.framework.id}/feux-verts/nouveau`, `/accords-cadres/${w.framework.id}/imports`, `/consultations/${found.consultationId}/suivi`, `/consultations/${found.consultationId}/questions`, '/organisations']) await browsers.go(page, path);
    clean();
  });
});
