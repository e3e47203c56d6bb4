// npm run souspli -- COMMAND: the command line. Set-up says nothing when nothing is left to do.
import { setup } from './setup.mjs';
import { launch, main } from './steps.mjs';

await main(async () => {
  await setup({ dev: false, browser: false });
  return launch(['--enable-source-maps', 'dist/cli.js', ...process.argv.slice(2)]);
});
