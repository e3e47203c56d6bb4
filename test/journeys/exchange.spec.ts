import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { launched, startApp, type TestApp } from '../support/app.js';
import { Browsers } from './browser.js';

/** Between the launch and the deadline: two organisations and the officer, the organisations without JavaScript. */
describe('questions, réponses et changements, au navigateur', () => {
  let t: TestApp;
  let browsers: Browsers;
  let call = '';
  beforeAll(async () => {
    t = await startApp('sqlite');
    call = `/consultations/${(await launched(t)).consultationId}`;
    await t.app.listen(0);
    browsers = await Browsers.open(`http://127.0.0.1:${(t.app.getHttpServer().address() as AddressInfo).port}`, 'exchange');
  });
  afterAll(async () => {
    await browsers?.close();
    await t?.close();
  });

  const withoutScript = async (name: string): Promise<Page> => {
    const page = await browsers.page({ javascript: false, width: 390 });
    await browsers.go(page, '/connexion');
    await browsers.press(page, name);
    return page;
  };

  it('une question posée sans JavaScript reçoit sa réponse, que tous lisent sans savoir de qui elle vient', async () => {
    const asker = await withoutScript('Passerelle Rhénane');
    await browsers.go(asker, call);
    await browsers.press(asker, 'Questions et réponses');
    await asker.type('textarea[name=text]', 'Faut-il une version modifiable du rapport ?');
    await browsers.press(asker, 'Envoyer ma question');
    expect(await browsers.text(asker)).toContain('Mes questions');

    const officer = await browsers.as('Sébastien Bouché');
    await browsers.go(officer, `${call}/questions`);
    await officer.type('textarea[name=answer]', 'Oui, dans un format modifiable.');
    await browsers.press(officer, 'Enregistrer la réponse');
    await browsers.press(officer, 'Publier 1 réponse');
    expect(await browsers.text(officer)).toContain('Publiée');

    const other = await withoutScript('Maison des Parcours');
    await browsers.go(other, `${call}/questions`);
    expect(await browsers.text(other)).toContain('Oui, dans un format modifiable.');
    expect(await browsers.text(other)).not.toContain('Passerelle');
    expect(browsers.violations).toEqual([]);
    expect(browsers.errors).toEqual([]);
  });

  it('un petit fichier se dépose sans JavaScript : choisir, envoyer, déposer, lire son accusé', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'souspli-sans-js-'));
    writeFileSync(join(folder, 'Mémoire.pdf'), '%PDF-1.4 petit');
    const page = await withoutScript('Maison des Parcours');
    await browsers.go(page, call);
    expect(await browsers.text(page)).toMatch(/Documents[\s\S]*Lettre de commande/);
    await browsers.press(page, 'Préparer et déposer mon pli');
    expect(await browsers.text(page)).not.toContain('Il reste');
    const field = (await page.$('[name="files"]')) as unknown as { uploadFile(...paths: string[]): Promise<void> };
    await field.uploadFile(join(folder, 'Mémoire.pdf'));
    await browsers.press(page, 'Envoyer les fichiers choisis');
    expect(await browsers.text(page)).toContain('Mémoire.pdf');
    await browsers.press(page, 'Déposer mon pli');
    expect(await browsers.text(page)).toMatch(/Accusé de réception[\s\S]*Mémoire\.pdf/);
    rmSync(folder, { recursive: true });
    expect(browsers.violations).toEqual([]);
    expect(browsers.errors).toEqual([]);
  });

  it('un report s’annonce à tous, avec l’ancienne et la nouvelle date', async () => {
    const officer = await browsers.as('Sébastien Bouché');
    await browsers.go(officer, `${call}/suivi`);
    await officer.$eval('input[name=deadline]', (node) => ((node as unknown as { value: string }).value = '2023-07-28T12:00'));
    await officer.type('textarea[name=reason]', 'Un document est complété.');
    await browsers.press(officer, 'Reporter et prévenir les invités');
    expect(await browsers.text(officer)).toContain('vendredi 28 juillet 2023 à 12 h 00');
    await t.jobs.finishAll();
    const invited = await withoutScript('Maison des Parcours');
    await browsers.go(invited, call);
    expect(await browsers.text(invited)).toMatch(/Date limite reportée[\s\S]*Un document est complété/);
    for (const path of ['/a-faire', `${call}/pli`]) await browsers.go(invited, path);
    for (const path of ['/a-faire', `${call}/rappels`, `${call}/visas`, '/problemes']) await browsers.go(officer, path);
    expect(browsers.violations).toEqual([]);
    expect(browsers.errors).toEqual([]);
  });
});
