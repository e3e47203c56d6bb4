import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { createApp } from '../../src/app.setup.js';
import { Config } from '../../src/config.js';
import { DemoClock } from '../../src/demo/demo-clock.js';
import { seedDemonstration } from '../../src/demo/demo.js';
import { Clock } from '../../src/platform/clock.js';
import { Jobs } from '../../src/platform/jobs.js';
import { Browsers } from './browser.js';

const GUEST = 'Atelier des Deux Rives';

/** The demonstration as somebody discovers it, on its own clock: ten steps, nothing known beforehand but what the page says. */
describe('la démonstration, pas à pas', () => {
  const folder = mkdtempSync(join(tmpdir(), 'souspli-guided-'));
  const config = Config.of({ mode: 'demo', dataDir: folder, databaseUrl: `sqlite:${folder}/souspli.sqlite` });
  let app: NestExpressApplication;
  let port = 0;
  let browsers: Browsers;
  let visitor: Page;
  let officer: Page;

  const start = async () => {
    app = await createApp(config, { clock: DemoClock.open(folder) });
    await app.listen(port);
    port = (app.getHttpServer().address() as AddressInfo).port;
    await seedDemonstration(app);
  };
  const path = () => new URL(visitor.url()).pathname;
  /** The step that the page shows as current, from the guide itself. */
  const current = async () => {
    await browsers.go(visitor, '/demonstration');
    await visitor.waitForFunction(`document.querySelector('[data-guide]').textContent.startsWith('Étape')`);
    expect(await visitor.$eval('[data-guide]', (node) => node.scrollWidth <= node.clientWidth)).toBe(true); // the whole sentence
    return visitor.$eval('.overline', (node) => node.textContent?.replaceAll('\u00a0', ' ') ?? '');
  };
  const finishJobs = () => app.get(Jobs).finishAll();

  beforeAll(async () => {
    await start();
    browsers = await Browsers.open(`http://127.0.0.1:${port}`, 'guided');
    visitor = await browsers.page();
    writeFileSync(join(folder, 'Offre.pdf'), '%PDF-1.4\n% offre fictive');
  });
  afterAll(async () => {
    await browsers?.close();
    await app?.close();
    rmSync(folder, { recursive: true });
  });

  it('l’accueil explique et propose une seule chose à faire ; l’horloge du bandeau avance', async () => {
    await browsers.go(visitor, '/');
    expect(path()).toBe('/demonstration');
    expect(await browsers.text(visitor)).toContain('Maintenant, étape 1 sur 10');
    await visitor.waitForFunction(`document.querySelector('[data-guide]').textContent.startsWith('Étape 1')`);
    const shown = () => visitor.$eval('[data-clock]', (node) => node.textContent ?? '');
    const first = await shown();
    expect(first.replaceAll('\u00a0', ' ')).toMatch(/^jeudi 13 juillet 2023, 9 h \d\d min \d\d s$/);
    await visitor.waitForFunction(`document.querySelector('[data-clock]').textContent !== ${JSON.stringify(first)}`);
    officer = await browsers.as('Sébastien Bouché');
  });

  it('étapes 1 à 4 : signer, envoyer, inventer une organisation, l’inviter', async () => {
    await browsers.press(visitor, 'Entrer comme Myriam Leheilleix');
    await visitor.click('[name="read"]');
    await browsers.press(visitor, 'Signer les 20 lettres');
    await finishJobs();
    expect(await current()).toContain('étape 2 sur 10');
    await browsers.press(visitor, 'Entrer comme Sébastien Bouché');
    await browsers.press(visitor, 'Envoyer les 20 lettres');
    expect(await current()).toContain('étape 3 sur 10');
    await browsers.press(visitor, 'Aller à la page de cette étape');
    await visitor.type('[name="addressees"]', `${GUEST} ; bonjour@deux-rives.example`);
    await browsers.press(visitor, 'Préparer leurs lettres');
    expect(await current()).toContain('étape 4 sur 10');
    await browsers.press(visitor, 'Entrer comme Myriam Leheilleix');
    await visitor.click('[name="read"]');
    await browsers.press(visitor, 'Signer');
    await finishJobs();
    expect(await current()).toContain('étape 4 sur 10');
    await browsers.press(visitor, 'Entrer comme Sébastien Bouché');
    await browsers.press(visitor, 'Envoyer');
    await finishJobs();
  });

  it('étapes 5 et 6 : lire son courriel mis en forme et en texte, entrer par le lien, envoyer un fichier', async () => {
    expect(await current()).toContain('étape 5 sur 10');
    await browsers.press(visitor, `Entrer comme ${GUEST}`);
    await browsers.press(visitor, 'Vous êtes invité');
    expect(await browsers.text(visitor)).toMatch(/bonjour@deux-rives\.example[\s\S]*lettre\.pdf/);
    const html = visitor.frames().find((frame) => frame.url().endsWith('/html'));
    expect(await html?.evaluate('document.body.innerText')).toContain('Ouvrir mon espace');
    await browsers.press(visitor, 'Texte seul');
    expect(await browsers.text(visitor)).toContain(`${GUEST}, bonjour`);
    await browsers.press(visitor, 'Suivre le lien du message');
    await browsers.press(visitor, 'Entrer dans mon espace');
    expect(await current()).toContain('étape 6 sur 10');
    await browsers.press(visitor, 'Aller à la page de cette étape');
    const reloaded = visitor.waitForNavigation();
    const field = (await visitor.$('[name="files"]')) as unknown as { uploadFile(...paths: string[]): Promise<void> };
    await field.uploadFile(join(folder, 'Offre.pdf'));
    await reloaded;
    expect(await current()).toContain('étape 7 sur 10');
  });

  it('un arrêt du serveur ne perd ni l’heure, ni les étapes, ni la session, ni le brouillon', async () => {
    const before = app.get(Clock).now();
    await app.close();
    await start();
    expect(app.get(Clock).now().getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect(await current()).toContain('étape 7 sur 10');
    expect(await visitor.$eval('.who-name', (node) => node.textContent ?? '')).toContain(GUEST);
  });

  it('étape 7 : à dix secondes de la limite, le brouillon est toujours là, et l’accusé dit l’heure', async () => {
    const [jump] = await visitor.$$('.confirm .act button');
    await Promise.all([visitor.waitForNavigation(), jump?.click()]);
    const [deposit] = await visitor.$$('button ::-p-text(Déposer mon pli)');
    await Promise.all([visitor.waitForNavigation(), deposit?.click()]);
    await browsers.check(visitor, 'accusé, à dix secondes de la limite');
    const receipt = await browsers.text(visitor);
    expect(receipt).toContain('Offre.pdf');
    // A slow machine may take more than ten seconds: the receipt then says so, as it must.
    const seconds = /26 juillet 2023 à 23 h 5(\d) min/.exec(receipt)?.[1];
    expect(receipt).toContain(seconds === '8' ? 'dans les délais' : 'hors délai');
  });

  it('personne n’a été déconnecté par le saut ; l’agent ne sait rien du dépôt', async () => {
    await browsers.go(officer, '/demonstration');
    expect(await officer.$eval('.who-name', (node) => node.textContent ?? '')).toContain('Sébastien Bouché');
    const steps = await officer.$$eval('.step', (nodes) => nodes.map((node) => node.className.includes('step-done')));
    expect(steps).toEqual([true, true, true, true, true, false, false, false, false, false]);
  });

  it('étapes 8 à 10 : le lendemain, deux ouvreurs, puis le procès-verbal', async () => {
    expect(await current()).toContain('étape 8 sur 10');
    await browsers.press(visitor, 'Passer au 27 juillet, 9 h');
    for (const name of ['Camille Fictif', 'Dominique Exemple']) {
      expect(await current()).toContain('étape 9 sur 10');
      await browsers.press(visitor, `Entrer comme ${name}`);
      await visitor.click('[name="declaration"]');
      await browsers.press(visitor, 'Confirmer ma présence');
    }
    expect(await current()).toContain('étape 10 sur 10');
    await browsers.press(visitor, 'Aller à la page de cette étape');
    await browsers.press(visitor, 'Ouvrir les plis');
    await finishJobs();
    await visitor.waitForSelector('a ::-p-text(Procès-verbal (PDF))'); // the page comes back by itself
    await browsers.check(visitor, 'plis ouverts');
    expect(await browsers.text(visitor)).toContain('Empreintes conformes');
    await browsers.go(visitor, '/demonstration');
    expect(await browsers.text(visitor)).toMatch(/10 étapes faites sur 10[\s\S]*L’histoire est jouée/);
  });

  it('aucune page visitée n’a de défaut d’accessibilité, d’erreur de script, ni ne déborde', () => {
    expect(browsers.violations).toEqual([]);
    expect(browsers.errors).toEqual([]);
  });
});
