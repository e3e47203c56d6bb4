import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DossierService, zipOf } from '../../src/evidence/dossier.service.js';
import { type DossierBid, type DossierLine, type Manifest, NAMES } from '../../src/evidence/dossier.js';
import { openZip } from '../../src/evidence/verify-seal.js';
import { verifyDossier } from '../../src/evidence/verify-dossier.js';
import { Actor } from '../../src/platform/actor.js';
import { canonical } from '../../src/platform/canonical.js';
import { sha256 } from '../../src/platform/random.js';
import { Keyring } from '../../src/sealing/keyring.js';
import { DATABASES } from '../support/databases.js';
import { evidenceWorld, type EvidenceWorld } from './world.js';

describe.each(DATABASES)('le dossier de preuve (%s)', (kind) => {
  let w: EvidenceWorld;
  let keyring: Keyring;
  let sealed: Buffer;
  let opened: Buffer;
  const build = async () => (await w.t.app.get(DossierService, { strict: false }).build(Actor.system, w.id)).zip;

  beforeAll(async () => {
    w = await evidenceWorld(kind);
    keyring = w.t.app.get(Keyring);
    w.t.clock.moveTo('2023-07-20T08:00:00.000Z');
    await w.deposit(w.who.passerelle, 'CANARI-1.pdf', '2023-07-20T08:00:00.000Z', 'un');
    await w.deposit(w.who.passerelle, 'CANARI-2.pdf', '2023-07-21T08:00:00.000Z', 'deux');
    await w.deposit(w.who.parcours, 'CANARI-3.pdf', '2023-07-21T09:00:00.000Z', 'trois');
    await w.deposit(w.who.lignes, 'CANARI-4.pdf', '2023-07-26T21:59:00.200Z', 'quatre');
    w.t.clock.moveTo('2023-07-26T22:00:00.000Z');
    sealed = await build();
    await w.open();
    await w.t.jobs.finishAll();
    opened = await build();
  }, 60_000);
  afterAll(() => w.t.close());

  /** As a dishonest operator would: something is changed, and the list is signed again with the true key. */
  const forged = async (change: (files: Map<string, Buffer>) => void) => {
    const files = openZip(opened);
    change(files);
    const { signature: _, ...said } = JSON.parse(files.get(NAMES.manifest)?.toString() ?? '') as Manifest & { signature: object };
    files.delete(NAMES.manifest);
    const list = [...files].map(([name, content]) => ({ name, sha256: sha256(content), size: content.length })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const again = { ...said, files: list };
    const value = keyring.sign(Buffer.from(canonical(again), 'utf8'));
    files.set(NAMES.manifest, Buffer.from(JSON.stringify({ ...again, signature: { alg: 'Ed25519', publicKey: keyring.publicKeyPem, value } })));
    return repacked(files);
  };
  const repacked = (files: Map<string, Buffer>) => zipOf([...files].map(([name, content]) => ({ name, content })), new Date('2023-07-28T00:00:00.000Z'));
  const edit = (name: string, work: (text: string) => string) => (files: Map<string, Buffer>) => void files.set(name, Buffer.from(work(files.get(name)?.toString() ?? '')));
  const lines = (work: (all: DossierLine[]) => DossierLine[]) => edit(NAMES.journal, (text) => `${work(text.trim().split('\n').map((line) => JSON.parse(line) as DossierLine)).map((line) => JSON.stringify(line)).join('\n')}\n`);
  const bids = (work: (all: DossierBid[]) => DossierBid[]) => edit(NAMES.bids, (text) => JSON.stringify(work(JSON.parse(text) as DossierBid[])));

  it('se télécharge depuis la page de preuve, par les agents du département et personne d’autre', async () => {
    const officer = await w.t.browser('officer');
    const page = `/consultations/${w.id}/preuve`;
    expect((await officer.get(page).expect(200)).text).toContain(`${page}/dossier.zip`);
    for (const path of [`${page}/dossier.zip`, `/api/consultations/${w.id}/evidence/dossier`]) {
      const answer = await officer.get(path).buffer(true).parse((response, done) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => done(null, Buffer.concat(chunks)));
      }).expect(200).expect('content-type', 'application/zip');
      expect(await verifyDossier(answer.body as Buffer, keyring.publicKeyPem)).toMatchObject({ ok: true, stage: 'opened' });
      for (const key of ['passerelle', 'admin']) await (await w.t.browser(key)).get(path).expect(404);
    }
  });

  it('avant l’ouverture, se vérifie et ne dit rien des plis', async () => {
    expect(await verifyDossier(sealed, keyring.publicKeyPem)).toMatchObject({ ok: true, faults: [], stage: 'sealed', trusted: true });
    const files = openZip(sealed);
    expect([...files.keys()].filter((name) => /^(enveloppes|accuses|plis|ouverture|envois)/.test(name))).toEqual([]);
    const text = [...files.values()].map((one) => one.toString('latin1')).join('\n');
    for (const word of ['CANARI', 'bid.deposit', 'Passerelle', 'Lignes Claires', 'upload.']) expect(text).not.toContain(word);
  });

  it('après l’ouverture, rejoue le journal et les règles, sans la plateforme', async () => {
    expect(await verifyDossier(opened, keyring.publicKeyPem)).toMatchObject({ ok: true, faults: [], stage: 'opened', trusted: true });
    expect(await verifyDossier(opened)).toMatchObject({ ok: true, trusted: false, notes: [expect.stringContaining('n’a pas été comparée')] });
  });

  it('un fichier changé, ajouté ou ôté après la signature se voit', async () => {
    const spoiled = async (change: (files: Map<string, Buffer>) => void) => {
      const files = openZip(opened);
      change(files);
      return verifyDossier(await repacked(files), keyring.publicKeyPem);
    };
    for (const change of [edit(NAMES.bids, (text) => text.replace('Passerelle', 'Passerolle')), (files: Map<string, Buffer>) => void files.set('ajout.txt', Buffer.from('x')), (files: Map<string, Buffer>) => void files.delete(NAMES.letters)]) {
      expect(await spoiled(change)).toMatchObject({ ok: false });
    }
    expect(await verifyDossier(Buffer.from('rien'))).toMatchObject({ ok: false, faults: [expect.stringContaining('ZIP')] });
  });

  it.each<[string, () => (files: Map<string, Buffer>) => void, RegExp]>([
    ['une ligne du journal changée', () => lines((all) => all.map((line, index) => (index === 2 ? { ...line, instant: '2023-07-19T08:00:00.000Z' } : line))), /ligne/i],
    ['une ligne ôtée', () => lines((all) => all.filter((_, index) => index !== 3)), /ligne/i],
    ['deux lignes échangées', () => lines((all) => [all[1], all[0], ...all.slice(2)].filter((one) => one !== undefined)), /ligne/i],
    ['la fin du journal coupée', () => lines((all) => all.slice(0, -1)), /journal/i],
    ['un pli ôté', () => bids((all) => all.slice(1)), /manque/],
    ['un instant changé', () => bids((all) => all.map((one) => (one.receivedAt === '2023-07-26T21:59:00.200Z' ? { ...one, receivedAt: '2023-07-26T21:58:59.000Z' } : one))), /instant/],
    ['un pli hors délai dit ouvert', () => bids((all) => all.map((one) => (one.status === 'late' ? { ...one, status: 'opened' } : one))), /hors délai/],
    ['un pli remplacé rendu valable', () => bids((all) => all.map((one) => (one.status === 'replaced' ? { ...one, status: 'opened' } : one))), /remplacé|valables/],
    ['une date limite avancée', () => edit(NAMES.deadlines, (text) => text.replace('2023-07-26T21:59:00.000Z', '2023-07-25T21:59:00.000Z')), /date limite/],
    ['un accusé contrefait', () => (files) => {
      const name = [...files.keys()].find((one) => one.startsWith('accuses/')) ?? '';
      files.set(name, Buffer.from((files.get(name)?.toString() ?? '').replace(/"receivedAt":\s*"[^"]+"/, '"receivedAt":"2023-07-19T00:00:00.000Z"')));
    }, /Accusé/],
    ['un accusé ôté', () => (files) => void files.delete([...files.keys()].find((one) => one.startsWith('accuses/')) ?? ''), /accusé/i],
    ['une enveloppe changée', () => (files) => {
      const name = [...files.keys()].find((one) => one.startsWith('enveloppes/')) ?? '';
      files.set(name, Buffer.from((files.get(name)?.toString() ?? '').replace(/"cipherSize":\s*\d+/, '"cipherSize":1')));
    }, /enveloppe/],
  ])('même signé de nouveau, refuse : %s', async (_, change, reason) => {
    const verdict = await verifyDossier(await forged(change()), keyring.publicKeyPem);
    expect(verdict.ok).toBe(false);
    expect(verdict.faults.join('\n')).toMatch(reason);
  });

  it('d’une autre clé, n’est pas celui de la plateforme', async () => {
    const { generateKeyPairSync } = await import('node:crypto');
    const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(await verifyDossier(opened, other)).toMatchObject({ ok: false, trusted: false });
  });
});
