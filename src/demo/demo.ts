import { rmSync, writeFileSync, mkdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createApp, startJobs } from '../app.setup.js';
import { Config } from '../config.js';
import { FrameworkAgreement } from '../agreements/framework-agreement.js';
import { WatchService } from '../consultations/watch.service.js';
import { Authority } from '../people/people.js';
import { Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { AccountsService } from '../people/accounts.service.js';
import { FrozenClock, machineNow } from '../platform/clock.js';
import type { Log } from '../platform/log.js';
import { lockForThisProcess } from '../platform/one-process.js';
import { Templates } from '../platform/templates.js';
import { readCall } from '../support/rehearsal.js';
import { isRehearsal, milestonesOf, readMark, watermark, writeMark } from '../support/rehearsal-marks.js';
import { BIDDERS, stageRehearsal } from '../support/rehearsal-stage.js';
import { DemoClock } from './demo-clock.js';
import { DEMO_PASSWORD } from './demo-data.js';
import { MILESTONES } from './milestones.js';
import { prepareTheContract, seedAgreements } from './seed-agreements.js';
import { draftTheCommission, type Getter, seedAuthority, seedInvented } from './seed.js';

/** Serves the demonstration: the story at « lettres prêtes à signer », 13 July 2023. A second start keeps everything. */
export async function serveDemo(config: Config, fresh: boolean): Promise<void> {
  if (isRehearsal(config.dataDir) && fresh) throw new Error('Pour recommencer une répétition, relancez : npm run souspli -- rehearse <consultation>');
  if (fresh) forget(config);
  const app = await createApp(config, { clock: DemoClock.open(config.dataDir) });
  if (isRehearsal(config.dataDir)) markRehearsal(app, config);
  // Before the first request, as in production: an outage that just ended may move a deadline.
  await app.get(WatchService).start();
  await app.listen(config.port);
  await seedDemonstration(app);
  await startJobs(app);
  const accounts = await app.get(AccountsService).demonstrationAccounts();
  const lines = accounts.filter((one) => one.role !== 'bidder').map((one) => `  ${one.roleLabel.padEnd(28)} ${one.name.padEnd(24)} ${one.email}`);
  process.stdout.write(`\nSouspli : ${config.baseUrl}\n\nComptes de démonstration (un clic sur la page de connexion, ou mot de passe « demonstration ») :\n${lines.join('\n')}\n\n`);
}

/** What the demonstration starts with: 13 July 2023, letters to sign, the deployment as it stands. An older one is completed. */
export async function seedDemonstration(app: Getter): Promise<void> {
  if (isRehearsal(app.get(Config).dataDir)) return;
  const { authorities, frameworks } = await known(app);
  if (authorities > 0 && frameworks > 0) return;
  process.stderr.write('Préparation des données de démonstration…\n');
  if (authorities === 0) await seedAuthority(app);
  await seedAgreements(app);
  if (authorities === 0) {
    await draftTheCommission(app);
    await seedInvented(app);
  }
  await prepareTheContract(app);
}

function forget(config: Config) {
  const database = config.databaseUrl.replace(/^sqlite:/, '');
  for (const path of [database, `${database}-wal`, `${database}-shm`, `${database}.lock`]) rmSync(path, { force: true });
  for (const name of ['files', 'keys', 'demo-clock.json']) rmSync(join(config.dataDir, name), { recursive: true, force: true });
}

function known(app: Getter) {
  return app.get(Acts).look(Actor.system, 'demo.known', async (act) => {
    act.see(act.actor.isSystem);
    return { authorities: await act.db.count(Authority), frameworks: await act.db.count(FrameworkAgreement) };
  });
}

/** The notice everywhere, and the clock's jumps of this call instead of those of the story. */
export function markRehearsal(app: Getter, { dataDir }: Config) {
  const mark = readMark(dataDir);
  watermark(app.get(Templates), mark);
  MILESTONES.splice(0, MILESTONES.length, ...mark.milestones);
}

/** The instance of a rehearsal, beside the real data and sharing nothing with them: no key, no mail server, no database. */
export function rehearsalConfig({ dataDir }: Config, port = 0): Config {
  const own = join(dataDir, 'rehearsal');
  return Config.of({ mode: 'demo', dataDir: own, databaseUrl: `sqlite:${own}/souspli.sqlite`, port });
}

/** Copies a call into a demonstration of its own (decisions.md 30). @returns what the command prints */
export async function rehearse(source: Getter, real: Config, wanted: string, log?: Log): Promise<string> {
  const call = await readCall(source, wanted);
  const config = rehearsalConfig(real);
  empty(config);
  const app = await createApp(config, { clock: new FrozenClock(call.startsAt), log });
  watermark(app.get(Templates), readMark(config.dataDir)); // its first mails are written now
  try {
    const { start, consultation } = await stageRehearsal(app, call, DEMO_PASSWORD);
    const milestones = milestonesOf(call.startsAt, consultation.deadline, consultation.opensAt, consultation.timeZone);
    writeMark(config.dataDir, { title: call.title, reference: consultation.reference, milestones, start });
    writeFileSync(join(config.dataDir, 'demo-clock.json'), JSON.stringify({ offsetMs: call.startsAt.getTime() - machineNow().getTime() }));
    return [`Répétition prête : ${call.title} (${consultation.reference}).`, `Données à part : ${config.dataDir}`, `Candidats : ${BIDDERS.map((one) => one.name).join(', ')}`, 'Pour la jouer : npm run demo -- --rehearsal', `Puis, avec le compte de l’agent : ${start}`].join('\n');
  } finally {
    await app.close();
  }
}

/** A former rehearsal gives way; anything else that stands there is not ours to remove. */
function empty({ dataDir, databaseUrl }: Config) {
  if (existsSync(dataDir)) {
    if (!isRehearsal(dataDir)) throw new Error(`Le dossier ${dataDir} existe et n’est pas une répétition : déplacez-le.`);
    lockForThisProcess(databaseUrl.replace(/^sqlite:/, ''))(); // a rehearsal being played is not pulled from under its players
    rmSync(dataDir, { recursive: true });
  }
  mkdirSync(dataDir, { recursive: true });
  writeMark(dataDir, { title: '', reference: '', milestones: [], start: '/' }); // a copy cut short is still a rehearsal
}
