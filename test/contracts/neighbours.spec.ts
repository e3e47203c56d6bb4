import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JournalEntry } from '../../src/platform/journal-entry.js';
import { DATABASES } from '../support/databases.js';
import type { Browser } from '../support/app.js';
import { agirWorld, type AgirWorld, officerOf, shareDiagnostic } from './world.js';

/** One person of the Haut-Rhin tries every page and API call of the Bas-Rhin: nothing is there, and the attempt is on record. */
describe.each(DATABASES)('le département voisin (%s)', (kind) => {
  let w: AgirWorld;
  let neighbour: Browser;
  let diagnosticId = '';
  beforeAll(async () => {
    w = await agirWorld(kind);
    await officerOf(w.t, '68');
    neighbour = await w.t.browser('officer-68@prefecture.example');
    diagnosticId = await shareDiagnostic(w);
    await w.contracts.addDocument(w.who.buyer, w.contractId, { title: 'Règlement', kind: 'rules' }, { name: 'r.pdf', bytes: Buffer.from('%PDF-1.4') });
  }, 60_000);
  afterAll(() => w.t.close());

  it('ne lit rien du Bas-Rhin', async () => {
    const { contract } = await w.reading.find(w.who.buyer, w.contractId);
    const id = w.contractId;
    const framework = w.framework.id;
    const pages = [
      `/marches/${id}`, `/marches/${id}/modifier`, `/marches/${id}/lettres`, `/marches/${id}/lettres/in-fine.pdf`, `/marches/${id}/lettres/1.pdf`, `/marches/${id}/controle`, `/marches/${id}/documents/${contract.documents[0]?.fileId}`,
      `/diagnostics/${diagnosticId}`, `/diagnostics/${diagnosticId}/diagnostic.pdf`, '/deploiement/67', `/deploiement/67?accord=${framework}`, '/deploiement?region=44', `/accords-cadres/${framework}/departements/67`,
      `/consultations/${contract.consultationId}`, `/consultations/${contract.consultationId}/ouverture`, `/consultations/${contract.consultationId}/plis`,
      `/api/contracts/${id}`, `/api/contracts/${id}/preflight`, '/api/contracts/preflight/67', `/api/diagnostics/${diagnosticId}`, '/api/deployment/67', '/api/deployment?region=44',
    ];
    for (const path of pages) expect({ path, status: (await neighbour.get(path)).status }).toEqual({ path, status: 404 });
    const mine = await neighbour.get('/api/deployment');
    expect(mine.body).toMatchObject({ rows: [{ department: '68' }] });
    expect((await neighbour.get('/api/contracts')).body).toEqual({ rows: [], next: null });
  });

  it('n’y change rien, et chaque essai est au journal', async () => {
    const form = { title: 'x', object: 'x', deadline: '2023-12-01T12:00', weights: 'Prix : 100', validityDays: '1', reason: 'Une raison assez longue pour passer.', of: 'green-light', move: 'abandon', read: 'oui', departmentCode: '67', frameworkId: w.framework.id, departments: '67', openers: 'x', publishedOn: '2023-07-13', publicAddress: 'https://x.example', privacyReviewer: 'x', smallCounts: 'oui', wave: '2022' };
    const id = w.contractId;
    const posts = [
      `/marches/${id}/modifier`, `/marches/${id}/ouvreurs`, `/marches/${id}/invites`, `/marches/${id}/soumettre`, `/marches/${id}/reprendre`, `/marches/${id}/signer`, `/marches/${id}/deroger`, `/marches/${id}/lancer`, `/marches/${id}/terminer`, `/marches/${id}/relancer`, '/marches',
      `/diagnostics`, `/diagnostics/${diagnosticId}/lever`, `/diagnostics/${diagnosticId}/publier`, `/diagnostics/${diagnosticId}/diffuser`, `/accords-cadres/${w.framework.id}/departements/67`,
    ];
    const before = await w.t.source.manager.countBy(JournalEntry, { outcome: 'refused' });
    for (const path of posts) expect({ path, status: (await neighbour.post(path, form)).status }).toEqual({ path, status: 404 });
    expect((await neighbour.post(`/diagnostics/${diagnosticId}/relire`, { ...form, move: 'supersede' })).status).toBe(404);
    expect(await w.t.source.manager.countBy(JournalEntry, { outcome: 'refused' })).toBe(before + posts.length + 1);
    expect(await w.t.source.manager.countBy(JournalEntry, { outcome: 'seen-refused' })).toBeGreaterThan(8);
  });
});
