import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { demoData } from '../../src/demo/demo-data.js';
import { agirTyped } from '../../src/commissions/programme.js';
import { seedAuthority } from '../../src/demo/seed.js';
import { Mail } from '../../src/platform/mail.js';
import { Outbox } from '../../src/platform/outbox.js';
import { ChromiumPrinter } from '../../src/press/chromium-printer.js';
import { startApp, type TestApp } from '../support/app.js';
import { Browsers } from './browser.js';

interface UploadField {
  uploadFile(...paths: string[]): Promise<void>;
}

describe.each([1280, 390])('le Bas-Rhin de bout en bout, dans un vrai navigateur (%d px)', (width) => {
  let t: TestApp;
  let browsers: Browsers;
  let officer: Page;
  let workspace = '';
  let consultation = '';
  // Hostile on the small screen only: the pictures of the guides are taken on the large one.
  const title = width === 390 ? 'Diagnostic <b>du Bas-Rhin</b> {{x}}' : agirTyped().title;
  const folder = mkdtempSync(join(tmpdir(), 'souspli-files-'));

  const path = (page: Page) => new URL(page.url()).pathname;
  const choose = async (page: Page, selector: string, ...files: string[]) => {
    const input = (await page.$(selector)) as unknown as UploadField;
    await input.uploadFile(...files);
  };
  const fill = (page: Page, name: string, value: string) =>
    page.$eval(`[name="${name}"]`, (field, text) => Object.assign(field, { value: text }), value);
  const linkFor = async (email: string, kind = 'invitation') => {
    const mail = await t.source.manager.findOneByOrFail(Mail, { recipient: email, kind });
    const { text } = t.app.get(Outbox).words(mail);
    return new URL(/http\S+\/lien\/\S+/.exec(text)?.[0] ?? '').pathname;
  };

  beforeAll(async () => {
    // The same letters at both widths: printed once.
    t = await startApp('sqlite', width === 1280 ? { printer: new ChromiumPrinter({ executablePath: process.env.PUPPETEER_EXECUTABLE_PATH }) } : {});
    await t.app.listen(0);
    await seedAuthority(t.app);
    browsers = await Browsers.open(`http://127.0.0.1:${(t.app.getHttpServer().address() as AddressInfo).port}`, `bas-rhin-${width}`);
    writeFileSync(join(folder, 'cahier.pdf'), '%PDF-1.4\n% cahier des charges fictif');
    writeFileSync(join(folder, 'Mémoire « été ».pdf'), Buffer.alloc(9_000_000, 'mémoire fictif '));
    writeFileSync(join(folder, 'prix.csv'), 'poste;montant\nétude;23000');
  });

  afterAll(async () => {
    await browsers?.close();
    await t?.close();
  });

  it('l’agent rédige la commande ; une date impossible est refusée à côté du champ, rien n’est perdu', async () => {
    officer = await browsers.as('Sébastien Bouché', { width });
    await browsers.press(officer, 'Nouvelle commande');
    await fill(officer, 'ceiling', '24 000');
    await fill(officer, 'title', title);
    await fill(officer, 'deadline', '2023-07-01T12:00');
    await browsers.press(officer, 'Enregistrer le brouillon');
    expect(await officer.title()).toMatch(/^Erreur\s: /);
    expect(await browsers.text(officer)).toContain('La date limite est déjà passée');
    expect(await officer.$eval('[name="title"]', (field) => (field as unknown as { value: string }).value)).toBe(title);
    await fill(officer, 'deadline', demoData().deadline);
    await browsers.press(officer, 'Enregistrer le brouillon');
    workspace = path(officer);
    expect(await browsers.text(officer)).toContain(title);
  });

  it('il joint le cahier des charges, les destinataires et les ouvreurs, puis soumet', async () => {
    await choose(officer, '[name="specifications"]', join(folder, 'cahier.pdf'));
    await browsers.press(officer, 'Joindre le cahier des charges');
    await fill(officer, 'addressees', 'Fondation Notre Dame ; pas-une-adresse');
    await browsers.press(officer, 'Enregistrer les destinataires');
    expect(await browsers.text(officer)).toContain('Ligne 1 : « pas-une-adresse » n’est pas une adresse électronique complète.');
    await fill(officer, 'addressees', demoData().addressees.map(({ name, email }) => `${name} ; ${email}`).join('\n'));
    await browsers.press(officer, 'Enregistrer les destinataires');
    for (const box of await officer.$$('[name="openers"]')) await box.click();
    await browsers.press(officer, 'Désigner ces ouvreurs');
    await browsers.sheet.picture(officer, 'agent-commande');
    await browsers.press(officer, 'Soumettre à la signature');
    expect(await browsers.text(officer)).toContain('20 lettres');
  });

  it('la secrétaire générale adjointe relit et signe ; l’agent envoie', async () => {
    const signatory = await browsers.as('Myriam Leheilleix', { width });
    await browsers.sheet.picture(signatory, 'signataire-parapheur');
    await browsers.press(signatory, title.slice(0, 10));
    await browsers.sheet.picture(signatory, 'signataire-lettres');
    await browsers.sheet.document(signatory, `${workspace}/lettres/in-fine.pdf`, 'lettre');
    await browsers.press(signatory, 'Signer les 20 lettres');
    expect(await browsers.text(signatory)).toContain('Cochez la case');
    await signatory.click('[name="read"]');
    await browsers.press(signatory, 'Signer les 20 lettres');
    expect(await browsers.text(signatory)).toContain('DDETS67/2023/0020');
    await t.jobs.finishAll();
    await browsers.go(officer, `${workspace}/lettres`);
    await browsers.sheet.picture(officer, 'agent-lettres');
    await browsers.press(officer, 'Envoyer les 20 lettres');
    await fill(officer, 'addressees', demoData().invented.map(({ name, email }) => `${name} ; ${email}`).join('\n'));
    await browsers.press(officer, 'Préparer leurs lettres');
    await browsers.go(signatory, `${workspace}/lettres`);
    await signatory.click('[name="read"]');
    await browsers.press(signatory, 'Signer les 5 lettres');
    await t.jobs.finishAll();
    await browsers.go(officer, `${workspace}/lettres`);
    await browsers.press(officer, 'Envoyer les 5 lettres');
    await t.jobs.finishAll();
  });

  it('une association entre par son lien, envoie ses fichiers, dépose et reçoit son accusé', async () => {
    const page = await browsers.page({ width });
    const link = await linkFor('offres@passerelle-rhenane.example');
    await browsers.go(page, link); // a mail scanner follows every GET…
    await browsers.go(page, link);
    await browsers.sheet.picture(page, 'candidat-lien');
    await browsers.press(page, 'Entrer dans mon espace');
    consultation = path(page);
    await browsers.press(page, 'Préparer et déposer mon pli');
    expect(await browsers.text(page)).toContain('Brouillon : rien n’est encore déposé');
    const reloaded = page.waitForNavigation({ timeout: 25_000 });
    await choose(page, '[name="files"]', join(folder, 'Mémoire « été ».pdf'), join(folder, 'prix.csv'));
    await reloaded;
    expect(await browsers.text(page)).toContain('Mémoire « été ».pdf');
    expect(await browsers.text(page)).toContain('Vos 2 fichiers sont arrivés. Il reste à déposer le pli.');
    await browsers.sheet.picture(page, 'candidat-pli');
    t.clock.moveTo('2023-07-25T15:02:14.345Z');
    await browsers.press(page, 'Déposer mon pli');
    const receipt = await browsers.text(page);
    await browsers.sheet.picture(page, 'candidat-recu');
    for (const mention of ['Passerelle Rhénane', 'Préfecture du Bas-Rhin', 'Diagnostic', '25 juillet 2023 à 17 h 02 min 14,345 s', 'prix.csv']) expect(receipt).toContain(mention);
    await browsers.press(page, 'Mon dépôt').catch(() => browsers.go(page, `${consultation}/pli`));
    expect(await browsers.text(page)).toContain('Votre pli est déposé');
  });

  it('sans JavaScript, une autre demande un lien, lit, dépose un petit fichier et reçoit son accusé', async () => {
    const page = await browsers.page({ width, javascript: false });
    const email = 'offres@maison-parcours.example';
    await browsers.go(page, '/demander-un-lien');
    await fill(page, 'email', email);
    await browsers.press(page, 'Recevoir un lien');
    expect(await browsers.text(page)).toContain('Demande reçue');
    await t.jobs.finishAll();
    await browsers.go(page, await linkFor(email, 'sign-in-link'));
    await browsers.press(page, 'Entrer dans mon espace');
    await browsers.press(page, title.slice(0, 10));
    expect(await browsers.text(page)).toContain('mercredi 26 juillet 2023 à 23 h 59');
    await browsers.go(page, `${consultation}/pli`);
    await choose(page, '[name="files"]', join(folder, 'prix.csv'));
    await Promise.all([page.waitForNavigation(), page.click('[data-nojs] button')]);
    await browsers.press(page, 'Déposer mon pli');
    expect(path(page)).toMatch(/^\/recus\//);
    expect(await browsers.text(page)).toContain('Maison des Parcours');
  });

  it('avant l’ouverture, l’agent et l’administrateur ne voient rien ; trop tôt est refusé', async () => {
    await browsers.go(officer, `${consultation}/plis`);
    await browsers.sheet.picture(officer, 'agent-plis');
    expect(await browsers.text(officer)).toContain('Rien ne peut être affiché avant l’ouverture');
    const admin = await browsers.as('Alix Modèle', { width });
    await browsers.go(admin, `${consultation}/plis`);
    expect(await browsers.text(admin)).toContain('Page introuvable');
    const opener = await browsers.as('Camille Fictif', { width });
    await browsers.go(opener, `${consultation}/ouverture`);
    expect(await browsers.text(opener)).toContain('L’ouverture est possible à partir du jeudi 27 juillet 2023 à 0 h 59');
  });

  it('le lendemain, deux ouvreurs ouvrent ensemble ; le procès-verbal est là, le journal intact', async () => {
    t.clock.moveTo('2023-07-27T07:00:00.000Z');
    for (const name of ['Camille Fictif', 'Dominique Exemple']) {
      const page = await browsers.as(name, { width });
      await browsers.go(page, `${consultation}/ouverture`);
      if (name === 'Camille Fictif') await browsers.sheet.picture(page, 'ouvreur-presence');
      await page.click('[name="declaration"]');
      await browsers.press(page, 'Confirmer ma présence');
      if (name === 'Camille Fictif') continue;
      await browsers.press(page, 'Ouvrir les plis');
      await t.jobs.finishAll();
      await browsers.go(page, `${consultation}/plis`);
      const text = await browsers.text(page);
      await browsers.sheet.picture(page, 'ouvreur-plis');
      for (const fact of ['Empreintes conformes', 'Journal intact', 'Procès-verbal', 'Mémoire « été ».pdf', 'Maison des Parcours']) expect(text).toContain(fact);
    }
  });

  it('aucune page visitée n’a de défaut d’accessibilité, d’erreur de script, ni ne déborde', () => {
    expect(browsers.violations).toEqual([]);
    expect(browsers.errors).toEqual([]);
  });
});
