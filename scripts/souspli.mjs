// npm run souspli -- COMMAND: the command line. Set-up says nothing when nothing is left to do.
import { setup } from './setup.mjs';
import { launch, main } from './steps.mjs';

await main(async () => {
  await setup({ dev: false, browser: false });
  // Without a production setting, the commands speak of the demonstration.
  const demo = !process.env.SOUSPLI_MODE && !process.env.BASE_URL;
  return launch(['--enable-source-maps', 'dist/cli.js', ...process.argv.slice(2)], demo ? { SOUSPLI_MODE: 'demo' } : {});
});
