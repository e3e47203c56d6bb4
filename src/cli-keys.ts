import { parseArgs } from 'node:util';
import { Config } from './config.js';

const megabytes = (bytes: number) => `${(bytes / 1e6).toLocaleString('fr-FR', { maximumFractionDigits: 1 })} Mo`;

/** Commands about keys: docs/exploitation-cles.md. Each runs without the server, and most without its configuration. */
export const KEY_COMMANDS = {
  'rescue-key': {
    usage: 'rescue-key [--out cle-de-secours.txt]                                crée la clé de secours, à garder hors ligne',
    run: async (args: string[]) => {
      const { values } = parseArgs({ args, options: { out: { type: 'string', default: '' } } });
      const { makeRescueKey } = await import('./command-keys.js');
      return makeRescueKey(values.out);
    },
  },
  'rescue-open': {
    usage: 'rescue-open <identifiant ou référence> --key cle-de-secours.txt [--out DOSSIER] [--json]   ouvre les plis sans le fichier de clés ; sans --out, exercice : tout est vérifié, rien n’est écrit',
    run: async (args: string[]) => {
      const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { key: { type: 'string', default: '' }, out: { type: 'string' }, json: { type: 'boolean', default: false } } });
      const [wanted] = positionals;
      if (!wanted || positionals.length > 1) throw new Error('Indiquez une consultation, par son identifiant ou sa référence.');
      if (!values.key) throw new Error('Indiquez le fichier de la clé de secours : --key cle-de-secours.txt');
      const { rescueOpen } = await import('./command-keys.js');
      const found = await rescueOpen(Config.stores(), wanted, values.key, values.out);
      if (found.faults.length > 0) process.exitCode = 1;
      if (values.json) return JSON.stringify({ ok: found.faults.length === 0, drill: values.out === undefined, ...found });
      const done = values.out === undefined ? 'Exercice de secours : rien n’est écrit' : `Plis ouverts par la clé de secours dans ${values.out}`;
      return [`${done}. ${found.reference} : ${found.bids} pli(s), ${found.files} fichier(s) lisibles et conformes, ${megabytes(found.bytes)}.`, ...found.faults.map((fault) => `✗ ${fault}`)].join('\n');
    },
  },
  'key-file': {
    usage: 'key-file /etc/souspli/cles.json [--renew ANCIEN | --forget ANCIEN]   crée le fichier de clés (KEY_FILE), en renouvelle la clé, ou en ôte les anciennes',
    run: async (args: string[]) => {
      const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { renew: { type: 'string' }, forget: { type: 'string' } } });
      const { makeKeyFile } = await import('./command-keys.js');
      return makeKeyFile(positionals[0] ?? '', Config.stores(), values);
    },
  },
  rewrap: {
    usage: 'rewrap [--rescue cle-de-secours.txt]                                 enveloppe à nouveau les clés des consultations, pour la clé du jour et la clé de secours',
    run: async (args: string[]) => {
      const { values } = parseArgs({ args, options: { rescue: { type: 'string', default: '' } } });
      const { rewrapKeys } = await import('./command-keys.js');
      const { rewrapped, failed } = await rewrapKeys(Config.read(), Config.stores(), values.rescue);
      if (failed.length > 0) process.exitCode = 1;
      return [`Clés enveloppées à nouveau : ${rewrapped}.`, ...failed.map((one) => `✗ consultation ${one}`)].join('\n');
    },
  },
};
