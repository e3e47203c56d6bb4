// The `age` program of the distribution, when it is there (scripts/age.mjs installs it before `npm test`).
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const stockAge = spawnSync('age', ['--version']).status === 0;
if (!stockAge) process.stderr.write('age est absent (Debian : apt-get install -y age) : le scellement n’est comparé qu’au paquet age-encryption.\n');

/** @returns undefined when the program refuses */
export function openWithStockAge(identity: string, sealed: Uint8Array): Buffer | undefined {
  return inFolder((at) => {
    writeFileSync(at('key'), `${identity}\n`, { mode: 0o600 });
    writeFileSync(at('part.age'), sealed);
    try {
      return execFileSync('age', ['-d', '-i', at('key'), at('part.age')], { maxBuffer: 2 ** 26, stdio: ['ignore', 'pipe', 'ignore'] });
    } catch {
      return undefined;
    }
  });
}

export function sealWithStockAge(recipients: string[], plain: Uint8Array): Buffer {
  return execFileSync('age', recipients.flatMap((one) => ['-r', one]), { input: plain, maxBuffer: 2 ** 26 });
}

/** What `age-keygen` makes. */
export function stockIdentity(): { identity: string; recipient: string } {
  const text = execFileSync('age-keygen', { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
  return { identity: /AGE-SECRET-KEY-1\w+/.exec(text)?.[0] ?? '', recipient: /age1\w+/.exec(text)?.[0] ?? '' };
}

function inFolder<T>(work: (at: (name: string) => string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'age-'));
  try {
    return work((name) => join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
