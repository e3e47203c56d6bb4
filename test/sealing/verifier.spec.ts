import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Keyring } from '../../src/sealing/keyring.js';
import { signReceipt } from '../../src/sealing/receipt.js';
import { startApp } from '../support/app.js';
import { body, offer } from './receipt-case.js';
import { type ReceiptCase, receiptCases } from './receipt-cases.js';
import { VerifierBrowser } from './verifier-page.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let browser: VerifierBrowser;
let ring: Keyring;
let cases: ReceiptCase[];

beforeAll(async () => {
  browser = await VerifierBrowser.open();
  ring = await Keyring.open(join(browser.folder, 'one.key'), { create: true });
  cases = receiptCases(ring, await Keyring.open(join(browser.folder, 'two.key'), { create: true }));
}, 60_000);
afterAll(() => browser.close());

const noEd25519 = `{
  const real = SubtleCrypto.prototype.importKey;
  SubtleCrypto.prototype.importKey = function (...args) {
    return JSON.stringify(args[2]).includes('Ed25519') ? Promise.reject(new DOMException('Unrecognized name', 'NotSupportedError')) : real.apply(this, args);
  };
}`;
const noWebCrypto = "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })";

const named = (...titles: string[]) => titles.map((title) => cases.find((one) => one.title === title) as ReceiptCase);

describe('la page « Vérifier un reçu », ouverte depuis le disque, sans réseau', () => {
  it('dit de chaque cas de la table ce que dit la commande', async () => {
    const page = await browser.page();
    for (const one of cases) {
      const { ok, said } = await browser.try(page, one);
      expect([one.title, ok, said]).toEqual([one.title, one.ok, said]);
      for (const sentence of one.says) expect(`${one.title}\n${said}`).toMatch(new RegExp(sentence, 'i')); // it begins with a capital here
    }
    expect(browser.requests).toEqual([browser.address]);
    expect(browser.errors).toEqual([]);
  }, 120_000);

  it('n’a le droit de rien demander à personne', async () => {
    const page = await browser.page();
    await page.setOfflineMode(false); // its own policy is what is tried here
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => (asked.push(request.url), response.end())).listen(0);
    await once(server, 'listening');
    const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const tried = (await page.evaluate(`(async () => {
      const blocked = [];
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => blocked.push(effectiveDirective));
      await fetch('${target}/x').catch(() => undefined);
      const image = document.createElement('img');
      image.src = '${target}/x.png';
      const script = document.createElement('script');
      script.textContent = 'document.title = "pirate"';
      document.body.append(image, script);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { blocked, title: document.title };
    })()`)) as { blocked: string[]; title: string };
    expect(tried.blocked.toSorted()).toEqual(['connect-src', 'img-src', 'script-src-elem']);
    expect(tried.title).toBe('Vérifier un reçu – Souspli');
    expect(asked).toEqual([]);
    server.close();
    browser.errors.length = 0; // the refusals above
  });

  it('vérifie aussi la signature dans un navigateur qui ignore Ed25519, ou hors d’un contexte sûr', async () => {
    for (const without of [noEd25519, noWebCrypto]) {
      const page = await browser.page(undefined, without);
      for (const one of named('tout est juste', 'autre clé', 'accusé modifié : l’heure', 'un prix changé')) {
        const { ok, said } = await browser.try(page, one);
        expect([one.title, ok, said]).toEqual([one.title, one.ok, said]);
      }
    }
  }, 60_000);

  it('reçoit tout d’un seul geste, glissé sur elle, et trie l’accusé des fichiers', async () => {
    const page = await browser.page();
    const [one] = named('tout est juste');
    await page.$eval('#key', (field, key) => Object.assign(field, { value: key }), one.key ?? '');
    const given = [...one.files.map(([name, bytes]) => [name, bytes.toString('base64')]), ['accuse-ried.json', Buffer.from(one.text).toString('base64')]];
    await page.evaluate(`{
      const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
      const files = ${JSON.stringify(given)}.map(([name, content]) => new File([bytes(content)], name));
      document.body.dispatchEvent(Object.assign(new Event('drop', { cancelable: true, bubbles: true }), { dataTransfer: { files } }));
    }`);
    expect(await browser.result(page)).toMatchObject({ ok: true, said: expect.stringContaining('les 3 fichiers') });
    // A choice of files, said to be one, is not a refusal.
    await page.click('button[type=reset]');
    await page.waitForSelector('#result[hidden]');
    expect(await browser.try(page, { ...one, files: one.files.slice(0, 1) })).toMatchObject({ ok: false });
    await page.click('#some');
    await page.waitForSelector('#result .band-deposited');
    expect((await browser.result(page)).said).toContain('– Non donné');
  });

  it('lit un grand fichier par morceaux, et un nom piégé reste du texte', async () => {
    const parts = [offer, Buffer.alloc(30_000_000, 'gravier'), offer];
    const big = Buffer.concat(parts);
    const hex = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    const name = '<img src=x onerror=alert(1)>.bin';
    const file = { name, size: big.length, mediaType: 'x/y', sha256: hex(big), parts: parts.map((part) => ({ size: part.length, sha256: hex(part) })) };
    const text = JSON.stringify(signReceipt(ring, { ...body, files: [file] }));
    const page = await browser.page();
    const right = await browser.try(page, { text, files: [['copie.bin', big]], key: ring.publicKeyFingerprint });
    expect(right).toMatchObject({ ok: true, said: expect.stringContaining(name) });
    big[20_000_000] ^= 1;
    expect(await browser.try(page, { text, files: [['<img src=x onerror=alert(1)>.bin', big]], key: ring.publicKeyFingerprint })).toMatchObject({ ok: false, said: expect.stringContaining('(partie 2)') });
    expect(await page.$$eval('img', (found) => found.length)).toBe(0);
  }, 60_000);

  it.each([1280, 390])('est accessible et tient dans %i pixels', async (width) => {
    const page = await browser.page(undefined, undefined, width);
    const look = async () => {
      await page.evaluate(axe);
      const found = (await page.evaluate('axe.run()')) as { violations: { id: string }[] };
      expect(found.violations.map(({ id }) => id)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    };
    await look();
    const [right, wrong] = named('sans clé de confiance', 'fichiers manquants');
    for (const one of [right, wrong]) {
      await browser.try(page, one);
      await look();
    }
  }, 60_000);
});

describe('la page servie par la plateforme', () => {
  it('porte sa clé, une politique stricte, et se garde en un fichier', async () => {
    const t = await startApp('sqlite');
    try {
      const read = await t.anonymous().get('/verifier-un-recu').expect(200);
      const platform = t.app.get(Keyring);
      expect(read.text).toContain(platform.publicKeyPem.trim());
      expect(read.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/);
      expect(read.text).not.toMatch(/%[A-Z]+%|<!--/);
      const kept = await t.anonymous().get('/verifier-un-recu.html').expect(200);
      expect(kept.headers['content-disposition']).toBe('attachment; filename="verifier-un-recu.html"');
      // It leads nowhere and asks for nothing: it must work years later, on another machine.
      expect(kept.text.replace(/<(script|style)>[\s\S]*?<\/\1>/g, '')).not.toMatch(/(href|src|action)="(?!#|data:,)/);
      expect((await t.anonymous().get('/cle-publique.pem').expect(200)).text).toBe(platform.publicKeyPem);
      const address = join(browser.folder, 'gardee.html');
      writeFileSync(address, kept.text);
      const page = await browser.page(`file://${address}`);
      const key = await page.$eval('#key', (field) => (field as unknown as { value: string }).value);
      expect(await browser.try(page, { text: JSON.stringify(signReceipt(platform, body)), files: [], key })).toMatchObject({ ok: true, said: expect.stringContaining('clé de la plateforme') });
      expect(await browser.try(page, { text: JSON.stringify(signReceipt(ring, body)), files: [], key })).toMatchObject({ ok: false, said: expect.stringContaining('autre clé') });
      for (const path of ['/cle-publique', '/aide']) expect((await t.anonymous().get(path)).text).toContain('href="/verifier-un-recu"');
    } finally {
      await t.close();
    }
  }, 60_000);
});
