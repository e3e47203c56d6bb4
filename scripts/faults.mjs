// npm run faults [-- --seeds N] [--seed N] [--only sqlite|postgres] [--json]
//   a real server, killed, starved of its disk, its database or its mail at every step of deposits; prints {runs, kinds, accepted, lost}
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compiled } from './compiled.mjs';
import { setup } from './setup.mjs';
import { startPostgres } from './simulate.mjs';
import { main, root } from './steps.mjs';

const options = { seeds: { type: 'string', default: '12' }, seed: { type: 'string' }, only: { type: 'string' }, json: { type: 'boolean' } };

await main(async () => {
  const { values } = parseArgs({ options });
  await setup({ dev: true, browser: false });
  const copy = await compiled();
  const postgres = values.only === 'sqlite' ? { url: '', stop: () => {} } : await startPostgres();
  const passed = ['seeds', 'seed', 'only'].flatMap((name) => (values[name] ? [`--${name}`, values[name]] : []));
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, ['--enable-source-maps', join(copy.folder, 'test/faults/main.js'), ...passed, '--postgres', postgres.url], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
      child.on('error', reject);
      child.on('close', resolve);
    });
  } finally {
    postgres.stop();
    copy.remove();
  }
});
