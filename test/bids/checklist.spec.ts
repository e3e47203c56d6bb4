import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checklistFrom, checklistOf } from '../../src/bids/checklist.js';
import { BidDraft } from '../../src/bids/draft.js';
import { SettingsService } from '../../src/consultations/settings.service.js';
import { BidUploadsService } from '../../src/bids/uploads.service.js';
import { JournalEntry } from '../../src/platform/journal-entry.js';
import { agentsOf, called, seedDepartment } from '../consultations/world.js';
import { startApp, type TestApp } from '../support/app.js';
import { DATABASES } from '../support/databases.js';
import { sendFile } from '../support/upload.js';

const EXPECTED = [{ label: 'Mémoire technique', fileId: null, fileName: null }, { label: 'Cadre de prix', fileId: 'f', fileName: 'BPU.csv' }];
const files = (...names: string[]) => names.map((name, index) => ({ id: `f${index}`, name }));
const found = (names: string[], saved: Record<string, string> | null = null) => checklistOf('k', EXPECTED, files(...names), saved).map((one) => [one.file?.name ?? null, one.guessed]);

describe('la liste des documents attendus', () => {
  it('reconnaît un fichier à son nom ou à celui du formulaire, et ne devine rien d’autre', () => {
    expect(found(['MEMOIRE_technique-v2.pdf', 'bpu.CSV'])).toEqual([['MEMOIRE_technique-v2.pdf', true], ['bpu.CSV', true]]);
    expect(found(['mémoire.pdf', 'prix.pdf'])).toEqual([[null, false], [null, false]]);
  });

  it('croit le candidat plutôt que les noms, même quand il dit « pas encore »', () => {
    expect(found(['Mémoire technique.pdf', 'b.pdf'], { 'Mémoire technique': 'f1', 'Cadre de prix': 'f1' })).toEqual([['b.pdf', false], ['b.pdf', false]]);
    expect(found(['Mémoire technique.pdf'], { 'Mémoire technique': '', 'Cadre de prix': '' })).toEqual([[null, false], [null, false]]);
  });

  it('oublie un fichier retiré du brouillon, ou qui n’en a jamais été', () => {
    expect(found(['a.pdf'], { 'Mémoire technique': 'parti' })[0]).toEqual([null, false]);
    expect(checklistFrom(EXPECTED, ['f0', 'ailleurs'], files('a.pdf'))).toEqual({ 'Mémoire technique': 'f0', 'Cadre de prix': '' });
    expect(checklistFrom(EXPECTED, [], files('a.pdf'))).toEqual({ 'Mémoire technique': '', 'Cadre de prix': '' });
  });
});

describe.each(DATABASES)('la page de dépôt (%s)', (kind) => {
  let t: TestApp;
  let id = '';
  beforeAll(async () => {
    t = await startApp(kind);
    await seedDepartment(t, '67');
    const officer = await agentsOf(t, '67').officer();
    const settings = t.app.get(SettingsService);
    const prepare = async ({ consultationId }: { consultationId: string }) => {
      await settings.save(officer, consultationId, { questionsBefore: '', expected: 'Mémoire technique\nCadre de prix', channel: 'souspli', externalReference: '', externalLink: '', outageMinutes: '', outageHours: '' });
      await settings.expectedForm(officer, consultationId, 'Cadre de prix', { name: 'cadre.csv', bytes: Buffer.from('Poste;Prix\n') });
    };
    ({ consultationId: id } = await called(t, { code: '67', deadline: '2023-07-26T23:59', addressees: 'Alpha ; a@alpha.example', prepare }));
  }, 60_000);
  afterAll(() => t.close());

  it('donne les formulaires vierges, dit ce qui manque, et laisse déposer', async () => {
    const browser = await t.browser('a@alpha.example');
    const page = async () => (await browser.get(`/consultations/${id}/pli`).expect(200)).text;
    expect(await page()).toMatch(/Documents attendus[\s\S]*attendus\/1[\s\S]*cadre\.csv/);
    expect((await browser.get(`/consultations/${id}/attendus/1`).expect(200)).text).toBe('Poste;Prix\n');
    await sendFile(t.app.get(BidUploadsService), await t.actor('a@alpha.example'), id, 'Tout en un.pdf', Buffer.from('contenu'));
    expect(await page()).toMatch(/2\sdocuments attendus manquent[\s\S]*Déposer mon pli/);
    const [, file = ''] = /<option value="([^"]+)">Tout en un\.pdf/.exec(await page()) ?? [];
    await browser.post(`/consultations/${id}/pli/documents-attendus`, { choices: [file, ''] }).expect(303);
    expect(await page()).toMatch(/1\sdocument attendu manque[\s\S]*<li>Cadre de prix<\/li>/);
    await browser.post(`/consultations/${id}/pli/documents-attendus`, { choices: [file, file] }).expect(303);
    expect(await page()).not.toMatch(/document(s)? attendu(s)? manque/);
    // Sealed, and out of the consultation's chain: it would say that somebody prepares a bid.
    const draft = await t.source.manager.findOneByOrFail(BidDraft, { consultationId: id });
    expect(draft.sealedChecklist).not.toContain('Mémoire');
    expect(await t.source.manager.countBy(JournalEntry, { act: 'draft.checklist', chain: id })).toBe(0);
    // Alone missing, the rest is filed all the same.
    await browser.post(`/consultations/${id}/pli/documents-attendus`, { choices: ['', ''] }).expect(303);
    const [, key = ''] = /name="idempotencyKey" value="([^"]+)"/.exec(await page()) ?? [];
    await browser.post(`/consultations/${id}/pli/deposer`, { idempotencyKey: key }).expect(303).expect('location', /^\/recus\//);
  });
});
