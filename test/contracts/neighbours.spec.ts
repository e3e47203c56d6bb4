import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type request from 'supertest';
import { Consultation } from '../../src/consultations/consultation.js';
import { Commission } from '../../src/commissions/commission.js';
import { draftTheCommission } from '../../src/demo/seed.js';
import { JournalEntry } from '../../src/platform/journal-entry.js';
import { DATABASES } from '../support/databases.js';
import { routesOf } from '../support/routes.js';
import { agirWorld, type AgirWorld, officerOf, PDF, shareDiagnostic } from './world.js';

/** Addresses that are not about one department: what every agent of the State reads, one's own things, the help. */
const ELSEWHERE = /^\/(api\/)?(accords-cadres|frameworks|programmes|organisations|own-organisations|aide|lien|courriels|demonstration|messagerie|recus|receipts|qui-depose|signaler-un-probleme|tester-mon-poste|problems)\b/;
const NOWHERE = '00000000-0000-4000-8000-000000000000';

/** Right for every form at once: what stops the neighbour is the department, never a field. */
const ANYTHING = {
  title: 'x', object: 'x', deadline: '2023-12-01T12:00', weights: 'Prix : 100', validityDays: '1', reason: 'Une raison assez longue pour passer.', of: 'green-light', move: 'abandon', read: 'oui', departmentCode: '67', departments: '67', openers: 'x',
  publishedOn: '2023-07-13', publicAddress: 'https://x.example', privacyReviewer: 'x', smallCounts: 'oui', wave: '2022', authorName: 'x', text: '# x\n\ny', question: 'x', answer: 'x', note: 'x', email: 'x@x.example', address: 'x', people: 'x', addressees: 'X ; x@x.example',
  subject: 'x', purpose: 'x', paragraphs: 'x', phases: 'x', deliverables: 'x', deliverableDue: 'x', criteria: 'Prix : 100 %', ceiling: '10', legalBasis: 'x', acceptanceDelay: 'x', paymentDelay: 'x', kind: 'abandon', channel: 'souspli', decision: 'given', body: 'x', summary: 'x', difference: 'x', message: 'x', colleague: 'x@x.example', comment: 'x', answers: 'oui', quorum: '1', startsAt: '2023-12-01T12:00', mode: 'place', place: 'x', outgoing: 'x', incoming: 'x', conflict: 'Un intérêt personnel.', phasesIntro: 'x', outcome: 'abandon', local: '2023-12-01T12:00',
};

/** One person of the Haut-Rhin tries every registered page and API call of the Bas-Rhin: nothing is there, and each attempt is on record. */
describe.each(DATABASES)('le département voisin (%s)', (kind) => {
  let w: AgirWorld;
  let fill: (path: string) => string;
  let frameworkId = '';
  let people = 0;

  beforeAll(async () => {
    w = await agirWorld(kind);
    frameworkId = w.framework.id;
    const diagnosticId = await shareDiagnostic(w);
    await w.contracts.addDocument(w.who.buyer, w.contractId, { title: 'Règlement', kind: 'rules' }, PDF);
    const commissionId = await draftTheCommission(w.t.app);
    const { contract } = await w.reading.find(w.who.buyer, w.contractId);
    const commission = await w.t.source.manager.findOneByOrFail(Commission, { id: commissionId });
    // Half of the calls of consultations are the commission's, half the contract's.
    const calls = [contract.consultationId ?? '', commission.consultationId];
    for (const id of calls) await w.t.source.manager.findOneByOrFail(Consultation, { id });
    const { authorityId } = await w.t.source.manager.findOneByOrFail(Consultation, { id: commission.consultationId });
    let turn = 0;
    const owners: [RegExp, () => string][] = [
      [/^\/(marches|api\/contracts)\/:id/, () => w.contractId],
      [/^\/(diagnostics|api\/diagnostics)\/:id/, () => diagnosticId],
      [/^\/(commandes|api\/commissions)\/:id/, () => commissionId],
      [/^\/(consultations|api\/consultations)\/:id/, () => calls[(turn += 1) % 2] ?? ''],
      [/^\/(acheteurs|api\/authorities)\/:id/, () => authorityId],
      [/^\/(deploiement|api\/deployment)\/:code/, () => '67'],
      [/^\/api\/contracts\/preflight\/:departmentCode/, () => '67'],
      [/^\/(accords-cadres|api\/frameworks)\/:id\/(departements|departments)\/:code/, () => frameworkId],
    ];
    fill = (path) => {
      const owner = owners.find(([pattern]) => pattern.test(path));
      if (!owner) return '';
      const first = owner[1]();
      const filled = path.replace(/:(id|code|departmentCode)/, first);
      return filled
        .replace(':code', '67')
        .replace(':fileId', contract.documents[0]?.fileId ?? NOWHERE)
        .replace(':kind', 'rules')
        .replace(/:name/, 'in-fine.pdf')
        .replace(/:(number|index|n)\b/, '1')
        .replaceAll(/:\w+/g, NOWHERE);
    };
  }, 120_000);
  afterAll(() => w.t.close());

  const written = () => w.t.source.manager.count(JournalEntry, { where: [{ outcome: 'refused' }, { outcome: 'seen-refused' }] });

  /** Somebody new of the Haut-Rhin each time: refused looks write one line per person and kind of look. */
  async function ask(method: string, path: string) {
    people += 1;
    await officerOf(w.t, '68', `-${people}`);
    const { token, csrf } = await w.t.browser(`officer-68-${people}@prefecture.example`);
    const before = await written();
    const call = w.t.anonymous() as unknown as Record<string, (url: string) => request.Test>;
    const api = path.startsWith('/api/');
    const test = call[method]?.call(call, path);
    if (test === undefined) throw new Error(`No method ${method}`);
    test.set(api ? 'authorization' : 'cookie', api ? `Bearer ${token}` : `souspli=${token}`).set({ accept: api ? 'application/json' : 'text/html', 'x-csrf-token': csrf });
    // The protocol of uploads has headers of its own; its OPTIONS says what the server can do, to anybody.
    if (/\/(envois|uploads)(\/|$)/.test(path)) test.set({ 'tus-resumable': '1.0.0', 'upload-offset': '0', 'upload-length': '1' });
    if (method === 'patch') test.type('application/offset+octet-stream').send(Buffer.from('x') as unknown as string);
    else if (method !== 'get' && method !== 'head') test.type(api ? 'json' : 'form').send({ _csrf: csrf, ...ANYTHING, ...(api ? { departments: ['67'], openers: ['x'] } : {}), frameworkId });
    const { status, body } = await test;
    return { status, body: body as unknown, lines: (await written()) - before };
  }

  /** 404 and on record; or a form refused before anything is looked up, exactly as at an address that never existed. */
  async function attempt(method: string, path: string): Promise<string> {
    const { status, body, lines } = await ask(method, path);
    if (status === 404 && lines >= 1) return '';
    const nowhere = await ask(method, path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, NOWHERE));
    const same = (status === 422 || status === 303) && lines === 0 && nowhere.status === status && JSON.stringify(nowhere.body) === JSON.stringify(body);
    return same ? '' : `${method} ${path}: ${status}, ${lines} journal line(s)`;
  }

  it('toute route enregistrée est celle d’un département, ou dite commune à tous', () => {
    const unknown = routesOf(w.t.app).filter(({ path }) => path.includes(':') && fill(path) === '' && !ELSEWHERE.test(path));
    expect(unknown).toEqual([]);
  });

  it('n’y lit rien, n’y change rien, et chaque essai est au journal', async () => {
    const routes = routesOf(w.t.app).filter(({ method }) => method !== 'options').map(({ method, path }) => ({ method, path: fill(path) })).filter(({ path }) => path !== '');
    expect(routes.length).toBeGreaterThan(120);
    const wrong: string[] = [];
    for (const { method, path } of routes) wrong.push(await attempt(method, path));
    // What names the department in its body or in its query.
    for (const path of ['/marches', '/api/contracts', '/diagnostics', '/api/diagnostics']) wrong.push(await attempt('post', path));
    for (const path of ['/deploiement?region=44', '/deploiement.csv?region=44', '/deploiement.xlsx?region=44', '/api/deployment?region=44']) wrong.push(await attempt('get', path));
    expect(wrong.filter(Boolean)).toEqual([]);
  }, 240_000);

  it('ne voit que son département dans les listes et les exports', async () => {
    await officerOf(w.t, '68');
    const neighbour = await w.t.browser('officer-68@prefecture.example');
    expect((await neighbour.get('/api/deployment')).body).toMatchObject({ rows: [{ department: '68' }] });
    expect((await neighbour.get('/api/contracts')).body).toEqual({ rows: [], next: null });
    const csv = (await neighbour.get('/deploiement.csv')).text;
    expect(csv.trim().split('\r\n')).toHaveLength(2);
    expect(csv).not.toContain('Bas-Rhin');
    expect((await neighbour.get('/a-faire')).text).not.toContain('Bas-Rhin');
  });
});
