import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openByRescue, type RescueReport } from './bids/rescue-opening.js';
import { Config, isInside } from './config.js';
import { openDatabase } from './database.js';
import { DemoClock } from './demo/demo-clock.js';
import { Acts } from './platform/acts.js';
import { Actor } from './platform/actor.js';
import { SystemClock } from './platform/clock.js';
import { DiskFiles } from './platform/files.js';
import { SystemRandom } from './platform/random.js';
import { Custodian } from './sealing/custodian.js';
import { createKeys, forgetFormer, type Keys, readKeys, renewKeys } from './sealing/key-file.js';
import { Keyring } from './sealing/keyring.js';
import { newRescueKey, readRescueKey, rescued, writeOnce } from './sealing/rescue.js';
import { SealingKey } from './sealing/sealing-key.js';

type Stores = ReturnType<typeof Config.stores>;

/** @returns what the command prints; the private half stands there once, or in the file */
export async function makeRescueKey(out: string): Promise<string> {
  const { recipient, file } = newRescueKey();
  if (out) await writeOnce(out, file);
  return [
    'Clé de secours créée.',
    `Partie publique, à donner au serveur : RESCUE_RECIPIENT=${recipient}`,
    out ? `Partie privée : ${out} (lisible de vous seul). Imprimez-la ou copiez-la sur un support hors ligne, mettez-la au coffre, puis effacez ce fichier.` : `Partie privée, montrée cette seule fois, à recopier ou imprimer et à mettre au coffre :\n\n${file}`,
    'Le serveur ne la connaît pas et n’en a jamais besoin. Exercice à faire aussitôt, puis chaque année : docs/exploitation-cles.md',
  ].join('\n');
}

/** @param from a key file to renew, or to rid of its former keys */
export async function makeKeyFile(path: string, { dataDir }: Stores, { renew, forget }: { renew?: string; forget?: string } = {}): Promise<string> {
  if (!path) throw new Error('Indiquez le fichier à créer, hors de DATA_DIR : key-file /etc/souspli/cles.json');
  if (isInside(path, dataDir)) throw new Error(`« ${path} » est dans DATA_DIR (${dataDir}) : une seule sauvegarde emporterait les plis et leurs clés. Choisissez un autre dossier.`);
  if (renew && forget) throw new Error('Écrivez --renew ou --forget, pas les deux.');
  if (await readKeys(path).then(Boolean)) throw new Error(`« ${path} » existe déjà : rien n’est écrit par-dessus une clé.`);
  if (renew) await renewKeys(path, await known(renew));
  else if (forget) await forgetFormer(path, await known(forget));
  else await createKeys(path);
  const { publicKeyFingerprint } = await Keyring.open(path, { create: false });
  return [
    `Fichier de clés créé : ${path} (droits 600).`,
    `Empreinte de la clé qui signe les accusés : ${publicKeyFingerprint}`,
    renew ? `La nouvelle clé scelle, l’ancienne ouvre encore. Démarrez avec KEY_FILE=${path}, puis : npm run souspli -- rewrap` : `Démarrez avec KEY_FILE=${path}. Sauvegardez-le à part de la base et de DATA_DIR.`,
  ].join('\n');
}

async function known(file: string): Promise<Keys> {
  const keys = await readKeys(file);
  if (!keys) throw new Error(`Le fichier « ${file} » n’existe pas.`);
  return keys;
}

/** Wraps the key of each consultation to the KEK and the rescue key of today. One act each: stopped half-way, it is run again. */
export async function rewrapKeys(config: Pick<Config, 'keyFile' | 'rescueRecipient'>, stores: Stores, rescueFile = ''): Promise<{ rewrapped: number; failed: string[] }> {
  const rescue = rescueFile ? rescued(await readRescueKey(rescueFile)) : undefined;
  const keyring = await Keyring.open(config.keyFile, { create: false, rescueRecipient: config.rescueRecipient });
  const custodian = new Custodian(keyring);
  return withStores(stores, async ({ acts, source }) => {
    const ids = (await source.manager.find(SealingKey, { select: { id: true }, order: { id: 'ASC' } })).map((one) => one.id);
    const failed: string[] = [];
    for (const id of ids) {
      try {
        await acts.perform(Actor.system, 'key.rewrap', async (act) => {
          act.require(act.actor.isSystem);
          await custodian.rewrap(act, id, rescue);
          act.record({ rescue: config.rescueRecipient !== undefined });
        });
      } catch (error) {
        failed.push(`${id} : ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return { rewrapped: ids.length - failed.length, failed };
  });
}

export async function rescueOpen(stores: Stores, wanted: string, identityFile: string, out?: string): Promise<RescueReport> {
  const identity = await readRescueKey(identityFile);
  return withStores(stores, (given) => openByRescue(given, wanted, identity, out));
}

/** The database and the blobs, without the application nor its keys. On SQLite the server must be stopped. */
async function withStores<T>({ databaseUrl, dataDir, demo }: Stores, work: (given: { acts: Acts; files: DiskFiles; source: Awaited<ReturnType<typeof openDatabase>> }) => Promise<T>): Promise<T> {
  const file = databaseUrl.replace(/^sqlite:/, '');
  if (databaseUrl.startsWith('sqlite:') && !existsSync(file)) throw new Error(`La base ${file} n’existe pas : vérifiez DATABASE_URL.`);
  const source = await openDatabase(databaseUrl);
  try {
    const random = new SystemRandom();
    const clock = demo ? DemoClock.open(dataDir) : new SystemClock();
    return await work({ source, acts: new Acts(source, clock, random), files: new DiskFiles(join(dataDir, 'files'), random) });
  } finally {
    await source.destroy();
  }
}
