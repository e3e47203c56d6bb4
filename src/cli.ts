import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { parseArgs } from 'node:util';
import { KEY_COMMANDS } from './cli-keys.js';
import { Config } from './config.js';
import { Maintenance } from './platform/maintenance.js';

interface Command {
  usage: string;
  run: (args: string[]) => Promise<void> | void;
}

/** `npm run souspli -- <command>`: the same services without a browser. */
const COMMANDS: Record<string, Command> = {
  maintenance: {
    usage: 'maintenance on [--message « Retour prévu à 7 h. »] | maintenance off     ferme ou rouvre toutes les pages',
    run: (args) => {
      const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { message: { type: 'string', default: '' } } });
      const door = new Maintenance(Config.read().dataDir);
      if (positionals.length !== 1) throw new Error('Écrivez « maintenance on » ou « maintenance off ».');
      if (positionals[0] === 'on') door.begin(values.message);
      else if (positionals[0] === 'off') door.end();
      else throw new Error('Écrivez « maintenance on » ou « maintenance off ».');
      print(positionals[0] === 'on' ? 'Souspli est fermé.' : 'Souspli est ouvert.');
    },
  },
  reminders: {
    usage: 'reminders --deadline 2026-03-30T01:30 --zone Europe/Paris [--json]   les rappels qui partiraient',
    run: async (args) => {
      const { values } = parseArgs({ args, options: { json: { type: 'boolean', default: false }, deadline: { type: 'string', default: '' }, zone: { type: 'string', default: 'Europe/Paris' } } });
      const { planReminders } = await import('./consultations/reminders.js');
      const planned = planReminders(values.deadline, values.zone, Config.read().reminderOffsets).map(({ offset, at }) => ({ offset, at: at.toISOString() }));
      print(values.json ? JSON.stringify(planned) : planned.map((one) => `${one.offset.padEnd(5)} ${one.at}`).join('\n'));
    },
  },
  cockpit: {
    usage: 'cockpit [--json]                                                     où en est chaque département',
    run: async (args) => {
      const { values } = parseArgs({ args, options: { json: { type: 'boolean', default: false } } });
      const { cockpitRows } = await import('./command.js');
      const rows = await withApplication(cockpitRows);
      print(values.json ? JSON.stringify(rows, null, 1) : rows.map((one) => `${one.department.padEnd(4)} lot ${String(one.lot).padEnd(3)} ${one.stage.padEnd(12)} ${one.targetDate ?? '–'} ${one.daysLate > 0 ? `${one.daysLate} j de retard` : ''}`).join('\n'));
    },
  },
  preflight: {
    usage: 'preflight --department 67 [--json]                                   ce qui empêche de lancer son marché',
    run: async (args) => {
      const { values } = parseArgs({ args, options: { json: { type: 'boolean', default: false }, department: { type: 'string', default: '' } } });
      if (!values.department) throw new Error('Indiquez le département : --department 67');
      const { preflightOf } = await import('./command.js');
      const found = await withApplication((app) => preflightOf(app, values.department));
      print(values.json ? JSON.stringify(found, null, 1) : [found.ready ? 'Rien n’empêche le lancement.' : 'Le lancement est refusé :', ...found.reasons.map((one) => `${one.blocking ? '✗' : '!'} ${one.sentence}\n    ${one.remedy}`)].join('\n'));
    },
  },
  'price-notes': {
    usage: 'price-notes --formula proportional|linear|linear-to-lowest --max 40 --decimals 2 100 120 150 [--json]   les notes de ces prix',
    run: async (args) => {
      const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { json: { type: 'boolean', default: false }, formula: { type: 'string', default: 'proportional' }, max: { type: 'string', default: '40' }, decimals: { type: 'string', default: '2' }, rounding: { type: 'string', default: 'half-up' } } });
      const { priceNotesOf } = await import('./evaluations/price-notes-command.js');
      const notes = priceNotesOf(values, positionals);
      print(values.json ? JSON.stringify({ notes }) : notes.map((note, index) => `${positionals[index]} → ${note.replace('.', ',')}`).join('\n'));
    },
  },
  evidence: {
    usage: 'evidence <identifiant ou référence> --out evidence.zip               le dossier de preuve d’une consultation',
    run: async (args) => {
      const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { out: { type: 'string', default: '' } } });
      const [wanted] = positionals;
      if (!wanted || positionals.length > 1) throw new Error('Indiquez une consultation, par son identifiant ou sa référence.');
      if (!values.out) throw new Error('Indiquez le fichier à écrire : --out evidence.zip');
      const { exportEvidence } = await import('./command.js');
      print(await withApplication((app) => exportEvidence(app, wanted, values.out)));
    },
  },
  verify: {
    usage: 'verify recu.json | evidence.zip | attestation.json [fichiers…] [--key CLÉ] [--some] [--json]   vérifie une preuve, sans réseau',
    run: async (args) => {
      const { values, positionals } = parseArgs({
        args,
        allowPositionals: true,
        options: { json: { type: 'boolean', default: false }, some: { type: 'boolean', default: false }, key: { type: 'string' } },
      });
      const { verifyFiles } = await import('./command-verify.js');
      const found = await verifyFiles(positionals, values);
      print(values.json ? JSON.stringify({ ok: found.ok, ...found.json }, null, 1) : found.lines.join('\n'));
      if (!found.ok) process.exitCode = 1;
    },
  },
  ...Object.fromEntries(Object.entries(KEY_COMMANDS).map(([name, { usage, run }]) => [name, { usage, run: async (args: string[]) => print(await run(args)) }])),
  rehearse: {
    usage: 'rehearse <identifiant ou référence de la consultation>               la copie dans une démonstration à part, avec des candidats fictifs',
    run: async (args) => {
      const { positionals } = parseArgs({ args, allowPositionals: true });
      const [wanted] = positionals;
      if (!wanted || positionals.length > 1) throw new Error('Indiquez une consultation, par son identifiant ou sa référence.');
      const { rehearse } = await import('./demo/demo.js');
      print(await withApplication((app) => rehearse(app, Config.read(), wanted)));
    },
  },
};

/** The application on the data of this configuration, only to read; a demonstration that never ran is made for the occasion. */
async function withApplication<T>(work: (app: INestApplicationContext) => Promise<T>): Promise<T> {
  const { openForReading } = await import('./command.js');
  const opened = await openForReading(Config.read());
  try {
    return await work(opened.app);
  } finally {
    await opened.close();
  }
}

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
