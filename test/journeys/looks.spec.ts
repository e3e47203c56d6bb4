import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AddressInfo } from 'node:net';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { Page } from 'puppeteer-core';
import { GUIDES } from '../../src/help/guides.js';
import { demoData } from '../../src/demo/demo-data.js';
import { launched, startApp, type TestApp } from '../support/app.js';
import { Browsers } from './browser.js';

const EVERYBODY = ['/connexion', '/demander-un-lien', '/demonstration', '/demonstration/courriels', '/composants', '/aide', '/aide/agent', '/aide/signataire', '/aide/ouvreur', '/aide/candidat', '/tester-mon-poste', '/signaler-un-probleme', '/accessibilite', '/cle-publique', '/nulle-part'];

describe('les pages, comme chacun les regarde', () => {
  let t: TestApp;
  let browsers: Browsers;
  let consultation = '';
  let commission = '';

  beforeAll(async () => {
    t = await startApp('sqlite');
    const ids = await launched(t);
    consultation = `/consultations/${ids.consultationId}`;
    commission = `/commandes/${ids.commissionId}`;
    await t.app.listen(0);
    browsers = await Browsers.open(`http://127.0.0.1:${(t.app.getHttpServer().address() as AddressInfo).port}`, 'looks');
  });
  afterAll(async () => {
    await browsers?.close();
    await t?.close();
  });

  const each = async (page: Page, paths: string[]) => {
    for (const path of paths) await browsers.go(page, path);
    expect(browsers.violations).toEqual([]);
    expect(browsers.errors).toEqual([]);
  };

  it.each([1280, 390])('celles de tout le monde (%d px)', async (width) => each(await browsers.page({ width }), EVERYBODY));

  it('en thème sombre', async () => {
    const page = await browsers.as('Passerelle Rhénane');
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
    await each(page, ['/connexion', '/composants', '/demonstration', '/consultations', consultation, `${consultation}/pli`, '/nulle-part']);
  });

  it('agrandies deux fois', async () => {
    const page = await browsers.as('Sébastien Bouché', { width: 640 });
    await page.setViewport({ width: 640, height: 450, deviceScaleFactor: 2 });
    await each(page, ['/composants', '/demonstration', '/commandes', commission, `${commission}/lettres`, '/messagerie']);
  });

  it('imprimées : sans menu, sans bouton, encre noire', async () => {
    const page = await browsers.as('Sébastien Bouché');
    await browsers.go(page, commission);
    await page.emulateMediaType('print');
    const shown = (selector: string) => page.$$eval(selector, (nodes) => nodes.filter((node) => (node as unknown as { offsetHeight: number }).offsetHeight > 0).length);
    expect(await shown('.nav, .who form, button')).toBe(0);
    expect(await shown('h1')).toBe(1);
    await browsers.check(page, 'imprimée');
    expect(browsers.violations).toEqual([]);
  });

  it('chaque guide s’imprime sur deux feuilles au plus', async () => {
    const page = await browsers.page();
    for (const name of Object.keys(GUIDES)) {
      await page.goto(new URL(`/aide/${name}`, browsers.base).href);
      const data = await page.pdf({ format: 'A4', preferCSSPageSize: true });
      const { numPages } = await getDocument({ data: new Uint8Array(data) }).promise;
      expect([name, numPages <= 2]).toEqual([name, true]);
    }
  });

  it('au clavier : le lien d’évitement d’abord, tout ce qui se presse se voit et s’atteint', async () => {
    const page = await browsers.page();
    await browsers.go(page, '/connexion');
    await page.keyboard.press('Tab');
    expect(await page.$eval(':focus', (node) => node.textContent)).toBe('Aller au contenu');
    const reached = new Set<string>();
    for (let i = 0; i < 60; i += 1) {
      const name = await page.evaluate(`(() => { const a = document.activeElement; const s = getComputedStyle(a); return (a !== document.body && s.outlineStyle === 'none' ? 'SANS CONTOUR ' : '') + (a.innerText || a.name || a.tagName); })()`);
      reached.add(String(name).replaceAll(/\s+/g, ' ').trim());
      await page.keyboard.press('Tab');
    }
    for (const wanted of ['Sébastien Bouché', 'email', 'password', 'Se connecter', 'Aide']) expect([...reached]).toContain(wanted);
    expect([...reached].filter((name) => name.startsWith('SANS CONTOUR'))).toEqual([]);
  });

  it('le temps restant est juste sur un ordinateur en avance de trois heures, dans un autre fuseau', async () => {
    t.clock.moveTo('2023-07-26T21:48:30.000Z'); // 10 min 30 s before 23:59 in Paris
    const page = await browsers.page();
    await page.emulateTimezone('Indian/Reunion');
    await page.evaluateOnNewDocument(`{
      const shift = 3 * 3600_000, Real = Date;
      globalThis.Date = class extends Real {
        constructor(...args) { args.length === 0 ? super(Real.now() + shift) : super(...args); }
        static now() { return Real.now() + shift; }
      };
    }`);
    await signInAs(page, 'Passerelle Rhénane');
    await browsers.go(page, consultation);
    const left = await page.$eval('[data-left]', (node) => node.textContent ?? '');
    expect(left.replaceAll('\u00a0', ' ')).toMatch(/^Il reste 10 min \d\d s$/);
    expect((await browsers.text(page)).replaceAll('\u00a0', ' ')).toContain('Sur votre ordinateur (fuseau Reunion) : jeudi 27 juillet 2023 à 1 h 59');
  });

  async function signInAs(page: Page, name: string) {
    await browsers.go(page, '/connexion');
    await browsers.press(page, name);
    expect(demoData().invented.some((one) => one.name.startsWith(name))).toBe(true);
  }
});
