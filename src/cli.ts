import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { Config } from './config.js';
import { Maintenance } from './platform/maintenance.js';

interface Command {
  usage: string;
  run(args: string[]): Promise<void> | void;
}

/** `npm run souspli -- <command>`: the same services without a browser. */
const COMMANDS: Record<string, Command> = {
  maintenance: {
    usage: 'maintenance on [--message « Retour prévu à 7 h. »] | maintenance off     ferme ou rouvre toutes les pages',
    run(args) {
      const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { message: { type: 'string', default: '' } } });
      const door = new Maintenance(Config.read().dataDir);
      if (positionals[0] === 'on') door.begin(values.message);
      else if (positionals[0] === 'off') door.end();
      else throw new Error('Écrivez « maintenance on » ou « maintenance off ».');
      print(positionals[0] === 'on' ? 'Souspli est fermé.' : 'Souspli est ouvert.');
    },
  },
};

function print(text: string) {
  process.stdout.write(`${text}\n`);
}

async function main() {
  const [name = '', ...args] = process.argv.slice(2);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    const list = Object.values(COMMANDS).map((one) => `  npm run souspli -- ${one.usage}`);
    throw new Error(`${name ? `Pas de commande « ${name} ». ` : ''}Les commandes :\n${list.join('\n')}`);
  }
  await command.run(args);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
