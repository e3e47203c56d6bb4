import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { verifyFiles } from '../../src/command-verify.js';
import { Config } from '../../src/config.js';
import { launched, startApp } from '../support/app.js';
import { Browsers } from './browser.js';

const MB = 1_000_000;

/** Against a server in a process of its own, which is killed for good; the line is a real one, slowed and cut by the browser. */
describe('un envoi survit à ce qui arrive, dans un vrai navigateur', () => {
  const folder = mkdtempSync(join(tmpdir(), 'souspli-envois-'));
  let config: Record<string, unknown>;
  let server: ChildProcess;
  let browsers: Browsers;
  let pli = '';

  const file = (name: string, size: number) => {
    writeFileSync(join(folder, name), randomBytes(size));
    return join(folder, name);
  };
  const serve = async () => {
    server = spawn(process.execPath, ['test/support/serve.mjs', JSON.stringify({ config, now: '2023-07-17T08:00:00.000Z' })], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(server.stdout ?? server, 'data');
  };
  const kill = async () => {
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  };
  const line = (page: Page, bytesPerSecond: number) => page.emulateNetworkConditions(bytesPerSecond > 0 ? { upload: bytesPerSecond, download: 50 * MB, latency: 0 } : null);
  const choose = async (page: Page, path: string) => ((await page.$('[name="files"]')) as unknown as { uploadFile(path: string): Promise<void> }).uploadFile(path);
  const state = (page: Page, wanted: string) => page.waitForFunction(`document.querySelector('.upload-row')?.dataset.state === '${wanted}'`);
  const partly = (page: Page) => page.waitForFunction("document.querySelector('.upload-row progress')?.value > 0.1");
  const arrived = (page: Page, name: string) => page.waitForFunction(`document.querySelector('main').innerText.includes(${JSON.stringify(name)}) && !document.querySelector('.upload-row') && document.querySelector('main').innerText.includes('reçu dans le brouillon')`);
  /** As its holder does it: the receipt and the file, without the server. */
  const verified = async (page: Page, name: string) => {
    const receipt = join(folder, `${name}.json`);
    writeFileSync(receipt, String(await page.evaluate("fetch([...document.links].find((link) => link.textContent.includes('JSON')).href).then((answer) => answer.text())")));
    expect((await verifyFiles([receipt, join(folder, name)], {})).ok).toBe(true);
    writeFileSync(join(folder, name), randomBytes(1000));
    expect((await verifyFiles([receipt, join(folder, name)], {})).ok).toBe(false);
  };
  const clean = () => expect([browsers.violations, browsers.errors]).toEqual([[], []]);

  beforeAll(async () => {
    const t = await startApp('sqlite');
    const { consultationId } = await launched(t);
    pli = `/consultations/${consultationId}/pli`;
    const { dataDir, databaseUrl } = t.app.get(Config);
    await t.close();
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    await new Promise((closed) => free.close(closed));
    config = { mode: 'demo', dataDir, databaseUrl, port };
    await serve();
    browsers = await Browsers.open(`http://127.0.0.1:${port}`, 'uploads');
    browsers.cuts = true;
  });
  afterAll(async () => {
    await browsers?.close();
    await kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it('le réseau coupé au milieu : la page le dit, reprend seule, et l’accusé porte l’empreinte du fichier', async () => {
    const page = await browsers.as('Passerelle Rhénane');
    await browsers.go(page, pli);
    await line(page, 6 * MB);
    await choose(page, file('mémoire.pdf', 20 * MB));
    await partly(page);
    await page.setOfflineMode(true);
    await state(page, 'cut');
    expect(await browsers.text(page)).toContain('Connexion interrompue, nouvelle tentative');
    expect(await page.$eval('[data-deposit]', (form) => (form as unknown as { hidden: boolean }).hidden).catch(() => true)).toBe(true);
    await page.setOfflineMode(false);
    await line(page, 0);
    await arrived(page, 'mémoire.pdf');
    await browsers.press(page, 'Déposer mon pli');
    expect(await browsers.text(page)).toContain('Votre pli est déposé, dans les délais');
    await verified(page, 'mémoire.pdf');
    clean();
  });

  it('le serveur tué au milieu, puis relancé : l’envoi continue où il en était', async () => {
    const page = await browsers.as('Passerelle Rhénane');
    await browsers.go(page, pli);
    await line(page, 6 * MB);
    await choose(page, file('offre.zip', 24 * MB));
    await page.waitForFunction("document.querySelector('.upload-row progress')?.value > 0.5");
    await kill();
    await state(page, 'cut');
    await serve();
    const sent: number[] = [];
    page.on('request', (request) => request.method() === 'PATCH' && sent.push(Number(request.headers()['upload-offset'])));
    await line(page, 0);
    await arrived(page, 'offre.zip');
    expect(Math.min(...sent)).toBeGreaterThan(4 * MB); // not sent again from the start
    await browsers.press(page, 'Déposer mon pli');
    await verified(page, 'offre.zip');
    clean();
  });

  it('l’onglet fermé au milieu : le même fichier, choisi de nouveau, finit de partir ; tout au clavier, sur un téléphone', async () => {
    const first = await browsers.as('Territoires', { width: 390 });
    await browsers.go(first, pli);
    await line(first, MB); // slow enough for somebody who looks for the button with the Tab key
    const path = file('candidature.pdf', 24 * MB);
    await choose(first, path);
    await partly(first);
    await tabTo(first, 'Suspendre');
    await first.keyboard.press('Enter');
    await state(first, 'paused');
    expect(await browsers.text(first)).toContain('Rien n’est perdu');
    await browsers.check(first, 'envoi suspendu');
    await tabTo(first, 'Reprendre');
    await first.keyboard.press('Enter');
    await state(first, 'sending');
    await line(first, 6 * MB);
    await first.waitForFunction("document.querySelector('.upload-row progress')?.value > 0.5");
    await first.close({ runBeforeUnload: false });

    const page = await browsers.as('Territoires', { width: 390 });
    await browsers.go(page, pli);
    expect(await browsers.text(page)).toContain('Des envois ne sont pas terminés');
    const sent: number[] = [];
    page.on('request', (request) => request.method() === 'PATCH' && sent.push(Number(request.headers()['upload-offset'])));
    await choose(page, path);
    await arrived(page, 'candidature.pdf');
    expect(Math.min(...sent)).toBeGreaterThan(0);
    await tabTo(page, 'Déposer mon pli');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    await browsers.check(page, 'accusé de réception');
    await verified(page, 'candidature.pdf');
    clean();
  });

  /** By the Tab key alone, as somebody without a mouse. */
  async function tabTo(page: Page, words: string) {
    for (let i = 0; i < 60; i += 1) {
      const here = (await page.evaluate("document.activeElement.matches('a, button') ? document.activeElement.innerText : ''")) as string;
      if (here.includes(words)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`« ${words} » is not reached by the keyboard`);
  }
});
