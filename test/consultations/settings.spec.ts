import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import yauzl from 'yauzl';
import { createHash } from 'node:crypto';
import { CommissionDocumentsService } from '../../src/commissions/documents.service.js';
import { SignatureService } from '../../src/commissions/signature.service.js';
import { Consultation, ConsultationDocument } from '../../src/consultations/consultation.js';
import type { SettingsForm } from '../../src/consultations/exchange.forms.js';
import { settle } from '../../src/consultations/settings.js';
import { SettingsService } from '../../src/consultations/settings.service.js';
import { VisasService } from '../../src/consultations/visas.service.js';
import { Letter } from '../../src/letters/letter.js';
import { Mail } from '../../src/platform/mail.js';
import { DATABASES } from '../support/databases.js';
import { startApp, type TestApp } from '../support/app.js';
import { agentsOf, called, drafted, fault, seedDepartment } from './world.js';

const form = (more: Partial<SettingsForm> = {}): SettingsForm => ({ questionsBefore: '', expected: '', channel: 'souspli', externalReference: '', externalLink: '', outageMinutes: '', outageHours: '', ...more });

describe('ce que le lancement annonce', () => {
  const NOW = new Date('2023-07-13T08:00:00Z');
  const draft = (more: Partial<Consultation> = {}) => Object.assign(new Consultation(), { timeZone: 'Europe/Paris', localDeadline: '2023-07-26T23:59', ...more });
  const set = (more: Partial<SettingsForm>, on: Partial<Consultation> = {}) => {
    const consultation = draft(on);
    try {
      settle(consultation, form(more), NOW);
      return consultation;
    } catch (error) {
      return (error as { errors: { field: string }[] }).errors[0]?.field;
    }
  };

  it('refuse ce qui ne tient pas, au champ qui est faux', () => {
    expect(set({ questionsBefore: '2023-07-26' })).toBe('questionsBefore');
    expect(set({ questionsBefore: '2023-07-12' })).toBe('questionsBefore');
    expect(set({ channel: 'place' })).toBe('externalReference');
    expect(set({ channel: 'place', externalReference: 'X' })).toBe('externalLink');
    expect(set({ outageMinutes: '30' })).toBe('outageMinutes');
    expect(set({ outageHours: '4' })).toBe('outageMinutes');
    expect(set({ outageMinutes: '30', outageHours: '97' })).toBe('outageHours');
    expect(set({ outageMinutes: '61', outageHours: '1' })).toBe('outageMinutes');
    expect(set({ outageMinutes: '30', outageHours: '4', channel: 'place', externalReference: 'X', externalLink: 'https://x.example' })).toBe('outageMinutes');
    expect(set({ expected: Array.from({ length: 41 }, (_, n) => `Document ${n}`).join('\n') })).toBe('expected');
    expect(set({ expected: 'x'.repeat(201) })).toBe('expected');
    expect(set({}, { status: 'launched' })).toBe('channel');
    expect(set({}, { frozenAt: NOW })).toBe('channel');
  });

  it('garde le formulaire vierge d’un document qui reste, et oublie la plateforme d’avant', () => {
    const kept = set({ expected: 'Mémoire\nPrix\nMémoire' }, { expected: [{ label: 'Prix', fileId: 'f', fileName: 'prix.xlsx' }], externalReference: 'R', externalLink: 'https://x.example' });
    expect(kept).toMatchObject({ expected: [{ label: 'Mémoire', fileId: null, fileName: null }, { label: 'Prix', fileId: 'f', fileName: 'prix.xlsx' }], externalReference: null, externalLink: null });
  });

  it('ne laisse jamais les questions finir après les offres, quel que soit l’ordre des changements', () => {
    const days = fc.integer({ min: 14, max: 31 }).map((day) => `2023-07-${day}`);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), days), { maxLength: 8 }), (moves) => {
        const consultation = draft();
        for (const [ofQuestions, day] of moves) {
          try {
            if (ofQuestions) settle(consultation, form({ questionsBefore: day }), NOW);
            else consultation.plan(`${day}T12:00`, NOW);
          } catch {
            // refused: nothing changed
          }
          expect(consultation.questionsBefore === null || consultation.questionsBefore < consultation.localDeadline.slice(0, 10)).toBe(true);
        }
      }),
    );
  });
});

describe.each(DATABASES)('un dossier complet (%s)', (kind) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(kind);
    await seedDepartment(t, '67');
  }, 60_000);
  afterAll(() => t.close());
  const small = { code: '67', deadline: '2023-07-26T23:59', addressees: 'Alpha ; a@alpha.example\nBêta ; b@beta.example' };
  const csv = { name: 'cadre-de-prix.csv', bytes: Buffer.from('Poste;Prix\n') };

  it('réunit règlement, CCAP et formulaires vierges, l’annonce dans les lettres, puis ne change plus', async () => {
    const officer = await agentsOf(t, '67').officer();
    const ids = await drafted(t, small);
    const [documents, settings] = [t.app.get(CommissionDocumentsService), t.app.get(SettingsService)];
    await documents.add(officer, ids.commissionId, { title: 'CCAP', kind: 'ccap' }, { name: 'ccap.pdf', bytes: Buffer.from('%PDF-1.4 ccap') });
    expect(await fault(documents.add(officer, ids.commissionId, { title: 'CCAP', kind: 'annex' }, { name: 'x.pdf', bytes: Buffer.from('%PDF-1.4') }))).toBe('title');
    expect(await fault(documents.add(officer, ids.commissionId, { title: 'Faux', kind: 'annex' }, { name: 'x.pdf', bytes: Buffer.from('PK\u0003\u0004') }))).toBe('document');
    await documents.add(officer, ids.commissionId, { title: 'Cadre de prix', kind: 'annex' }, csv);
    await settings.save(officer, ids.consultationId, form({ expected: 'Mémoire technique\nCadre de prix rempli', questionsBefore: '2023-07-20', outageMinutes: '30', outageHours: '4' }));
    await settings.expectedForm(officer, ids.consultationId, 'Cadre de prix rempli', csv);
    expect(await fault(settings.expectedForm(officer, ids.consultationId, 'Cadre de prix rempli', { name: 'x.xlsx', bytes: csv.bytes }))).toBe('document');
    expect(await fault(settings.expectedForm(officer, ids.consultationId, 'Inconnu', csv))).toBe('not-found');
    const browser = await t.browser('agent@prefecture67.example');
    expect((await browser.get(`/consultations/${ids.consultationId}/reglages`)).text).toMatch(/Mémoire technique[\s\S]*cadre-de-prix\.csv/);
    expect((await browser.get(`/commandes/${ids.commissionId}`)).text).toMatch(/CCAP[\s\S]*Cadre de prix/);
    await t.app.get(SignatureService).submit(officer, ids.commissionId);
    expect(await fault(settings.save(officer, ids.consultationId, form()))).toBe('channel');
    expect(await fault(settings.expectedForm(officer, ids.consultationId, 'Mémoire technique', csv))).toBe('frozen');
    await t.app.get(SignatureService).takeBack(officer, ids.commissionId);
    await settings.save(officer, ids.consultationId, form({ expected: 'Mémoire technique' }));
  });

  it('un réglage changé fait retomber les visas', async () => {
    const { officer, openers } = agentsOf(t, '67');
    const [agent, [reader]] = [await officer(), await openers()];
    const { consultationId } = await drafted(t, small);
    await t.app.get(VisasService).ask(agent, consultationId, [reader?.id ?? '']);
    await t.app.get(VisasService).decide(reader, consultationId, 'give', '');
    await t.app.get(SettingsService).save(agent, consultationId, form({ expected: 'Autre' }));
    expect((await t.app.get(VisasService).show(agent, consultationId)).visas.map((one) => one.status)).toEqual(['asked']);
  });

  it('lancé, il se lit en entier, se prend en un ZIP qui se vérifie, et chaque retrait compte une fois', async () => {
    const officer = await agentsOf(t, '67').officer();
    const { consultationId: id, commissionId } = await called(t, {
      ...small,
      prepare: async (ids) => {
        await t.app.get(CommissionDocumentsService).add(officer, ids.commissionId, { title: 'Cadre : prix / coûts', kind: 'annex' }, csv);
        await t.app.get(SettingsService).save(officer, ids.consultationId, form({ expected: 'Mémoire technique\nCadre de prix', questionsBefore: '2023-07-20', outageMinutes: '30', outageHours: '4' }));
        await t.app.get(SettingsService).expectedForm(officer, ids.consultationId, 'Cadre de prix', csv);
      },
    });
    const order = await t.source.manager.findOneByOrFail(Letter, { subjectId: commissionId, kind: 'commission-letter' });
    expect(order.body).toMatch(/Mémoire technique[\s\S]*questions sont reçues jusqu’au 20/);
    expect(order.body).toMatch(/arrêtée 30.minutes/);
    expect(order.body).toContain('PJ (2)');
    const invitation = await t.source.manager.findOneByOrFail(Letter, { subjectId: commissionId, form: 'in-fine' });
    expect(invitation.body).toContain('PJ (3)');
    const mail = await t.source.manager.findOneByOrFail(Mail, { kind: 'invitation', recipient: 'a@alpha.example' });
    expect(mail.attachments.map((one) => one.name)).toEqual(['lettre.pdf', 'lettre-de-commande.pdf', 'cahier-des-charges.pdf', 'cadre-prix-coûts.csv']);
    expect((await t.source.manager.findBy(ConsultationDocument, { consultationId: id })).map((one) => one.kind).toSorted()).toEqual(['annex', 'commission-letter', 'specifications']);

    const browser = await t.browser('a@alpha.example');
    const page = (await browser.get(`/consultations/${id}`)).text;
    expect(page).toMatch(/Empreinte SHA-256/);
    expect(page).toContain(createHash('sha256').update(csv.bytes).digest('hex'));
    expect(page).toMatch(/Mémoire technique[\s\S]*formulaire vierge/);
    const annex = await t.source.manager.findOneByOrFail(ConsultationDocument, { consultationId: id, kind: 'annex' });
    const download = await browser.get(`/consultations/${id}/documents/${annex.id}`);
    expect(download.headers['content-type']).toContain('text/csv');
    expect(download.headers['content-disposition']).toMatch(/^attachment; filename\*=UTF-8''Cadre%20-%20prix/);
    const form1 = await browser.get(`/consultations/${id}/attendus/1`);
    expect(form1.headers['content-disposition']).toContain('cadre-de-prix.csv');
    await browser.get(`/consultations/${id}/attendus/0`).expect(404);
    await browser.get(`/consultations/${id}/attendus/-1`).expect(404);

    const answer = await browser.get(`/consultations/${id}/documents.zip`).buffer(true).parse((response, done) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => done(null, Buffer.concat(chunks)));
    });
    const files = await unzipped(answer.body as Buffer);
    expect([...files.keys()]).toEqual(['01 Lettre de commande.pdf', '02 Cahier des charges.pdf', '03 Cadre - prix - coûts.csv', 'Formulaires vierges/01 cadre-de-prix.csv', 'SHA256SUMS']);
    for (const line of (files.get('SHA256SUMS') ?? Buffer.alloc(0)).toString().trim().split('\n')) {
      const [hash = '', name = ''] = line.split('  ');
      expect(createHash('sha256').update(files.get(name) ?? '').digest('hex')).toBe(hash);
    }
    const register = (await (await t.browser('agent@prefecture67.example')).get(`/consultations/${id}/suivi`)).text;
    expect(register.match(/<th scope="row">Alpha<\/th><td data-label="Personne">/g)).toHaveLength(3);
  });

  it('annonce formats et taille, et refuse 300 Mo sans les garder', async () => {
    const browser = await t.browser('agent@prefecture67.example');
    const { commissionId } = await drafted(t, small);
    const page = (await browser.get(`/commandes/${commissionId}`)).text;
    expect(page).toMatch(/Formats acceptés\s: PDF, ODT, ODS, DOCX, XLSX, ZIP, CSV, PNG, JPG/);
    expect(page).toMatch(/Taille maximale\s: 20\s*Mo/);
    const before = process.memoryUsage().arrayBuffers;
    const answer = await t.anonymous().post(`/commandes/${commissionId}/documents?_csrf=${browser.csrf}`).set('cookie', `souspli=${browser.token}`).set('accept', 'text/html').set('referer', `http://127.0.0.1/commandes/${commissionId}`)
      .field('title', 'Gardé').attach('document', Buffer.alloc(300_000_000, '%PDF-'), { filename: 'gros.pdf', contentType: 'application/pdf' });
    expect(answer.status).toBe(303);
    const again = (await browser.get(`/commandes/${commissionId}`)).text;
    expect(again).toMatch(/dépasse 20\s*Mo/);
    expect(again).toContain('value="Gardé"');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(700_000_000); // what the test itself sends, and no more
  });
});

function unzipped(bytes: Buffer): Promise<Map<string, Buffer>> {
  return new Promise((resolve, reject) => {
    yauzl.fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      const files = new Map<string, Buffer>();
      zip.on('entry', (entry: yauzl.Entry) => {
        zip.openReadStream(entry, (failure, stream) => {
          if (failure) return reject(failure);
          const chunks: Buffer[] = [];
          stream.on('data', (chunk: Buffer) => chunks.push(chunk));
          stream.on('end', () => {
            files.set(entry.fileName, Buffer.concat(chunks));
            zip.readEntry();
          });
        });
      });
      zip.on('end', () => resolve(files));
      zip.readEntry();
    });
  });
}
