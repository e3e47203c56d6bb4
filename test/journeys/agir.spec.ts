import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { SubsequentContract } from '../../src/contracts/subsequent-contract.js';
import { seedAgreements } from '../../src/demo/seed-agreements.js';
import { seedAuthority } from '../../src/demo/seed.js';
import { Mail } from '../../src/platform/mail.js';
import { Outbox } from '../../src/platform/outbox.js';
import { ChromiumPrinter } from '../../src/press/chromium-printer.js';
import { startApp, type TestApp } from '../support/app.js';
import { Browsers } from './browser.js';

interface UploadField {
  uploadFile(...paths: string[]): Promise<void>;
}

const HOLDERS = ['amli', 'appuis', 'arelia', 'association-foyer-notre-dame', 'coallia'].map((name) => `marches@${name}.example`);
const TARGETS = 'Département;Vague;Cible;Au plus tôt;Au plus tard;Début souhaité';

/** The Bas-Rhin's contract from the map to its launch, each act clicked by the person whose act it is. */
describe('AGIR de bout en bout, dans un vrai navigateur', () => {
  let t: TestApp;
  let browsers: Browsers;
  let ministry: Page;
  let buyer: Page;
  let framework = '';
  let contract = '';
  const folder = mkdtempSync(join(tmpdir(), 'souspli-agir-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  const path = (page: Page) => new URL(page.url()).pathname;
  const fill = (page: Page, name: string, value: string) => page.$eval(`main [name="${name}"]`, (field, text) => Object.assign(field, { value: text }), value);
  const choose = async (page: Page, selector: string, name: string) => ((await page.$(selector)) as unknown as UploadField).uploadFile(name);
  /** For a button whose text is not alone on its page. */
  const pressHere = async (page: Page, selector: string) => {
    await Promise.all([page.waitForNavigation(), page.click(selector)]);
    await browsers.check(page, selector);
  };
  const received = (page: Page, href: string) => page.evaluate(`fetch(${JSON.stringify(href)}).then((answer) => answer.text())`) as Promise<string>;
  const onPhone = async (page: Page, ...paths: string[]) => {
    await page.setViewport({ width: 390, height: 800 });
    for (const one of paths) await browsers.go(page, one);
    await page.setViewport({ width: 1280, height: 900 });
  };

  beforeAll(async () => {
    t = await startApp('sqlite', { printer: new ChromiumPrinter({ executablePath: process.env.PUPPETEER_EXECUTABLE_PATH }) });
    await seedAuthority(t.app);
    await seedAgreements(t.app);
    await t.app.listen(0);
    browsers = await Browsers.open(`http://127.0.0.1:${(t.app.getHttpServer().address() as AddressInfo).port}`, 'agir');
    ministry = await browsers.as('Maxence Fictif');
    buyer = await browsers.as('Claude Fictif');
  });
  afterAll(async () => {
    await browsers?.close();
    await t?.close();
    rmSync(folder, { recursive: true });
  });

  it('le ministère parcourt la carte au clavier, la filtre et l’exporte', async () => {
    expect(await browsers.text(ministry)).toMatch(/France métropolitaine[\s\S]*94 départements/);
    await browsers.sheet.picture(ministry, 'agir-carte');
    const focused = () => ministry.evaluate('document.activeElement.getAttribute("aria-label") ?? ""') as Promise<string>;
    for (let i = 0; i < 150 && !(await focused()).startsWith('Bas-Rhin (67)'); i += 1) await ministry.keyboard.press('Tab');
    expect(await focused()).toMatch(/^Bas-Rhin \(67\)\s: /);
    await Promise.all([ministry.waitForNavigation(), ministry.keyboard.press('Enter')]);
    expect(path(ministry)).toBe('/deploiement/67');
    await browsers.check(ministry, 'le Bas-Rhin, par la touche Entrée');

    await browsers.go(ministry, '/deploiement');
    await ministry.select('[name="lot"]', '5');
    await browsers.press(ministry, 'Filtrer');
    expect(await browsers.text(ministry)).toContain('10 départements');
    const csv = await received(ministry, await ministry.$eval('a[href^="/deploiement.csv"]', (link) => (link as unknown as { href: string }).href));
    expect(csv.trim().split('\n')).toHaveLength(11);
    expect(csv).toContain('Bas-Rhin');
    expect(csv).not.toContain('Calvados');
  });

  it('il ouvre l’accord-cadre, puis un lot', async () => {
    await browsers.press(ministry, 'Accord-cadre national AGIR');
    framework = path(ministry);
    await browsers.press(ministry, 'Lot 5, Grand Est');
    expect(await browsers.text(ministry)).toMatch(/Association Foyer Notre Dame[\s\S]*Bas-Rhin \(67\)/);
    await browsers.sheet.picture(ministry, 'agir-lot');
    await onPhone(ministry, '/deploiement', framework, `${framework}/lots/5`, '/deploiement/67');
  });

  it('l’acheteuse ouvre le dossier du Bas-Rhin et lit tout ce qui manque, chaque raison avec son remède', async () => {
    await browsers.sheet.picture(buyer, 'agir-region');
    await browsers.go(buyer, '/marches');
    await browsers.press(buyer, 'Préparer un marché');
    await buyer.click('[name="departments"][value="67"]');
    await fill(buyer, 'deadline', '2023-12-01T12:00');
    await browsers.press(buyer, 'Ouvrir les dossiers');
    contract = path(buyer);
    await browsers.press(buyer, 'Contrôler avant lancement');
    await browsers.sheet.picture(buyer, 'agir-controle');
    const reasons = await buyer.$$eval('.reason', (nodes) => nodes.map((node) => [...node.children].map((one) => one.textContent?.trim() ?? '')));
    expect(reasons.map(([what]) => what).join(' ')).toMatch(/feu vert.*diagnostic.*document.*ouvreurs.*budget/i);
    for (const [, remedy = ''] of reasons) expect(remedy.length).toBeGreaterThan(20);
    await onPhone(buyer, `${contract}/controle`, contract, `${contract}/modifier`);
  });

  it('elle écrit le contenu, joint un document et désigne les ouvreurs', async () => {
    await browsers.go(buyer, contract);
    await browsers.press(buyer, 'Modifier le contenu');
    await fill(buyer, 'budget', 'beaucoup');
    await fill(buyer, 'estimatedQuantity', '180');
    await browsers.press(buyer, 'Enregistrer');
    expect(await buyer.title()).toMatch(/^Erreur\s: /);
    expect(await buyer.$eval('[name="estimatedQuantity"]', (field) => (field as unknown as { value: string }).value)).toBe('180');
    await fill(buyer, 'budget', '640 000');
    await browsers.press(buyer, 'Enregistrer');
    expect(await browsers.text(buyer)).toMatch(/640 000,00 €|640 000 €/);
    await fill(buyer, 'title', 'Règlement de la consultation');
    await choose(buyer, '[name="document"]', file('reglement.pdf', '%PDF-1.4\n% règlement fictif'));
    await browsers.press(buyer, 'Joindre ce document');
    for (const box of await buyer.$$('[name="openers"]')) await box.click();
    await browsers.press(buyer, 'Désigner ces ouvreurs');
  });

  it('l’agent du département suit le diagnostic, de sa remise à son envoi aux cinq titulaires', async () => {
    const officer = await browsers.as('Sébastien Bouché');
    await browsers.go(officer, '/deploiement/67');
    await browsers.press(officer, 'Suivre un diagnostic');
    await fill(officer, 'title', 'Diagnostic pré-opérationnel du Bas-Rhin');
    await browsers.press(officer, 'Suivre ce diagnostic');
    const diagnostic = path(officer);
    await fill(officer, 'authorName', 'Appuis');
    await officer.click('label ::-p-text(Appuis)');
    await choose(officer, '[name="document"]', file('diagnostic.pdf', '%PDF-1.4\n% diagnostic fictif'));
    await browsers.press(officer, 'Enregistrer la remise');
    await browsers.press(officer, 'Commencer la relecture');
    await officer.click('[name="move"][value="accept"]');
    await browsers.press(officer, 'Enregistrer la décision');
    await fill(officer, 'privacyReviewer', 'Camille Fictif');
    await officer.click('[name="smallCounts"]');
    await browsers.press(officer, 'Déclarer publiable');
    await fill(officer, 'publicAddress', 'https://grand-est.exemple.example/diagnostic-bas-rhin');
    await browsers.press(officer, 'Enregistrer la publication');
    await browsers.press(officer, 'Remettre le diagnostic à 5 titulaires');
    await t.jobs.finishAll();
    await onPhone(officer, diagnostic);
    await browsers.go(officer, diagnostic);
    await browsers.sheet.picture(officer, 'agir-diagnostic');
    expect(await browsers.text(officer)).toContain('Publié et remis à tous les titulaires');
    const mails = await t.source.manager.findBy(Mail, { kind: 'diagnostic-shared' });
    expect(mails.map((one) => one.recipient).toSorted()).toEqual(HOLDERS);
  });

  it('l’acheteuse soumet ; la signataire régionale signe depuis son parapheur', async () => {
    await browsers.go(buyer, contract);
    await browsers.press(buyer, 'Soumettre à la signature');
    expect(await browsers.text(buyer)).toContain('6 lettres');
    const signatory = await browsers.as('Ange Modèle');
    expect(path(signatory)).toBe('/parapheur');
    await browsers.press(signatory, 'Marché subséquent AGIR du Bas-Rhin');
    await browsers.press(signatory, 'Signer les 6 lettres');
    expect(await browsers.text(signatory)).toContain('Cochez la case');
    await signatory.click('[name="read"]');
    await browsers.press(signatory, 'Signer les 6 lettres');
    expect(await browsers.text(signatory)).toContain('PFRA44/2023/0006');
    await onPhone(signatory, '/parapheur', `${contract}/lettres`);
  });

  it('signé mais sans feu vert, le marché ne se lance pas ; le ministère le donne, et lit sa lettre', async () => {
    await browsers.go(buyer, `${contract}/controle`);
    expect(await browsers.text(buyer)).toMatch(/1 raison, avec son remède[\s\S]*Aucun feu vert[\s\S]*Appuis a participé au diagnostic/);
    expect(await browsers.text(buyer)).not.toContain('Lancer la consultation');

    await browsers.go(ministry, framework);
    await browsers.press(ministry, 'Donner ou enregistrer un feu vert');
    await onPhone(ministry, path(ministry));
    await browsers.go(ministry, path(ministry));
    await ministry.click('[name="scope"][value="department"]');
    await ministry.select('[name="departmentCode"]', '67');
    await fill(ministry, 'reference', 'DGEF/AGIR/2023-67');
    await fill(ministry, 'conditions', 'Démarrage au plus tôt le 15 janvier 2024');
    await browsers.sheet.picture(ministry, 'agir-feu-vert');
    await ministry.select('[name="departmentCode"]', '');
    await browsers.press(ministry, 'Donner le feu vert');
    expect(await ministry.title()).toMatch(/^Erreur\s: /);
    expect(await ministry.$eval('#departmentCode-error', (node) => node.textContent ?? '')).toContain('département');
    expect(await ministry.$eval('[name="reference"]', (field) => (field as unknown as { value: string }).value)).toBe('DGEF/AGIR/2023-67');
    await ministry.select('[name="departmentCode"]', '67');
    await browsers.press(ministry, 'Donner le feu vert');
    const light = path(ministry);
    await t.jobs.finishAll();
    await browsers.go(ministry, light);
    expect(await browsers.text(ministry)).toMatch(/du Bas-Rhin[\s\S]*DGEF\/2023\/0001/);
    expect(await received(ministry, `${light}/document.pdf`)).toMatch(/^%PDF-/);
  });

  it('l’acheteuse en est prévenue, lance, et chaque titulaire reçoit la même chose', async () => {
    await browsers.go(buyer, '/messagerie');
    await browsers.press(buyer, 'eu vert');
    expect(await browsers.text(buyer)).toContain('Bas-Rhin');
    await browsers.go(buyer, `${contract}/lettres`);
    await browsers.press(buyer, 'Contrôler et lancer');
    await browsers.press(buyer, 'Lancer la consultation auprès de 5 titulaires');
    expect(await browsers.text(buyer)).toContain('Consultation en cours');
    await t.jobs.finishAll();
    const mails = await t.source.manager.findBy(Mail, { kind: 'invitation' });
    expect(mails.map((one) => one.recipient).toSorted()).toEqual(HOLDERS);
    for (const mail of mails) {
      expect(mail.attachments.map((one) => one.name)).toEqual(['lettre.pdf', 'lettre-de-consultation.pdf', 'règlement-de-la-consultation.pdf', 'diagnostic-du-département.pdf']);
      expect(t.app.get(Outbox).words(mail).text).toMatch(/Bas-Rhin[\s\S]*1er\sdécembre 2023[\s\S]*\/lien\//);
    }
    await onPhone(buyer, contract, `${contract}/lettres`, `${contract}/controle`, '/marches', '/deploiement');
    const { consultationId } = await t.source.manager.findOneByOrFail(SubsequentContract, { id: contract.split('/')[2] });
    for (const one of ['suivi', 'questions', 'visas', 'ouverture', 'preuve', 'reglages']) await browsers.go(buyer, `/consultations/${consultationId}/${one}`);
    await onPhone(buyer, ...['suivi', 'questions', 'preuve'].map((one) => `/consultations/${consultationId}/${one}`));
  });

  it('la signataire y met fin, l’acheteuse relance en un acte', async () => {
    const signatory = await browsers.as('Ange Modèle');
    await browsers.go(signatory, contract);
    await signatory.click('details:has([name="move"]) summary');
    await signatory.click('[name="move"][value="abandon"]');
    await fill(signatory, 'reason', 'Le besoin est redéfini.');
    await browsers.press(signatory, 'Mettre fin au marché');
    expect(await browsers.text(signatory)).toContain('Sans suite');
    await browsers.go(buyer, contract);
    await fill(buyer, 'deadline', '2024-02-01T12:00');
    await browsers.press(buyer, 'Relancer ce marché');
    expect(path(buyer)).not.toBe(contract);
    expect(await browsers.text(buyer)).toMatch(/En préparation[\s\S]*1er février 2024 à 12 h 00[\s\S]*marché précédent/);
  });

  it('un tableau fautif est montré ligne par ligne et ne change rien ; corrigé, il s’applique d’un coup', async () => {
    const importFile = async (name: string, ...lines: string[]) => {
      await browsers.go(ministry, framework);
      await browsers.press(ministry, 'Importer des tableaux');
      await choose(ministry, '#file-cibles', file(name, [TARGETS, ...lines].join('\n')));
      await pressHere(ministry, 'form[action*="type=cibles"] button');
    };
    await importFile('cibles-fautives.csv', '67;2023;mi-décembre;01/12/2023;15/12/2023;15/01/2024', '68;deux mille;;;31/02/2024;', '2A;2024;;;;');
    const wrong = await browsers.text(ministry);
    expect(wrong).toContain('rien ne peut être appliqué');
    expect(wrong).not.toContain('Appliquer les');
    const rows = await ministry.$$eval('tbody tr', (nodes) => nodes.map((node) => (node as unknown as { innerText: string }).innerText.replace(/\s+/g, ' ')));
    expect(rows.find((one) => one.startsWith('3'))).toMatch(/Vague.*deux mille.*Au plus tard/);
    await browsers.sheet.picture(ministry, 'agir-import');
    await onPhone(ministry, path(ministry), `${framework}/imports`);

    await importFile('cibles.csv', '67;2023;mi-décembre;01/12/2023;15/12/2023;15/01/2024', '68;2024;premier trimestre 2024;01/01/2024;31/03/2024;');
    expect(await browsers.text(ministry)).toContain('Rien n’est encore enregistré');
    await browsers.press(ministry, 'Appliquer les 2 changements');
    expect(await browsers.text(ministry)).toContain('Import appliqué');
    await browsers.go(ministry, '/deploiement/68');
    expect(await browsers.text(ministry)).toContain('premier trimestre 2024');
  });

  it('les pages que personne n’a encore ouvertes', async () => {
    for (const one of ['modifier', 'lots/5/titulaires/nouveau', 'lots/5/modifier', 'departements/67', 'lots/nouveau']) await browsers.go(ministry, `${framework}/${one}`);
    for (const one of ['/accords-cadres', '/accords-cadres/nouveau', '/programmes/nouveau', '/organisations', '/deploiement/67/acteurs']) await browsers.go(ministry, one);
    await onPhone(ministry, `${framework}/modifier`, `${framework}/lots/5/titulaires/nouveau`, '/organisations', '/deploiement/67/acteurs');
    await browsers.go(buyer, '/diagnostics/nouveau');
    await onPhone(buyer, '/marches/nouveau');
  });

  it('aucune page visitée n’a de défaut d’accessibilité, d’erreur de script, ni ne déborde', () => {
    expect(browsers.violations).toEqual([]);
    expect(browsers.errors).toEqual([]);
  });
});
