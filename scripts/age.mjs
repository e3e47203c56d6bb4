// The stock `age` program, with which the tests open what we seal and we open what it seals: nobody must need us to read a bid.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { run, say, step } from './steps.mjs';

const works = () => spawnSync('age', ['--version']).status === 0;

/** Installs it where that is one command (Debian, Ubuntu, as root); elsewhere the tests do without, and say so. */
export async function ensureAge() {
  if (works()) return;
  if (isDebian() && process.getuid?.() === 0) await step('Installation d’age par apt (pour les tests, 2 Mo)', withApt);
  if (!works()) say('Remarque : le programme age est absent (Debian : apt-get install -y age). Les tests du scellement s’en passent, et le disent.');
}

const isDebian = () => existsSync('/etc/os-release') && /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));

async function withApt() {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = () => run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'age'], { env });
  if ((await install()).code === 0) return true;
  await run('apt-get', ['update', '-q'], { env });
  return (await install()).code === 0;
}
