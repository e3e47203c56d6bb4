import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import yazl from 'yazl';
import { Bid } from '../../src/bids/bid.js';
import type { GivenImport } from '../../src/bids/import-plan.js';
import { placeOf, readRegister, type Invited } from '../../src/bids/import-register.js';
import { BidImportsService } from '../../src/bids/imports.service.js';
import { OpenedBidsService } from '../../src/bids/opened-bids.service.js';
import { OpeningService } from '../../src/bids/opening.service.js';
import { RemindersService } from '../../src/bids/reminders.service.js';
import { DossierService } from '../../src/evidence/dossier.service.js';
import { verifyDossier } from '../../src/evidence/verify-dossier.js';
import { SettingsService } from '../../src/consultations/settings.service.js';
import { Actor } from '../../src/platform/actor.js';
import { Mail } from '../../src/platform/mail.js';
import { Outbox } from '../../src/platform/outbox.js';
import { unpackedEach } from '../../src/platform/zip.js';
import { agentsOf, called, fault, seedDepartment } from '../consultations/world.js';
import { startApp, type TestApp } from '../support/app.js';
import { DATABASES } from '../support/databases.js';

async function zip(files: Record<string, string | Buffer>): Promise<Buffer> {
  const file = new yazl.ZipFile();
  for (const [name, content] of Object.entries(files)) file.addBuffer(Buffer.from(content), name, { mtime: new Date(0) });
  file.end();
  const chunks: Buffer[] = [];
  for await (const chunk of file.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A name that an honest tool refuses to write, of the same length. */
const renamed = (bytes: Buffer, from: string, to: string) => Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');

describe('une archive de plis', () => {
  it('est refusée si elle ment, enfle, se cache ou déborde', async () => {
    const honest = await zip({ 'a/1.pdf': 'un', 'a/2.pdf': randomBytes(300) });
    const all = (bytes: Buffer, limit = 10_000, most = 10) => [...unpackedEach(bytes, limit, most)];
    expect(all(honest).map((one) => one.name)).toEqual(['a/1.pdf', 'a/2.pdf']);
    expect(() => all(Buffer.from('PK n’importe quoi'))).toThrow('n’est pas un ZIP');
    expect(() => all(honest.subarray(0, honest.length - 30))).toThrow('incomplet');
    expect(() => all(honest, 10_000, 1)).toThrow('plus de 1 fichiers');
    // A bomb: a few kilobytes that would become megabytes, whatever its directory announces.
    const bomb = await zip({ 'a/zeros': Buffer.alloc(5_000_000) });
    expect(bomb.length).toBeLessThan(10_000);
    expect(() => all(bomb, 1_000_000)).toThrow('dépasse 1 Mo');
    const damaged = Buffer.from(honest);
    damaged[honest.indexOf('a/2.pdf') + 60] = (damaged[honest.indexOf('a/2.pdf') + 60] ?? 0) ^ 0xff;
    expect(() => all(damaged)).toThrow('abîmé');
    const locked = Buffer.from(honest);
    const entry = locked.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
    locked.writeUInt16LE(locked.readUInt16LE(entry + 8) | 1, entry + 8);
    expect(() => all(locked)).toThrow('mot de passe');
  });

  it('ne donne que des noms, jamais des chemins', () => {
    const folders = ['pli-1', 'lot 2/pli-2'];
    expect(placeOf('pli-1/offre.pdf', folders)).toEqual({ folder: 'pli-1', name: 'offre.pdf' });
    expect(placeOf('PLI-1\\annexes\\a.pdf', folders)).toEqual({ folder: 'pli-1', name: 'annexes - a.pdf' });
    expect(placeOf('export/lot 2/pli-2/b.pdf', folders)).toEqual({ folder: 'lot 2/pli-2', name: 'b.pdf' });
    expect(placeOf('pli-10/c.pdf', folders)).toBeNull();
    for (const hostile of ['../pli-1/x', '/etc/passwd', 'C:\\x', 'pli-1/../../x', 'pli-1/x\0.pdf']) expect(placeOf(hostile, folders)).toHaveProperty('refused');
  });

  it('le registre dit toutes ses fautes à la fois, avec leur ligne, et ne devine rien', () => {
    const invited = [
      { name: 'L’Étape', organisationId: 'e', organisation: { name: 'L’Étape', schemeId: '12345678900012' } },
      { name: 'Relais', organisationId: 'r1', organisation: { name: 'Relais', schemeId: null } },
      { name: 'Relais', organisationId: 'r2', organisation: { name: 'Relais', schemeId: null } },
    ] as Invited[];
    const read = (...rows: string[][]) => readRegister({ header: ['Dossier', 'ORGANISATION', 'Siret', 'reçu le'], rows: rows.map((cells, index) => ({ line: index + 2, cells })) }, invited, 'Europe/Paris');
    const good = read(['2', "l'étape", '', '26/07/2023 12:34:56'], ['1', '', '123 456 789 00012', '2023-07-26T12:34:55']);
    expect(good).toMatchObject({ errors: [], lines: [{ line: 3, folder: '1', receivedAt: new Date('2023-07-26T10:34:55Z') }, { line: 2, folder: '2', receivedAt: new Date('2023-07-26T10:34:56Z') }] });
    const wrong = read(['1', 'Relais', '', '26/07/2023 12:00'], ['2', 'Inconnue', '', '26/07/2023 12:00'], ['3', 'L’Étape', '', 'hier'], ['4', 'L’Étape', '', '29/10/2023 02:30'], ['', 'L’Étape', '', '26/07/2023 12:00'], ['5', 'L’Étape', '', '26/07/2023 12:00'], ['5', 'L’Étape', '', '26/07/2023 12:00']);
    expect(wrong.errors.map((one) => [one.line, /plusieurs|invitée|n’est pas une date|deux fois|manque|autre ligne/.exec(one.message)?.[0]])).toEqual([[2, 'plusieurs'], [3, 'invitée'], [4, 'n’est pas une date'], [5, 'deux fois'], [6, 'manque'], [8, 'autre ligne']]);
    expect(readRegister({ header: ['Organisation'], rows: [] }, invited, 'Europe/Paris').errors).toHaveLength(2);
  });
});

const place = { questionsBefore: '', expected: '', channel: 'place' as const, externalReference: 'DDETS_67_2023', externalLink: 'https://place.example/1', outageMinutes: '', outageHours: '' };
const REGISTER = 'Organisation;Reçu le;Dossier\nAlpha;20/07/2023 10:00:00;pli-1\nBêta;25/07/2023 17:02:14;pli-2\nAlpha;26/07/2023 23:58:59;pli-3\nGamma;26/07/2023 23:59:00;pli-4\n';

describe.each(DATABASES)('une consultation tenue sur PLACE (%s)', (kind) => {
  let t: TestApp;
  let id = '';
  let opener: Actor;
  let second: Actor;
  let given: GivenImport;
  const imports = () => t.app.get(BidImportsService);

  beforeAll(async () => {
    t = await startApp(kind);
    await seedDepartment(t, '67');
    const officer = await agentsOf(t, '67').officer();
    const prepare = ({ consultationId }: { consultationId: string }) => t.app.get(SettingsService).save(officer, consultationId, place);
    ({ consultationId: id } = await called(t, { code: '67', deadline: '2023-07-26T23:59', addressees: 'Alpha ; a@alpha.example\nBêta ; b@beta.example\nGamma ; g@gamma.example', prepare }));
    [opener, second] = await agentsOf(t, '67').openers();
    given = { register: { name: 'registre.csv', bytes: Buffer.from(REGISTER) }, archive: { name: 'plis.zip', bytes: await zip({ 'pli-1/offre.pdf': 'ancienne', 'pli-2/offre.pdf': 'bêta', 'pli-2/annexes/prix.ods': 'prix', 'pli-3/offre.pdf': 'nouvelle', 'pli-4/offre.pdf': 'tard', '__MACOSX/pli-4/._offre.pdf': '' }) }, openedThere: '2023-07-27T10:00', none: false };
  }, 60_000);
  afterAll(() => t.close());

  it('rappelle où l’on dépose, et ne dit rien d’un dépôt qu’elle ignore', async () => {
    t.clock.moveTo('2023-07-25T22:00:00Z');
    await t.app.get(RemindersService).tick();
    const mail = await t.source.manager.findOneByOrFail(Mail, { kind: 'reminder', recipient: 'a@alpha.example' });
    const { text } = t.app.get(Outbox).words(mail);
    expect(text).toMatch(/DDETS_67_2023[\s\S]*nous ne savons pas[\s\S]*https:\/\/place\.example\/1/);
    expect(text).not.toContain('brouillon');
  });

  it('ne se reprend ni trop tôt, ni par un autre qu’un ouvreur, ni par un voisin', async () => {
    expect(await fault(imports().plan(opener, id, given))).toBe('too-early');
    t.clock.moveTo('2023-07-27T09:00:00Z');
    expect(await fault(imports().plan(await agentsOf(t, '67').officer(), id, given))).toBe('forbidden');
    expect(await fault(imports().plan(await t.actor('a@alpha.example'), id, given))).toBe('not-found');
    await t.app.get(OpeningService).confirm(opener, id);
    await t.app.get(OpeningService).confirm(second, id);
    expect(await fault(t.app.get(OpeningService).open(opener, id))).toBe('not-imported');
  });

  it('dit à l’essai tout ce qui ne va pas, et n’écrit rien', async () => {
    const faults = async (more: Partial<GivenImport>) => (await imports().plan(opener, id, { ...given, ...more })).plan.errors.map((one) => one.message).join('|');
    expect(await faults({ openedThere: '2023-07-26T20:00' })).toContain('ne peut pas précéder la date limite');
    expect(await faults({ openedThere: '2023-08-26T20:00' })).toContain('serait à venir');
    expect(await faults({ openedThere: 'x' })).toContain('Indiquez une date');
    expect(await faults({ register: null })).toContain('Joignez le registre');
    expect(await faults({ archive: null })).toContain('Aucun pli n’a été reçu');
    expect(await faults({ none: true })).toContain('retirez l’un ou l’autre');
    expect(await faults({ archive: { name: 'x', bytes: await zip({ 'pli-1/a': 'a', 'pli-2/b': '', 'pli-3/c': 'c' }) } })).toMatch(/« b » est vide.*aucun fichier dans le dossier « pli-4 »/);
    expect(await faults({ archive: { name: 'x', bytes: await zip({ 'pli-9/a': 'a' }) } })).toContain('d’aucune ligne du registre');
    expect(await faults({ archive: { name: 'x', bytes: renamed(await zip({ 'pli-1/aa/b': 'a' }), 'pli-1/aa/b', '../../etcx') } })).toContain('sort de l’archive');
    expect(await imports().run(opener, id, { ...given, register: null }, 'x')).toMatchObject({ errors: [{}] });
    expect(await fault(imports().run(opener, id, given, 'autre essai'))).toBe('not-rehearsed');
    expect(await t.source.manager.count(Bid)).toBe(0);
  });

  it('se reprend une fois, par la page, puis s’ouvre et se prouve comme les autres', async () => {
    const browser = await t.browser('ouvreur1@prefecture67.example');
    const send = (seen: string) => {
      const form = t.anonymous().post(`/consultations/${id}/reprise?_csrf=${browser.csrf}`).set('cookie', `souspli=${browser.token}`).set('accept', 'text/html').field('openedThere', given.openedThere);
      return (seen ? form.field('seen', seen) : form).attach('register', Buffer.from(REGISTER), 'registre.csv').attach('archive', given.archive?.bytes ?? Buffer.of(), 'plis.zip');
    };
    expect((await browser.get(`/consultations/${id}/ouverture`).expect(200)).text).toContain('Reprendre les plis');
    const tried = await send('').expect(200);
    expect(tried.text).toMatch(/4\splis au registre[\s\S]*Gamma[\s\S]*hors délai/);
    expect(await t.source.manager.count(Bid)).toBe(0);
    const { plan } = await imports().plan(opener, id, given);
    expect(tried.text).toContain(plan.seen);
    await send(plan.seen).expect(303).expect('location', `/consultations/${id}/ouverture`);
    expect(await fault(imports().plan(opener, id, given))).toBe('already-imported');
    const rows = await t.source.manager.find(Bid, { order: { receivedAt: 'ASC' } });
    expect(rows.map((one) => [one.status, one.receivedAt.toISOString()])).toEqual([['replaced', '2023-07-20T08:00:00.000Z'], ['sealed', '2023-07-25T15:02:14.000Z'], ['sealed', '2023-07-26T21:58:59.000Z'], ['late', '2023-07-26T21:59:00.000Z']]);

    expect(await t.app.get(OpeningService).open(opener, id)).toEqual({ opened: 2 });
    await t.jobs.finishAll();
    const opened = t.app.get(OpenedBidsService);
    const { files, opening } = await opened.list(opener, id);
    expect(files.map((one) => `${one.name} ${one.intact}`).toSorted()).toEqual(['annexes - prix.ods true', 'offre.pdf true', 'offre.pdf true']);
    const contents = await Promise.all(files.map(async (one) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of (await opened.file(opener, id, one.id)).content) chunks.push(chunk);
      return Buffer.concat(chunks).toString();
    }));
    expect(contents.toSorted()).toEqual(['bêta', 'nouvelle', 'prix']);
    expect(opening.anomalies[0]).toMatch(/Plis repris de PLACE.*DDETS_67_2023.*27.juillet 2023.*registre [0-9a-f]{64}, archive des plis [0-9a-f]{64}/);
    expect((await opened.chain(opener, id))).toMatchObject({ ok: true });
    const { zip: dossier } = await t.app.get(DossierService, { strict: false }).build(Actor.system, id);
    expect(await verifyDossier(dossier)).toMatchObject({ ok: true, faults: [], stage: 'opened' });
  });
});
