import type { INestApplicationContext } from '@nestjs/common';
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from './app.setup.js';
import { CockpitService } from './cockpit/cockpit.service.js';
import { placeJson } from './cockpit/cockpit.view.js';
import { Config } from './config.js';
import { reasonsJson } from './contracts/contract.view.js';
import { ContractReadingService } from './contracts/contract-reading.service.js';
import { DossierService } from './evidence/dossier.service.js';
import { DemoClock } from './demo/demo-clock.js';
import { seedDemonstration } from './demo/demo.js';
import { Actor } from './platform/actor.js';
import { DEPARTMENTS } from './people/departments.js';
import { NotFound } from './platform/errors.js';
import { Log } from './platform/log.js';
import { lockForThisProcess } from './platform/one-process.js';

/** The application for a command that only reads: beside the running server, or on a demonstration made for the occasion. */
export async function openForReading(config: Config): Promise<{ app: INestApplicationContext; close(): Promise<void> }> {
  const log = new Log((line) => process.stderr.write(`${line}\n`));
  const file = config.databaseUrl.replace(/^sqlite:/, '');
  if (!config.databaseUrl.startsWith('sqlite:') || existsSync(file)) {
    const app = await besideTheServer(config, log);
    return { app, close: () => app.close() };
  }
  if (!config.demo) throw new Error(`La base ${file} n’existe pas : démarrez d’abord Souspli.`);
  process.stderr.write('La démonstration n’a pas encore été lancée : ses données de départ sont préparées pour cette commande.\n');
  const dataDir = mkdtempSync(join(tmpdir(), 'souspli-command-'));
  const app = await createApp(Config.of({ mode: 'demo', dataDir, databaseUrl: `sqlite:${dataDir}/souspli.sqlite` }), { log, clock: DemoClock.open(dataDir) });
  await seedDemonstration(app);
  return {
    app,
    close: async () => {
      await app.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Alone, it brings an older base up to date; beside the server that holds the file, it only reads. */
async function besideTheServer(config: Config, log: Log) {
  const doors = { log, ...(config.demo ? { clock: DemoClock.open(config.dataDir) } : {}) };
  if (serverHolds(config)) return createApp(config, { ...doors, reading: true });
  const app = await createApp(config, doors);
  if (config.demo) await seedDemonstration(app);
  return app;
}

function serverHolds({ databaseUrl }: Config): boolean {
  if (!databaseUrl.startsWith('sqlite:')) return true; // PostgreSQL serves several processes; the server alone migrates
  try {
    lockForThisProcess(databaseUrl.replace(/^sqlite:/, ''))();
    return false;
  } catch {
    return true;
  }
}

/** `{department, lot, stage, targetDate, daysLate}` for each department of the framework in force. */
export async function cockpitRows(app: INestApplicationContext) {
  const { places, day } = await app.get(CockpitService).read(Actor.system);
  return places.map((place) => placeJson(place, day));
}

/** `{ready, reasons: [{code, blocking, sentence, remedy}]}` */
export async function preflightOf(app: INestApplicationContext, departmentCode: string) {
  if (!DEPARTMENTS.has(departmentCode)) throw new Error(`« ${departmentCode} » n’est pas un département. Indiquez son code : --department 67, 2A ou 974.`);
  return reasonsJson(await app.get(ContractReadingService).preflightOfDepartment(Actor.system, departmentCode));
}

/** Dossier de preuve, whole or not at all. @returns what the command prints */
export async function exportEvidence(app: INestApplicationContext, wanted: string, out: string): Promise<string> {
  const { reference, stage, zip } = await app
    .get(DossierService, { strict: false })
    .build(Actor.system, wanted)
    .catch((error: unknown) => {
      if (error instanceof NotFound) throw new Error(`Aucune consultation n’a l’identifiant ou la référence « ${wanted} ».`);
      throw error;
    });
  writeFileSync(`${out}.part`, zip, { mode: 0o600 });
  renameSync(`${out}.part`, out);
  const extent = stage === 'opened' ? 'complet, les plis sont ouverts' : 'les plis ne sont pas ouverts : rien n’y dit s’il existe un dépôt';
  return `Dossier de preuve de ${reference} (${extent}) : ${out}\nPour le vérifier : npm run souspli -- verify ${out}`;
}
