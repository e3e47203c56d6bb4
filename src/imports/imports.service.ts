import { Injectable } from '@nestjs/common';
import { mayKeepFramework } from '../agreements/agreement.policy.js';
import { FrameworkAgreement } from '../agreements/framework-agreement.js';
import { Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { NotFound, Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import type { OneFile } from '../platform/multipart.js';
import { Random, sha256 } from '../platform/random.js';
import { readSheet, type Sheet } from '../platform/spreadsheet.js';
import { StoredFile } from '../platform/stored-file.js';
import { DataImport, type ImportKind } from './data-import.js';
import { factsFor } from './import-facts.js';
import { mayImport, mayKnowImports, mayViewImport, regionsOf } from './import.policy.js';
import { write } from './import-writes.js';
import type { Plan } from './plan.js';
import { mustNotBeTooLong, plan } from './planner.js';

export const IMPORT_MAX_BYTES = 8_000_000;
const LISTED = 100;
/** Ten thousand lines in one transaction, on a slow machine: longer than any other act, and rare. */
const IMPORT_LIMIT_MS = 30_000;
const NOT_YOURS = 'Les imports reviennent au niveau national et aux plateformes régionales d’achat.';

export type FullImport = DataImport & { framework: FrameworkAgreement; file: StoredFile; author: Person };

/** A file of lots, holders, targets or history: kept, rehearsed at each view, applied all or nothing. */
@Injectable()
export class ImportsService {
  constructor(
    private readonly acts: Acts,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly files: Files,
  ) {}

  /** Two queries. */
  list(actor: Actor, frameworkId: string) {
    return this.acts.look(actor, 'import.list', async (act) => {
      act.see(mayKnowImports(actor));
      act.require(mayImport(actor), NOT_YOURS);
      const framework = await act.db.findOneBy(FrameworkAgreement, { id: frameworkId });
      if (!framework) throw new NotFound();
      const query = full(act).where('i."frameworkId" = :frameworkId', { frameworkId }).orderBy('i.createdAt', 'DESC').addOrderBy('i.id').limit(LISTED);
      const imports = (await query.getMany()) as FullImport[];
      return { framework, imports: imports.filter((one) => mayViewImport(actor, one)) };
    });
  }

  /** The file is read before it is kept: what is no table is refused at once, on `file`. */
  async upload(actor: Actor, frameworkId: string, kind: ImportKind, upload: OneFile): Promise<{ id: string }> {
    await this.acts.look(actor, 'import.upload', async (act) => {
      const framework = await act.db.findOneBy(FrameworkAgreement, { id: frameworkId });
      this.mustBeAllowed(act, framework);
    });
    mustNotBeTooLong(await readSheet(upload.bytes, 'file'));
    const file = await StoredFile.write(this.files, this.random, this.clock.now(), upload.name, 'application/octet-stream', upload.bytes);
    return this.acts.perform(actor, 'import.upload', async (act) => {
      const framework = await act.load(FrameworkAgreement, frameworkId);
      this.mustBeAllowed(act, framework);
      // The ministry cuts the lots; a region, those of a framework it recorded itself.
      if (kind === 'lots') act.require(mayKeepFramework(actor, framework), 'Les lots sont découpés par le niveau national.');
      const one = Object.assign(new DataImport(), {
        id: act.random.id(),
        frameworkId,
        kind,
        fileId: file.id,
        fileName: upload.name,
        regions: regionsOf(actor),
        createdById: actor.id,
        createdAt: act.now,
      });
      await act.add(file, one);
      act.subject = one.id;
      act.record({ framework: frameworkId, kind, sha256: file.sha256, size: file.size });
      return { id: one.id };
    });
  }

  /** The rehearsal: what the file would change now. A finished import keeps its counts alone. At most five queries. */
  find(actor: Actor, frameworkId: string, id: string): Promise<{ one: FullImport; plan: Plan | null }> {
    return this.acts.look(actor, 'import.show', async (act) => {
      const one = await this.load(act, frameworkId, id);
      if (one.status !== 'pending') return { one, plan: null };
      const sheet = await this.sheetOf(one);
      let count = 0;
      const newId = () => `new-${(count += 1)}`;
      return { one, plan: plan(one.kind, sheet, await factsFor(act, one, one.framework, sheet, newId)) };
    });
  }

  /** The file as it was received. */
  received(actor: Actor, frameworkId: string, id: string) {
    return this.acts.look(actor, 'import.file', async (act) => {
      const { file } = await this.load(act, frameworkId, id);
      return { name: file.name, bytes: await this.files.read(file.blob) };
    });
  }

  /** @param seen fingerprint of the rehearsal that was read: another one is not applied in its place */
  async apply(actor: Actor, frameworkId: string, id: string, seen = ''): Promise<void> {
    const sheet = await this.acts.look(actor, 'import.apply', async (act) => this.sheetOf(await this.load(act, frameworkId, id)));
    await this.change(actor, frameworkId, id, 'import.apply', async (act, one, framework) => {
      const { writes, counts, errors, ...rest } = plan(one.kind, sheet, await factsFor(act, one, framework, sheet, () => act.random.id()));
      one.apply(counts, act.now);
      if (errors.length > 0) throw new Refused('import-errors', `Ce fichier a ${errors.length} erreurs\u00a0: rien n’est appliqué. Corrigez-le, puis déposez-le de nouveau.`, { errors: errors.slice(0, 100) });
      if (counts.create + counts.update === 0) throw new Refused('nothing-to-import', 'Ce fichier ne change rien\u00a0: tout est déjà enregistré.');
      if (seen && seen !== fingerprint(rest)) throw new Refused('import-changed', 'Les données ont changé depuis votre lecture\u00a0: relisez ce qui changerait, puis appliquez.');
      await write(act, writes);
      await act.db.update(DataImport, { id }, { status: one.status, counts: one.counts, appliedAt: one.appliedAt });
      act.record({ framework: frameworkId, kind: one.kind, ...counts });
    });
  }

  cancel(actor: Actor, frameworkId: string, id: string): Promise<void> {
    return this.change(actor, frameworkId, id, 'import.cancel', async (act, one) => {
      one.cancel();
      await act.db.update(DataImport, { id }, { status: one.status });
    });
  }

  private change(actor: Actor, frameworkId: string, id: string, name: string, work: (act: Act, one: DataImport, framework: FrameworkAgreement) => Promise<void>) {
    return this.acts.perform(actor, name, async (act) => {
      act.see(mayKnowImports(actor));
      act.require(mayImport(actor), NOT_YOURS);
      const one = await act.load(DataImport, id);
      act.see(one.frameworkId === frameworkId && mayViewImport(actor, one));
      // Whoever changes lots, holders or contracts of this framework waits.
      const framework = await act.load(FrameworkAgreement, frameworkId);
      framework.mayChange();
      await work(act, one, framework);
    }, { limitMs: IMPORT_LIMIT_MS });
  }

  private mustBeAllowed(act: Act, framework: FrameworkAgreement | null) {
    act.see(mayKnowImports(act.actor) && framework !== null);
    act.require(mayImport(act.actor), NOT_YOURS);
    framework?.mayChange();
  }

  private async load(act: Act, frameworkId: string, id: string): Promise<FullImport> {
    act.see(mayKnowImports(act.actor));
    act.require(mayImport(act.actor), NOT_YOURS);
    const one = (await full(act).where('i.id = :id and i."frameworkId" = :frameworkId', { id, frameworkId }).getOne()) as FullImport | null;
    if (!one) throw new NotFound();
    act.see(mayViewImport(act.actor, one));
    return one;
  }

  private async sheetOf(one: FullImport): Promise<Sheet> {
    return readSheet(await this.files.read(one.file.blob), 'file');
  }
}

/** What a person read of a rehearsal, in short. */
export const fingerprint = ({ lines }: Pick<Plan, 'lines'>) => sha256(JSON.stringify(lines.map(({ line, effect, differences }) => [line, effect, differences])));

const full = (act: Act) =>
  act.db
    .createQueryBuilder(DataImport, 'i')
    .innerJoinAndMapOne('i.framework', FrameworkAgreement, 'f', 'f.id = i."frameworkId"')
    .innerJoinAndMapOne('i.file', StoredFile, 's', 's.id = i."fileId"')
    .innerJoinAndMapOne('i.author', Person, 'p', 'p.id = i."createdById"');
