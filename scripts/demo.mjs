// npm run demo [-- --fresh]            the server with its fictional prefectures
// npm run demo -- --rehearsal          the rehearsal that `npm run souspli -- rehearse` prepared, on port 3001
// npm run demo -- --once --out DIR     the whole story played once, its documents written to DIR
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setup } from './setup.mjs';
import { launch, main, root, Stop } from './steps.mjs';

await main(async () => {
  await setup({ dev: false, browser: true });
  const args = process.argv.slice(2);
  const out = args.indexOf('--out') + 1;
  if (out > 0 && args[out]) args[out] = resolve(process.env.INIT_CWD ?? '.', args[out]); // npm moves to the root; the person may be elsewhere
  const program = args.includes('--once') ? 'dist/demo/once.js' : 'dist/main.js';
  return launch(['--enable-source-maps', program, ...args.filter((arg) => arg !== '--once')], { SOUSPLI_MODE: 'demo', ...(args.includes('--rehearsal') ? rehearsal() : {}) });
});

/** Data, keys and addresses of its own: nothing of the real instance's environment reaches a rehearsal. */
function rehearsal() {
  const dataDir = `${process.env.DATA_DIR || 'data/var'}/rehearsal`;
  if (!existsSync(resolve(root, dataDir, 'rehearsal.json'))) throw new Stop('Aucune répétition n’est prête. Préparez-la : npm run souspli -- rehearse <identifiant ou référence de la consultation>');
  return { DATA_DIR: dataDir, DATABASE_URL: `sqlite:${dataDir}/souspli.sqlite`, KEY_FILE: '', RESCUE_RECIPIENT: '', SMTP_URL: '', BASE_URL: '', PORT: process.env.REHEARSAL_PORT || '3001' };
}
