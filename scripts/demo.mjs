// npm run demo [-- --fresh]            the server with its fictional prefectures
// npm run demo -- --once --out DIR     the whole story played once, its documents written to DIR
import { resolve } from 'node:path';
import { setup } from './setup.mjs';
import { launch, main } from './steps.mjs';

await main(async () => {
  await setup({ dev: false, browser: true });
  const args = process.argv.slice(2);
  const out = args.indexOf('--out') + 1;
  if (out > 0 && args[out]) args[out] = resolve(process.env.INIT_CWD ?? '.', args[out]); // npm moves to the root; the person may be elsewhere
  const program = args.includes('--once') ? 'dist/demo/once.js' : 'dist/main.js';
  return launch(['--enable-source-maps', program, ...args.filter((arg) => arg !== '--once')], { SOUSPLI_MODE: 'demo' });
});
