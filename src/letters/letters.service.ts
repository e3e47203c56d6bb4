import { Injectable, type OnModuleInit } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Act, Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { yearOf } from '../platform/dates.js';
import { NotFound } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { Jobs } from '../platform/jobs.js';
import { Random } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import { Templates } from '../platform/templates.js';
import type { Authority } from '../people/people.js';
import { Printer, type Sheet } from '../press/printer.js';
import { checkLetter, LETTER_KINDS, type LetterKind } from './letter-data.js';
import { Chrono, Letter } from './letter.js';
import { typesetAll } from './typography.js';

/** Documents of proof quote names of files and hashes to the letter: nothing of them is set again. */
const PROOFS: ReadonlySet<LetterKind> = new Set<LetterKind>(['receipt', 'withdrawal-receipt', 'delivery-receipt', 'register', 'minutes']);

/** Makes documents out of data and templates, and prints the signed ones. Whoever asks for it checks who may. */
@Injectable()
export class LettersService implements OnModuleInit {
  private readonly css = readFileSync(join(process.cwd(), 'templates/assets/letter.css'), 'utf8');

  constructor(
    private readonly acts: Acts,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly files: Files,
    private readonly templates: Templates,
    private readonly printer: Printer,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit() {
    this.jobs.handle('letter.print', ({ id }) => this.printSigned(id));
  }

  /**
   * HTML of a document.
   * @throws Error with one line per blank: a letter leaves with every blank filled in, or does not leave
   */
  compose(kind: LetterKind, data: object): { data: object; body: string } {
    const { template, dataClass } = LETTER_KINDS[kind];
    const set = PROOFS.has(kind) ? data : typesetAll(data);
    const checked = checkLetter(Object.assign(new dataClass(), set));
    return { data: checked, body: this.templates.render(template, checked) };
  }

  sheet(title: string, body: string): Sheet {
    return { title, css: this.css, body };
  }

  /** A document printed at once: previews, register, minutes. */
  async print(kind: LetterKind, data: object, title: string = LETTER_KINDS[kind].label): Promise<Buffer> {
    return this.printer.print(this.sheet(title, this.compose(kind, data).body));
  }

  /** HTML that was composed before: a preview. */
  printBody(title: string, body: string): Promise<Buffer> {
    return this.printer.print(this.sheet(title, body));
  }

  /** Next number of a service in a year, inside the act that signs: no gap, no double. */
  async chrono(act: Act, authority: Authority): Promise<Chrono> {
    const id = `${authority.chronoKey}/${yearOf(act.now, authority.timeZone)}`;
    await act.db.createQueryBuilder().insert().into(Chrono).values({ id, last: 0 }).orIgnore().execute();
    const postgres = act.db.dataSource.options.type === 'postgres';
    return act.db.findOneOrFail(Chrono, { where: { id }, ...(postgres ? { lock: { mode: 'pessimistic_write' as const } } : {}) });
  }

  async bytes(fileId: string | null): Promise<Buffer> {
    if (!fileId) throw new NotFound('Ce document est en cours d’impression : réessayez dans quelques secondes.');
    const file = await this.acts.look(Actor.system, 'file.read', async (act) => {
      act.see(act.actor.isSystem);
      return act.db.findOneByOrFail(StoredFile, { id: fileId });
    });
    return this.files.read(file.blob);
  }

  /** Printed once, stored, hashed. */
  async printSigned(id: string) {
    const letter = await this.acts.look(Actor.system, 'letter.read', async (act) => {
      act.see(act.actor.isSystem);
      return act.db.findOneByOrFail(Letter, { id });
    });
    if (letter.fileId || letter.body === null) return;
    const pdf = await this.printer.print(this.sheet(letter.title, letter.body));
    // Under the letter's own id: a mail may name it before it is printed.
    const file = Object.assign(await StoredFile.write(this.files, this.random, this.clock.now(), `${letter.kind}.pdf`, 'application/pdf', pdf), { id });
    await this.acts.perform(Actor.system, 'letter.printed', async (act) => {
      act.require(act.actor.isSystem);
      const printed = await act.load(Letter, id);
      if (printed.fileId) return;
      await act.add(file);
      await act.db.update(Letter, { id }, { fileId: file.id });
      act.record({ sha256: file.sha256 });
    });
  }
}
