import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Holder } from '../../src/agreements/lot.js';
import { Diagnostic, DIAGNOSTIC_MOVES, type DiagnosticMove, type DiagnosticStatus, involved, notReached } from '../../src/commissions/diagnostic.js';
import { showDiagnostic } from '../../src/commissions/diagnostic.view.js';
import { showContract } from '../../src/contracts/contract.view.js';
import { draftTheCommission } from '../../src/demo/seed.js';
import { Commission } from '../../src/commissions/commission.js';
import { agirWorld, type AgirWorld, holderForm, PDF, refusal } from '../contracts/world.js';
import { DATABASES } from '../support/databases.js';

const studyOf = (more: Partial<Diagnostic> = {}) => Object.assign(new Diagnostic(), { authorName: 'Amli', ...more });
const holder = (name: string, more: Partial<Holder> = {}) => Object.assign(new Holder(), { organisationId: `o-${name}`, name, ...more });
const code = (work: () => void) => {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'done';
};

describe('le livrable du diagnostic', () => {
  const STATES: DiagnosticStatus[] = ['expected', 'submitted', 'under-review', 'changes-requested', 'accepted', 'cleared', 'published', 'rejected', 'superseded'];
  const MOVES = Object.keys(DIAGNOSTIC_MOVES) as DiagnosticMove[];

  it.each(STATES.flatMap((status) => MOVES.map((move) => [status, move] as const)))('%s, %s : permis ou refusé selon la table, sans rien changer à moitié', (status, move) => {
    const one = studyOf({ status });
    const allowed = (DIAGNOSTIC_MOVES[move].from as readonly string[]).includes(status);
    expect(code(() => one.move(move, 'Observations'))).toBe(allowed ? 'done' : 'wrong-state');
    expect(one.status).toBe(allowed ? DIAGNOSTIC_MOVES[move].to : status);
  });

  it('ne devient publiable que relu par une personne nommée, petits effectifs traités', () => {
    const one = studyOf({ status: 'accepted' });
    expect(code(() => one.clear('', true, ''))).toBe('invalid');
    expect(code(() => one.clear('Camille Fictif', false, ''))).toBe('invalid');
    expect(one.status).toBe('accepted');
    one.clear('Camille Fictif', true, 'Tableau 4 regroupé');
    expect(one).toMatchObject({ status: 'cleared', privacyReviewer: 'Camille Fictif', privacyNote: 'Tableau 4 regroupé' });
    expect(code(() => one.publish('2023-07-13', 'site de la préfecture'))).toBe('invalid');
    expect(code(() => one.mustBePublished())).toBe('not-published');
  });

  it('se prouve titulaire par titulaire', () => {
    expect(notReached([holder('Amli'), holder('Appuis')], [{ organisationId: 'o-Amli' }])).toEqual(['Appuis']);
  });

  it('signale son auteur parmi les titulaires : lui-même, un membre de son groupement, un membre d’un titulaire', () => {
    const holders = [holder('Amli'), holder('Arélia', { members: [{ organisationId: 'o-beta', name: 'Bêta Insertion' }] }), holder('Coallia')];
    const names = (one: Diagnostic) => involved(one, holders).map((found) => found.name);
    expect(names(studyOf({ authorName: 'AMLI' }))).toEqual(['Amli']);
    expect(names(studyOf({ authorName: 'Cabinet', authorMembers: ['beta insertion'] }))).toEqual(['Arélia']);
    expect(names(studyOf({ authorName: 'Cabinet', authorOrganisationIds: ['o-beta'] }))).toEqual(['Arélia']);
    expect(names(studyOf({ authorName: 'Cabinet', authorOrganisationIds: ['o-Coallia'] }))).toEqual(['Coallia']);
    expect(names(studyOf({ authorName: 'Cabinet' }))).toEqual([]);
    expect(names(studyOf({ authorName: '' }))).toEqual([]);
  });
});

describe.each(DATABASES)('le diagnostic d’un département (%s)', (kind) => {
  let w: AgirWorld;
  beforeAll(async () => {
    w = await agirWorld(kind);
  }, 60_000);
  afterAll(() => w.t.close());

  it('vient d’une commande du même département, et de nulle autre', async () => {
    const commissionId = await draftTheCommission(w.t.app);
    await w.t.source.manager.update(Commission, { id: commissionId }, { sentAt: w.t.clock.now() });
    expect((await w.diagnostics.orders(w.who.officer, '67')).map((one) => one.id)).toEqual([commissionId]);
    expect(await refusal(w.diagnostics.orders(w.who.officer, '68'))).toBe('not-found');
    const form = { title: 'Diagnostic', expectedOn: '2023-11-15', commissionId };
    await expect(w.diagnostics.expect(w.who.buyer, { ...form, departmentCode: '68' })).rejects.toMatchObject({ errors: [{ field: 'commissionId' }] });
    const page = (await (await w.t.browser('officer')).get('/diagnostics/nouveau?departement=67')).text;
    expect(page).toContain('Commande d’où il vient');
    const { id } = await w.diagnostics.expect(w.who.officer, { ...form, departmentCode: '67' });
    expect((await w.diagnostics.find(w.who.officer, id)).diagnostic).toMatchObject({ commissionId, expectedOn: '2023-11-15', status: 'expected' });
    await expect(w.diagnostics.expect(w.who.officer, { ...form, departmentCode: '67' })).rejects.toMatchObject({ errors: [{ field: 'departmentCode' }] });
  });

  it('signale au marché le titulaire qui l’a écrit, sans l’exclure', async () => {
    const found = await w.reading.find(w.who.buyer, w.contractId);
    const [study] = found.contract.diagnostics;
    expect(showContract(found, w.who.buyer).involvement).toBeNull();
    await w.holders.add(w.who.ministry, w.framework.id, 5, holderForm({ name: 'Groupement Est', form: 'joint', members: 'Bêta Insertion ; ; logement', enteredOn: '2023-07-13' }));
    const submit = (authors: string[]) => refusal(w.diagnostics.submit(w.who.officer, study?.id ?? '', { authorName: 'Cabinet', authors, authorMembers: 'Bêta Insertion\nAutre' }, PDF));
    expect(await submit(['inconnu'])).toBe('invalid');
    expect(await submit([])).toBe('done');
    const after = await w.reading.find(w.who.buyer, w.contractId);
    expect(showContract(after, w.who.buyer).involvement).toMatch(/^Groupement Est a participé au diagnostic.*pas une exclusion.*R\. 2111-2/);
    expect((await w.contracts.refreshInvitees(w.who.buyer, w.contractId)).invited).toBe(6); // invited like the others
    const shown = showDiagnostic(await w.diagnostics.find(w.who.officer, study?.id ?? ''), w.who.officer);
    expect(shown).toMatchObject({ authors: ['Groupement Est'], authorMembers: ['Bêta Insertion', 'Autre'] });
    expect((await (await w.t.browser('buyer')).get(`/marches/${w.contractId}`)).text).toContain('Participation au diagnostic');
  });

  it('refuse un fichier vide, un autre format, une publication à venir, et ne se remet pas avant d’être publié', async () => {
    const [study] = (await w.reading.find(w.who.buyer, w.contractId)).contract.diagnostics;
    const id = study?.id ?? '';
    const form = { authorName: 'Cabinet', authors: [] };
    expect(await refusal(w.diagnostics.submit(w.who.officer, id, form, null))).toBe('invalid');
    expect(await refusal(w.diagnostics.submit(w.who.officer, id, form, { name: 'x.pdf', bytes: Buffer.from('<html>') }))).toBe('invalid');
    expect(await refusal(w.diagnostics.share(w.who.officer, id))).toBe('not-published');
    await w.diagnostics.decide(w.who.officer, id, { move: 'review', note: '' });
    expect(await refusal(w.diagnostics.decide(w.who.officer, id, { move: 'requestChanges', note: '' }))).toBe('invalid');
    await w.diagnostics.decide(w.who.officer, id, { move: 'requestChanges', note: 'Précisez le tableau 4.' });
    await w.diagnostics.submit(w.who.officer, id, form, PDF);
    await w.diagnostics.decide(w.who.officer, id, { move: 'review', note: '' });
    await w.diagnostics.decide(w.who.officer, id, { move: 'accept', note: '' });
    await w.diagnostics.clear(w.who.officer, id, { privacyReviewer: 'Camille Fictif', smallCounts: 'oui', privacyNote: '' });
    expect(await refusal(w.diagnostics.publish(w.who.officer, id, { publishedOn: '2023-07-14', publicAddress: 'https://x.example' }))).toBe('invalid');
    await w.diagnostics.publish(w.who.officer, id, { publishedOn: '2023-07-13', publicAddress: 'https://x.example' });
    expect((await w.diagnostics.find(w.who.officer, id)).diagnostic.version).toBe(2);
    expect(await refusal(w.diagnostics.share(await w.t.actor('ministry'), id))).toBe('forbidden');
  });
});
