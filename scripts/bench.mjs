// npm run bench -- NAME [options]: runs bench/NAME.mjs, plain JavaScript that imports the compiled program from ../dist/.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setup } from './setup.mjs';
import { launch, main, root, Stop } from './steps.mjs';

await main(async () => {
  const [name = 'main', ...args] = process.argv.slice(2);
  const folder = join(root, 'bench');
  if (!existsSync(join(folder, `${name}.mjs`))) {
    const names = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.mjs')).map((file) => file.slice(0, -4)) : [];
    throw new Stop(`Pas de mesure nommée « ${name} ». Il y a : ${names.join(', ') || 'aucune'}.`);
  }
  await setup({ dev: true, browser: true });
  return launch(['--expose-gc', '--enable-source-maps', `bench/${name}.mjs`, ...args]); // gc: memory is measured after a collection
});
