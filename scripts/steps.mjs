// What the other scripts share: say what is going on, run a long command under a watchful eye, start the program itself.
// Everything here speaks on stderr, so that `npm run souspli -- … > file` stays clean.
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url))); // import.meta.dirname is absent from the old Nodes we must answer politely

export const say = (sentence) => process.stderr.write(`${sentence}\n`);

/** A failure whose message is the whole explanation: shown alone, without a stack. */
export class Stop extends Error {}

/** Runs a script’s body; a Stop becomes one sentence and exit code 1. */
export async function main(body) {
  try {
    process.exitCode = (await body()) ?? process.exitCode ?? 0;
  } catch (error) {
    say(error instanceof Stop ? `\n${error.message}` : (error.stack ?? String(error)));
    process.exitCode = 1;
  }
}

/** Runs `work` with its title, a sign of life every 15 s, and the time it took. Work that answers false did not succeed. */
export async function step(title, work) {
  const started = Date.now();
  const elapsed = () => `${((Date.now() - started) / 1000).toFixed(1).replace('.', ',')} s`;
  say(`→ ${title}`);
  const heartbeat = setInterval(() => say(`  … toujours en cours (${elapsed()})`), 15_000);
  try {
    const result = await work();
    say(`  ${result === false ? 'sans succès' : 'fait'} (${elapsed()})`);
    return result;
  } finally {
    clearInterval(heartbeat);
  }
}

/** Runs a command to its end, shown as it goes unless `quiet`; answers its exit code and what it complained of. */
export function run(command, args, { env = {}, timeout, quiet = false } = {}) {
  return new Promise((resolve) => {
    const windows = process.platform === 'win32'; // npm is npm.cmd there, which only a shell can start
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', quiet ? 'ignore' : 2, 'pipe'], env: { ...process.env, ...env }, timeout, shell: windows });
    let complaint = '';
    child.stderr.on('data', (chunk) => {
      complaint = (complaint + chunk).slice(-20_000);
      if (!quiet) process.stderr.write(chunk);
    });
    child.on('error', (error) => resolve({ code: 127, complaint: String(error) }));
    child.on('close', (code) => resolve({ code: code ?? 1, complaint }));
  });
}

/** Starts Node on the program, hands it the terminal and the signals, and answers its exit code. */
export function launch(args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      // A terminal sends Ctrl-C to the whole group: passing it on would interrupt the orderly stop that it started.
      process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY) || child.kill(signal));
    }
    child.on('error', (error) => resolve((say(String(error)), 127)));
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

/** Whether the file is run itself, rather than imported by another. */
export const isMain = (url) => process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url); // a clone may be reached by a link
