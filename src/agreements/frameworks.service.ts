import { Injectable } from '@nestjs/common';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, NotFound } from '../platform/errors.js';
import { linesOf, numberOrNull } from '../platform/typed.js';
import { digits } from '../people/registry-numbers.js';
import type { FrameworkForm, ProgrammeForm } from './agreement.forms.js';
import { buyerRegions, isNational, mayDraftFramework, mayKeepFramework, maySeeFrameworks } from './agreement.policy.js';
import { type CriterionRange, FrameworkAgreement, type FrameworkMove, Programme } from './framework-agreement.js';
import { GreenLight } from './green-light.js';
import { Holder, Lot, LotDepartment } from './lot.js';
import { Spending } from './spending.js';

/** Programmes and framework agreements: written by the ministry, or recorded by a region from what it received. */
@Injectable()
export class FrameworksService {
  constructor(
    private readonly acts: Acts,
    private readonly spending: Spending,
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

  programmes(actor: Actor) {
    return this.acts.look(actor, 'programme.list', async (act) => {
      act.see(maySeeFrameworks(actor));
      return act.db.find(Programme, { order: { name: 'ASC' } });
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

  createProgramme(actor: Actor, form: ProgrammeForm): Promise<{ id: string }> {
    return this.acts.perform(actor, 'programme.create', async (act) => {
      act.see(maySeeFrameworks(actor));
      act.require(mayDraftFramework(actor), 'Les fiches programme reviennent au niveau national, ou à la plateforme régionale qui les enregistre.');
      if (await act.db.existsBy(Programme, { code: form.code })) throw Invalid.field('code', 'Un programme porte déjà ce sigle.', { ...form });
      const programme = fillProgramme(Object.assign(new Programme(), { id: act.random.id() }), form);
      await act.add(programme);
      act.subject = programme.id;
      return { id: programme.id };
    });
  }

  editProgramme(actor: Actor, id: string, form: ProgrammeForm): Promise<void> {
    return this.acts.perform(actor, 'programme.edit', async (act) => {
      act.see(maySeeFrameworks(actor));
      act.require(isNational(actor), 'Une fiche programme se modifie au niveau national.');
      const programme = await act.load(Programme, id);
      const other = await act.db.findOneBy(Programme, { code: form.code });
      if (other && other.id !== id) throw Invalid.field('code', 'Un programme porte déjà ce sigle.', { ...form });
      await act.db.save(fillProgramme(programme, form));
    });
  }

  draft(actor: Actor, form: FrameworkForm): Promise<{ id: string }> {
    return this.acts.perform(actor, 'framework.draft', async (act) => {
      act.see(maySeeFrameworks(actor));
      act.require(mayDraftFramework(actor), 'Un accord-cadre est tenu par le niveau national, ou enregistré par une plateforme régionale.');
      const [region] = isNational(actor) ? [] : buyerRegions(actor);
      if (region && !form.sourceReference) throw Invalid.field('sourceReference', 'Donnez la référence de ce que le ministère vous a transmis.', { ...form });
      const framework = Object.assign(new FrameworkAgreement(), {
        id: act.random.id(),
        source: region ? 'recorded-by-region' : 'ministry',
        recordedIn: region ? `R${region}` : null,
        createdById: actor.id,
        createdAt: act.now,
      });
      await fill(act, framework, form);
      // What a region records counts at once: its call was never here.
      if (region) framework.move('recordInForce', act.now);
      await act.add(framework);
      act.subject = framework.id;
      act.record({ reference: framework.reference, source: framework.source });
      return { id: framework.id };
    });
  }

  edit(actor: Actor, id: string, form: FrameworkForm): Promise<void> {
    return this.change(actor, id, 'framework.edit', async (act, framework) => {
      await fill(act, framework, form);
      await act.db.save(framework);
      act.record({ startsOn: framework.startsOn, endsOn: framework.endsOn });
    });
  }

  /** Moves along domain.md 5.3. In force, its successor may open its own call: several live together. */
  move(actor: Actor, id: string, move: FrameworkMove): Promise<void> {
    return this.change(actor, id, `framework.${move}`, async (act, framework) => {
      framework.move(move, act.now);
      if (framework.status === 'in-force') framework.check();
      await act.db.update(FrameworkAgreement, { id }, { status: framework.status, inForceAt: framework.inForceAt });
    });
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
  const { criteria, services, priceForms, buyerSiret, durationJustification, previousId, sourceReference, ...kept } = form;
  Object.assign(framework, kept, {
    buyerSiret: digits(buyerSiret),
    criteria: linesOf(criteria).map((line) => rangeOf(line, form)),
    services: linesOf(services),
    priceForms: linesOf(priceForms),
    durationJustification: durationJustification || null,
    previousId: previousId || null,
    sourceReference: sourceReference || null,
  });
  framework.check();
}

/** « Qualité : 40 à 60 » or « Prix : 40 ». @throws Invalid on `criteria`, naming the line */
export function rangeOf(line: string, form: object = {}): CriterionRange {
  const found = /^(.+?)\s*:\s*(\d{1,3})\s*(?:%\s*)?(?:(?:à|-|–)\s*(\d{1,3})\s*)?%?$/u.exec(line);
  if (!found?.[1] || !found[2]) throw Invalid.field('criteria', `« ${line} » : écrivez le critère, deux-points, puis son poids ou sa fourchette, par exemple « Qualité : 40 à 60 ».`, { ...form });
  const min = Number(found[2]);
  return { label: found[1].trim(), min, max: found[3] ? Number(found[3]) : min };
}

function fillProgramme(programme: Programme, form: ProgrammeForm): Programme {
  const { services, fundedItems, pathMaxMonths, supportMaxMonths, ...same } = form;
  return Object.assign(programme, same, {
    services: linesOf(services),
    fundedItems: linesOf(fundedItems),
    pathMaxMonths: numberOrNull(pathMaxMonths),
    supportMaxMonths: numberOrNull(supportMaxMonths),
  });
}
