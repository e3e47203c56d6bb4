import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createApp, startJobs } from '../app.setup.js';
import type { Config } from '../config.js';
import { Authority } from '../people/people.js';
import { Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { AccountsService } from '../people/accounts.service.js';
import { DemoClock } from './demo-clock.js';
import { draftTheCommission, type Getter, seedAuthority, seedInvented } from './seed.js';

/** Serves the demonstration: the story at « lettres prêtes à signer », 13 July 2023. A second start keeps everything. */
export async function serveDemo(config: Config, fresh: boolean): Promise<void> {
  if (fresh) forget(config);
  const app = await createApp(config, { clock: DemoClock.open(config.dataDir) });
  await app.listen(config.port);
  if (await isEmpty(app)) {
    process.stdout.write('Préparation des données de démonstration…\n');
    await seedAuthority(app);
    await draftTheCommission(app);
    await seedInvented(app);
  }
  startJobs(app);
  const accounts = await app.get(AccountsService).demonstrationAccounts();
  const lines = accounts.filter((one) => one.role !== 'bidder').map((one) => `  ${one.roleLabel.padEnd(28)} ${one.name.padEnd(24)} ${one.email}`);
  process.stdout.write(`\nSouspli : ${config.baseUrl}\n\nComptes de démonstration (un clic sur la page de connexion, ou mot de passe « demonstration ») :\n${lines.join('\n')}\n\n`);
}

function forget(config: Config) {
  const database = config.databaseUrl.replace(/^sqlite:/, '');
  for (const path of [database, `${database}-wal`, `${database}-shm`, `${database}.lock`]) rmSync(path, { force: true });
  for (const name of ['files', 'keys', 'demo-clock.json']) rmSync(join(config.dataDir, name), { recursive: true, force: true });
}

function isEmpty(app: Getter): Promise<boolean> {
  return app.get(Acts).look(Actor.system, 'demo.is-empty', async (act) => {
    act.see(act.actor.isSystem);
    return (await act.db.count(Authority)) === 0;
  });
}
