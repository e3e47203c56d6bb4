import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createApp, startJobs } from '../app.setup.js';
import type { Config } from '../config.js';
import { FrameworkAgreement } from '../agreements/framework-agreement.js';
import { Authority } from '../people/people.js';
import { Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { AccountsService } from '../people/accounts.service.js';
import { DemoClock } from './demo-clock.js';
import { prepareTheContract, seedAgreements } from './seed-agreements.js';
import { draftTheCommission, type Getter, seedAuthority, seedInvented } from './seed.js';

/** Serves the demonstration: the story at « lettres prêtes à signer », 13 July 2023. A second start keeps everything. */
export async function serveDemo(config: Config, fresh: boolean): Promise<void> {
  if (fresh) forget(config);
  const app = await createApp(config, { clock: DemoClock.open(config.dataDir) });
  await app.listen(config.port);
  await seedDemonstration(app);
  await startJobs(app);
  const accounts = await app.get(AccountsService).demonstrationAccounts();
  const lines = accounts.filter((one) => one.role !== 'bidder').map((one) => `  ${one.roleLabel.padEnd(28)} ${one.name.padEnd(24)} ${one.email}`);
  process.stdout.write(`\nSouspli : ${config.baseUrl}\n\nComptes de démonstration (un clic sur la page de connexion, ou mot de passe « demonstration ») :\n${lines.join('\n')}\n\n`);
}

/** What the demonstration starts with: 13 July 2023, letters to sign, the deployment as it stands. An older one is completed. */
export async function seedDemonstration(app: Getter): Promise<void> {
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
