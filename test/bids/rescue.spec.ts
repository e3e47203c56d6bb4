// The key kept offline: what it opens, what it does not, and how an instance that lost its key file goes on.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openByRescue } from '../../src/bids/rescue-opening.js';
import { makeKeyFile, makeRescueKey, rescueOpen, rewrapKeys } from '../../src/command-keys.js';
import { Config } from '../../src/config.js';
import { JournalEntry } from '../../src/platform/journal-entry.js';
import { recipientOf } from '../../src/sealing/age-keys.js';
import { readKeys } from '../../src/sealing/key-file.js';
import { newRescueKey, readRescueKey } from '../../src/sealing/rescue.js';
import { SealingKey } from '../../src/sealing/sealing-key.js';
import { bytes, DEADLINE, newWorld, OPENS, type World } from './world.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rescue-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const before = (ms: number) => new Date(DEADLINE.getTime() - ms);
const A = bytes(200_000);
const B = bytes(70_000, 11);

/** Two bids in time, one late; a rescue key from the launch on. */
async function withBids(kind: string, rescueRecipient: string): Promise<World> {
  const world = await newWorld(kind, { rescueRecipient });
  await world.upload('atelier', 'Mémoire technique.pdf', A);
  await world.upload('atelier', 'prix.pdf', B);
  await world.deposit('atelier', before(5_000));
  await world.upload('bureau', 'offre.pdf', B);
  await world.deposit('bureau', before(4_000));
  await world.upload('cabinet', 'tard.pdf', A);
  await world.deposit('cabinet', new Date(DEADLINE.getTime() + 1_000));
  return world;
}

describe.each(['sqlite', 'postgres'])('la clé de secours (%s)', (kind) => {
  let world: World;
  let identity: string;
  beforeAll(async () => {
    const made = newRescueKey();
    identity = made.file.split('\n')[2] ?? '';
    world = await withBids(kind, made.recipient);
  });
  afterAll(() => world.close());

  it('n’ouvre rien avant l’heure, ni sans le nombre de confirmations', async () => {
    await expect(openByRescue(world, world.id, identity)).rejects.toMatchObject({ code: 'too-early' });
    world.clock.moveTo(OPENS);
    await world.opening.confirm(world.opener, world.id);
    await expect(openByRescue(world, world.id, identity)).rejects.toMatchObject({ code: 'quorum' });
    const refusals = await world.source.manager.findBy(JournalEntry, { act: 'rescue.open', outcome: 'refused' });
    expect(refusals.map((one) => String(one.details.code)).toSorted((a, b) => a.localeCompare(b))).toEqual(['quorum', 'too-early']);
  });

  it('une fois les confirmations données, fait l’exercice sans rien écrire, et n’ouvre pas à la place des ouvreurs', async () => {
    await world.opening.confirm(world.second, world.id);
    const report = await openByRescue(world, world.id, identity);
    expect(report).toEqual({ reference: 'DDETS67-2023-01', bids: 2, files: 3, bytes: A.length + 2 * B.length, faults: [] });
    expect((await world.source.manager.findOneByOrFail(SealingKey, { id: world.id })).releasedAt).toBeNull();
    expect(await world.source.manager.findOneByOrFail(JournalEntry, { act: 'rescue.open', outcome: 'done' })).toMatchObject({ chain: world.id, details: { rescue: 'drill', bids: 2 } });
  });

  it('après l’ouverture, écrit chaque fichier tel qu’il a été déposé ; le pli hors délai reste scellé', async () => {
    await world.opening.open(world.second, world.id);
    await world.jobs.finishAll();
    const out = join(folder, 'plis');
    expect(await openByRescue(world, 'DDETS67-2023-01', identity, out)).toMatchObject({ bids: 2, files: 3, faults: [] });
    const written = readdirSync(out).flatMap((bid) => readdirSync(join(out, bid)).map((name) => [name, readFileSync(join(out, bid, name))] as const));
    expect(written.map(([name]) => name).toSorted()).toEqual(['01-Mémoire technique.pdf', '01-offre.pdf', '02-prix.pdf']);
    for (const [name, content] of written) expect(content.equals(name.includes('Mémoire') ? A : B)).toBe(true);
    // Over what is there already, nothing is written.
    const again = await openByRescue(world, world.id, identity, out);
    expect(again.faults).toHaveLength(3);
  });

  it('une autre clé de secours est refusée, et rien n’en est cité', async () => {
    const other = newRescueKey().file.split('\n')[2] ?? '';
    const error = await openByRescue(world, world.id, other).then(String, String);
    expect(error).toContain('Cette clé de secours n’ouvre pas cette consultation');
    expect(error).not.toContain(other);
  });
});

describe('les commandes des clés', () => {
  it('rescue-key : la partie privée dans un fichier que son propriétaire seul lit, jamais par-dessus un autre', async () => {
    const out = join(folder, 'secours.txt');
    const said = await makeRescueKey(out);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const identity = await readRescueKey(out);
    expect(said).toContain(`RESCUE_RECIPIENT=${recipientOf(identity)}`);
    expect(said).not.toContain(identity);
    await expect(makeRescueKey(out)).rejects.toThrow('rien n’est écrit par-dessus une clé');
    // Without a file it is shown this once.
    expect(await makeRescueKey('')).toMatch(/AGE-SECRET-KEY-1[0-9A-Z]{58}/);
  });

  it('une clé recopiée avec une faute est refusée, sans être citée', async () => {
    const { file } = newRescueKey();
    const key = file.split('\n')[2] ?? '';
    const wrong = key.slice(0, -1) + (key.endsWith('Q') ? 'P' : 'Q');
    for (const text of [wrong, '', `${key}\n${key}`, 'age1x']) {
      writeFileSync(join(folder, 'copie.txt'), text);
      const error = await readRescueKey(join(folder, 'copie.txt')).then(String, String);
      expect(error).toContain('vérifiez sa copie');
      expect(error).not.toContain(key.slice(0, 30));
    }
  });

  it('key-file : hors de DATA_DIR seulement, même par un lien', async () => {
    const stores = { databaseUrl: '', dataDir: join(folder, 'data'), demo: false };
    await expect(makeKeyFile(join(folder, 'data', 'cles.json'), stores)).rejects.toThrow('est dans DATA_DIR');
    expect(await makeKeyFile(join(folder, 'cles.json'), stores)).toContain('Fichier de clés créé');
    await expect(makeKeyFile(join(folder, 'cles.json'), stores)).rejects.toThrow('existe déjà');
    const { KEY_FILE: _, ...env } = { KEY_FILE: '', SOUSPLI_MODE: 'production', BASE_URL: 'https://a.example', SMTP_URL: 'smtp://a', HELP_EMAIL: 'a@a.example', DATA_DIR: join(folder, 'data') };
    expect(() => Config.read({ ...env, KEY_FILE: join(folder, 'data', 'keys', 'cles.json') })).toThrow('KEY_FILE est dans DATA_DIR');
    expect(Config.read({ ...env, KEY_FILE: join(folder, 'cles.json') }).warnings).toEqual([expect.stringContaining('RESCUE_RECIPIENT')]);
    expect(Config.read({ ...env, KEY_FILE: join(folder, 'data-voisin', 'cles.json'), RESCUE_RECIPIENT: newRescueKey().recipient }).warnings).toEqual([]);
  });

  it('renouvelle la clé du serveur : l’ancienne ouvre jusqu’au ré-enveloppement, puis plus rien', async () => {
    const world = await withBids('sqlite', newRescueKey().recipient);
    const stores = { databaseUrl: world.config.databaseUrl, dataDir: join(folder, 'data'), demo: false };
    const [old, renewed, clean] = [world.config.keyFile, join(folder, 'renewed.json'), join(folder, 'clean.json')];
    await world.module.close();
    await makeKeyFile(renewed, stores, { renew: old });
    expect((await readKeys(renewed))?.former).toEqual([(await readKeys(old))?.kek]);
    expect(await rewrapKeys({ keyFile: renewed }, stores)).toEqual({ rewrapped: 1, failed: [] });
    await makeKeyFile(clean, stores, { forget: renewed });
    expect(await rewrapKeys({ keyFile: clean }, stores)).toEqual({ rewrapped: 1, failed: [] });
    expect(await rewrapKeys({ keyFile: old }, stores)).toMatchObject({ rewrapped: 0, failed: [expect.stringContaining('ne peut pas être lue')] });
    await world.close();
  });

  it('fichier de clés perdu : un nouveau, la clé de secours, et les ouvreurs ouvrent comme prévu', async () => {
    const rescue = newRescueKey();
    const path = join(folder, 'secours.txt');
    writeFileSync(path, rescue.file);
    const world = await withBids('sqlite', rescue.recipient);
    const stores = { databaseUrl: world.config.databaseUrl, dataDir: world.config.dataDir, demo: false };
    world.clock.moveTo(OPENS);
    await world.opening.confirm(world.opener, world.id);
    await world.opening.confirm(world.second, world.id);
    await world.module.close();
    const fresh = join(folder, 'fresh.json');
    await makeKeyFile(fresh, { ...stores, dataDir: join(folder, 'data') });
    expect(await rewrapKeys({ keyFile: fresh, rescueRecipient: rescue.recipient }, stores)).toMatchObject({ failed: [expect.any(String)] });
    expect(await rewrapKeys({ keyFile: fresh, rescueRecipient: rescue.recipient }, stores, path)).toEqual({ rewrapped: 1, failed: [] });
    expect(await rescueOpen(stores, world.id, path)).toMatchObject({ bids: 2, files: 3, faults: [] });
    // And once more with the new key file alone.
    expect(await rewrapKeys({ keyFile: fresh, rescueRecipient: rescue.recipient }, stores)).toEqual({ rewrapped: 1, failed: [] });
    await world.close();
  });
});
