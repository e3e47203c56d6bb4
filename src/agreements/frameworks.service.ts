import { Injectable } from '@nestjs/common';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, NotFound, Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import type { OneFile } from '../platform/multipart.js';
import { StoredFile } from '../platform/stored-file.js';
import { linesOf } from '../platform/typed.js';
import { dayOf } from '../platform/working-days.js';
import { digits } from '../people/registry-numbers.js';
import type { FrameworkForm, RenewForm } from './agreement.forms.js';
import { buyerRegions, isNational, mayDraftFramework, mayKeepFramework, maySeeFrameworks } from './agreement.policy.js';
import { type CriterionRange, FrameworkAgreement, type FrameworkMove, mustBeNotified, Programme } from './framework-agreement.js';
import { GreenLight } from './green-light.js';
import { Holder, Lot, LotDepartment } from './lot.js';
import { mustBeProved, Received } from './received.js';
import { readDurations } from './retro-durations.js';
import { Spending } from './spending.js';

/** Framework agreements: written by the ministry, or recorded by a region from what it received. */
@Injectable()
export class FrameworksService {
  constructor(
    private readonly acts: Acts,
    private readonly spending: Spending,
    private readonly received: Received,
    private readonly files: Files,
  ) {}

  /** All of them, the latest first: a ministry has few. One query. */
  list(actor: Actor) {
    return this.acts.look(actor, 'framework.list', async (act) => {
      act.see(maySeeFrameworks(actor));
      const frameworks = await act.db
        .createQueryBuilder(FrameworkAgreement, 'f')
        .innerJoinAndMapOne('f.programme', Programme, 'p', 'p.id = f."programmeId"')
        .orderBy('f.startsOn', 'DESC')
        .addOrderBy('f.reference')
        .getMany();
      return { frameworks: frameworks as (FrameworkAgreement & { programme: Programme })[], now: act.now };
    });
  }

  /** A framework with its lots, holders, departments, green lights and consumption. Five queries. */
  find(actor: Actor, id: string) {
    return this.acts.look(actor, 'framework.show', async (act) => {
      act.see(maySeeFrameworks(actor));
      const framework = (await act.db
        .createQueryBuilder(FrameworkAgreement, 'f')
        .innerJoinAndMapOne('f.programme', Programme, 'p', 'p.id = f."programmeId"')
        .leftJoinAndMapOne('f.previous', FrameworkAgreement, 'b', 'b.id = f."previousId"')
        .where('f.id = :id', { id })
        .getOne()) as (FrameworkAgreement & { programme: Programme; previous: FrameworkAgreement | null }) | null;
      if (!framework) throw new NotFound();
      const lots = (await act.db.createQueryBuilder(Lot, 'l').leftJoinAndMapMany('l.holders', Holder, 'h', 'h."lotId" = l.id').where('l."frameworkId" = :id', { id }).orderBy('l.number').addOrderBy('h.name').getMany()) as (Lot & { holders: Holder[] })[];
      const places = await act.db.find(LotDepartment, { where: { frameworkId: id }, order: { departmentCode: 'ASC' } });
      const greenLights = await act.db.find(GreenLight, { where: { frameworkId: id }, order: { givenOn: 'DESC' } });
      const spent = await this.spending.byLot(act, id);
      return { framework, lots, places, greenLights, spent, now: act.now };
    });
  }

  /** A region records what it received, with its reference and its document; it counts at once. */
  async draft(actor: Actor, form: FrameworkForm, upload?: OneFile | null): Promise<{ id: string }> {
    const allowed = (act: Act) => {
      act.see(maySeeFrameworks(actor));
      act.require(mayDraftFramework(actor), 'Un accord-cadre est tenu par le niveau national, ou enregistré par une plateforme régionale.');
    };
    await this.acts.look(actor, 'framework.draft', async (act) => allowed(act));
    const file = await this.received.keep(upload);
    return this.acts.perform(actor, 'framework.draft', async (act) => {
      allowed(act);
      const [region] = isNational(actor) ? [] : buyerRegions(actor);
      if (region) mustBeProved(form.sourceReference, file, form);
      const framework = Object.assign(new FrameworkAgreement(), {
        id: act.random.id(),
        source: region ? 'recorded-by-region' : 'ministry',
        recordedIn: region ? `R${region}` : null,
        sourceFileId: file?.id ?? null,
        createdById: actor.id,
        createdAt: act.now,
      });
      await fill(act, framework, form);
      // What a region records counts at once: its call was never here.
      if (region) framework.move('recordInForce', act.now);
      if (file) await act.add(file);
      await act.add(framework);
      act.subject = framework.id;
      act.record({ reference: framework.reference, source: framework.source });
      return { id: framework.id };
    });
  }

  edit(actor: Actor, id: string, form: FrameworkForm): Promise<void> {
    return this.change(actor, id, 'framework.edit', async (act, framework) => {
      const before = { reference: framework.reference, startsOn: framework.startsOn, endsOn: framework.endsOn };
      await fill(act, framework, form);
      if (framework.source === 'recorded-by-region' && isNational(actor)) framework.correctedAt = act.now;
      await act.db.save(framework);
      act.record({ before, after: { reference: framework.reference, startsOn: framework.startsOn, endsOn: framework.endsOn } });
    });
  }

  /** Moves along domain.md 5.3. In force, its successor may open its own call: several live together. */
  move(actor: Actor, id: string, move: FrameworkMove): Promise<void> {
    return this.change(actor, id, `framework.${move}`, async (act, framework) => {
      framework.move(move, act.now);
      if (move === 'enterIntoForce') mustBeNotified(await act.db.findBy(Lot, { frameworkId: id }), await act.db.findBy(Holder, { frameworkId: id }));
      if (move === 'recordInForce' && !framework.sourceReference) throw new Refused('no-source', 'Un accord-cadre passé ailleurs s’enregistre avec la référence de sa source : indiquez-la en le modifiant.');
      if (framework.status === 'in-force') framework.check();
      await act.db.update(FrameworkAgreement, { id }, { status: framework.status, inForceAt: framework.inForceAt });
    });
  }

  renew(actor: Actor, id: string, form: RenewForm): Promise<void> {
    return this.change(actor, id, 'framework.renew', async (act, framework) => {
      const before = framework.endsOn;
      framework.renew(form.until, dayOf(act.now, 'Europe/Paris'));
      await act.db.update(FrameworkAgreement, { id }, { endsOn: framework.endsOn });
      act.record({ before, until: form.until, reference: form.reference });
    });
  }

  /** What a region received and recorded. */
  async document(actor: Actor, id: string): Promise<Buffer> {
    const file = await this.acts.look(actor, 'framework.document', async (act) => {
      act.see(maySeeFrameworks(actor));
      const framework = await act.db.findOneBy(FrameworkAgreement, { id });
      const found = framework?.sourceFileId ? await act.db.findOneBy(StoredFile, { id: framework.sourceFileId }) : null;
      if (!found) throw new NotFound('Aucun document n’est joint à cet accord-cadre.');
      return found;
    });
    return this.files.read(file.blob);
  }

  private change(actor: Actor, id: string, name: string, work: (act: Act, framework: FrameworkAgreement) => Promise<void>) {
    return this.acts.perform(actor, name, async (act) => {
      act.see(maySeeFrameworks(actor));
      const framework = await act.load(FrameworkAgreement, id);
      act.require(mayKeepFramework(actor, framework), 'Cet accord-cadre est tenu par le niveau national.');
      framework.mayChange();
      await work(act, framework);
    });
  }
}

async function fill(act: Act, framework: FrameworkAgreement, form: FrameworkForm) {
  if (!(await act.db.existsBy(Programme, { id: form.programmeId }))) throw Invalid.field('programmeId', 'Choisissez le programme.', { ...form });
  const same = await act.db.findOneBy(FrameworkAgreement, { reference: form.reference });
  if (same && same.id !== framework.id) throw Invalid.field('reference', 'Un accord-cadre porte déjà cette référence.', { ...form });
  if (form.previousId && (form.previousId === framework.id || !(await act.db.existsBy(FrameworkAgreement, { id: form.previousId })))) throw Invalid.field('previousId', 'Choisissez l’accord-cadre auquel celui-ci succède.', { ...form });
  const { criteria, services, priceForms, durations, buyerSiret, durationJustification, previousId, sourceReference, callPublishedOn, renewableUntil, ...kept } = form;
  Object.assign(framework, kept, {
    buyerSiret: digits(buyerSiret),
    criteria: linesOf(criteria).map((line) => rangeOf(line, form)),
    services: linesOf(services),
    priceForms: linesOf(priceForms),
    durations: readDurations(linesOf(durations), form),
    durationJustification: durationJustification || null,
    previousId: previousId || null,
    sourceReference: sourceReference || null,
    callPublishedOn: callPublishedOn || null,
    renewableUntil: renewableUntil || null,
  });
  framework.check();
  const without = framework.needsMaximum ? (await act.db.findBy(Lot, { frameworkId: framework.id })).filter((lot) => lot.noMaximum).map((lot) => lot.number) : [];
  if (without.length > 0) throw Invalid.field('callPublishedOn', `Depuis 2022, chaque lot a un maximum (art. R. 2162-4) : il manque aux lots ${without.join(', ')}.`, { ...form });
}

/** « Qualité : 40 à 60 » or « Prix : 40 ». @throws Invalid on `criteria`, naming the line */
export function rangeOf(line: string, form: object = {}): CriterionRange {
  const found = /^(.+?)\s*:\s*(\d{1,3})\s*(?:%\s*)?(?:(?:à|-|–)\s*(\d{1,3})\s*)?%?$/u.exec(line);
  if (!found?.[1] || !found[2]) throw Invalid.field('criteria', `« ${line} » : écrivez le critère, deux-points, puis son poids ou sa fourchette, par exemple « Qualité : 40 à 60 ».`, { ...form });
  const min = Number(found[2]);
  return { label: found[1].trim(), min, max: found[3] ? Number(found[3]) : min };
}
