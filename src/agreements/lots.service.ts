import { Injectable } from '@nestjs/common';
import { Organisation } from '../people/people.js';
import { DEPARTMENTS } from '../people/departments.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, NotFound, Refused } from '../platform/errors.js';
import { linesOf, numberOrNull } from '../platform/typed.js';
import { dayOf } from '../platform/working-days.js';
import type { LotForm, TargetForm } from './agreement.forms.js';
import { isNational, mayKeepFramework, mayKeepLot, maySeeDepartment, maySeeFrameworks } from './agreement.policy.js';
import { FrameworkAgreement } from './framework-agreement.js';
import { actorOf, cut, fillLot, lotOf } from './lot-filling.js';
import { Holder, Lot, LotDepartment, type LotMove } from './lot.js';
import { NOTHING_SPENT, Spending } from './spending.js';

/** Lots, the departments in them and their targets. */
@Injectable()
export class LotsService {
  constructor(
    private readonly acts: Acts,
    private readonly spending: Spending,
  ) {}

  /** Five queries. */
  find(actor: Actor, frameworkId: string, number: number) {
    return this.acts.look(actor, 'lot.show', async (act) => {
      act.see(maySeeFrameworks(actor));
      const lot = (await act.db.createQueryBuilder(Lot, 'l').innerJoinAndMapOne('l.framework', FrameworkAgreement, 'f', 'f.id = l."frameworkId"').where('l."frameworkId" = :frameworkId and l.number = :number', { frameworkId, number }).getOne()) as (Lot & { framework: FrameworkAgreement }) | null;
      if (!lot) throw new NotFound();
      const holders = (await act.db.createQueryBuilder(Holder, 'h').innerJoinAndMapOne('h.organisation', Organisation, 'o', 'o.id = h."organisationId"').where('h."lotId" = :id', { id: lot.id }).orderBy('h.name').getMany()) as (Holder & { organisation: Organisation })[];
      const places = await act.db.find(LotDepartment, { where: { lotId: lot.id }, order: { departmentCode: 'ASC' } });
      const spent = await this.spending.byLot(act, frameworkId);
      return { lot, framework: lot.framework, holders, places, spent: spent.get(lot.id) ?? NOTHING_SPENT, now: act.now, day: dayOf(act.now, 'Europe/Paris') };
    });
  }

  /** One department's place in the framework. One query. */
  place(actor: Actor, frameworkId: string, departmentCode: string) {
    return this.acts.look(actor, 'department.place', async (act) => {
      act.see(DEPARTMENTS.has(departmentCode) && maySeeDepartment(actor, departmentCode));
      const place = (await act.db
        .createQueryBuilder(LotDepartment, 'd')
        .innerJoinAndMapOne('d.lot', Lot, 'l', 'l.id = d."lotId"')
        .innerJoinAndMapOne('d.framework', FrameworkAgreement, 'f', 'f.id = d."frameworkId"')
        .where('d."frameworkId" = :frameworkId and d."departmentCode" = :departmentCode', { frameworkId, departmentCode })
        .getOne()) as (LotDepartment & { lot: Lot; framework: FrameworkAgreement }) | null;
      if (!place) throw new NotFound();
      return place;
    });
  }

  add(actor: Actor, frameworkId: string, form: LotForm): Promise<{ number: number }> {
    return this.inFramework(actor, frameworkId, 'lot.add', async (act, framework) => {
      const lot = Object.assign(new Lot(), { id: act.random.id(), frameworkId });
      await fillLot(act, framework, lot, form);
      await act.add(lot);
      await cut(act, lot, form);
      act.subject = lot.id;
      return { number: lot.number };
    });
  }

  edit(actor: Actor, frameworkId: string, number: number, form: LotForm): Promise<{ number: number }> {
    return this.inFramework(actor, frameworkId, 'lot.edit', async (act, framework) => {
      const lot = await lotOf(act, frameworkId, number);
      await fillLot(act, framework, lot, form);
      await act.db.save(lot);
      await cut(act, lot, form, await this.spending.livingIn(act, frameworkId));
      return { number: lot.number };
    });
  }

  /** The same lots as the framework it follows, to begin with: names, regions, departments and amounts; no holder. */
  copyFromPrevious(actor: Actor, frameworkId: string): Promise<{ copied: number }> {
    return this.inFramework(actor, frameworkId, 'lot.copy', async (act, framework) => {
      if (!framework.previousId) throw new Refused('no-previous', 'Cet accord-cadre ne succède à aucun autre : indiquez-le d’abord.');
      if (await act.db.existsBy(Lot, { frameworkId })) throw new Refused('has-lots', 'Cet accord-cadre a déjà des lots : ils ne sont pas remplacés.');
      const mine = (lot: Lot) => isNational(actor) || mayKeepLot(actor, lot);
      const models = (await act.db.find(Lot, { where: { frameworkId: framework.previousId }, order: { number: 'ASC' } })).filter(mine);
      if (models.length === 0) throw new Refused('no-lot', 'L’accord-cadre précédent n’a aucun lot à reprendre.');
      const places = await act.db.findBy(LotDepartment, { frameworkId: framework.previousId });
      for (const model of models) {
        const { number, name, regionCode, maxCents, minCents, maxQuantity, minQuantity } = model;
        const lot = Object.assign(new Lot(), { id: act.random.id(), frameworkId, number, name, regionCode, maxCents, minCents, maxQuantity, minQuantity });
        lot.check(framework);
        await act.add(lot, ...places.filter((one) => one.lotId === model.id).map(({ departmentCode }) => Object.assign(new LotDepartment(), { id: act.random.id(), frameworkId, lotId: lot.id, departmentCode })));
      }
      act.record({ from: framework.previousId, lots: models.map((one) => one.number) });
      return { copied: models.length };
    });
  }

  /** Every lot that has an active holder, in one act: after an import, or the notification of all of them. */
  activateAll(actor: Actor, frameworkId: string): Promise<{ activated: number }> {
    return this.inFramework(actor, frameworkId, 'lot.activate-all', async (act) => {
      const day = dayOf(act.now, 'Europe/Paris');
      const holders = (await act.db.findBy(Holder, { frameworkId })).filter((one) => one.isActive(day));
      const places = await act.db.findBy(LotDepartment, { frameworkId });
      const waiting = (await act.db.findBy(Lot, { frameworkId })).filter((lot) => (lot.status === 'draft' || lot.status === 'awarded') && holders.some((one) => one.lotId === lot.id));
      if (waiting.length === 0) throw new Refused('nothing-to-activate', 'Aucun lot en attente n’a de titulaire actif.');
      for (const lot of waiting) {
        const has = { departments: places.filter((one) => one.lotId === lot.id).length, activeHolders: holders.filter((one) => one.lotId === lot.id).length };
        if (lot.status === 'draft') lot.move('award', has);
        lot.move('activate', has);
      }
      await act.db.save(waiting);
      act.record({ lots: waiting.map((lot) => lot.number) });
      return { activated: waiting.length };
    });
  }

  move(actor: Actor, frameworkId: string, number: number, move: LotMove): Promise<void> {
    return this.inFramework(actor, frameworkId, `lot.${move}`, async (act) => {
      const lot = await lotOf(act, frameworkId, number);
      const day = dayOf(act.now, 'Europe/Paris');
      const holders = await act.db.findBy(Holder, { lotId: lot.id });
      lot.move(move, { departments: await act.db.countBy(LotDepartment, { lotId: lot.id }), activeHolders: holders.filter((one) => one.isActive(day)).length });
      act.subject = lot.id;
      await act.db.update(Lot, { id: lot.id }, { status: lot.status });
    });
  }

  /** Wave, target, wanted start and actors of one department. */
  target(actor: Actor, frameworkId: string, departmentCode: string, form: TargetForm): Promise<{ lotNumber: number }> {
    return this.acts.perform(actor, 'department.target', async (act) => {
      act.see(DEPARTMENTS.has(departmentCode) && maySeeDepartment(actor, departmentCode));
      const place = await act.db.findOneBy(LotDepartment, { frameworkId, departmentCode });
      if (!place) throw new NotFound();
      const lot = await act.db.findOneByOrFail(Lot, { id: place.lotId });
      act.require(mayKeepLot(actor, lot), 'Les cibles sont tenues par le niveau national ou par la plateforme de la région.');
      const wave = form.wave === undefined ? place.wave : numberOrNull(form.wave);
      const kept = (typed: string | undefined, known: string | null) => (typed === undefined ? known : typed || null);
      const forward = wave !== null && place.wave !== null && wave < place.wave;
      if (forward && !form.pulledForward) throw Invalid.field('pulledForward', 'Ce département est avancé vers une vague plus proche : écrivez pourquoi.', { ...form });
      if (forward && wave !== null) place.pullForward(wave, form.pulledForward);
      place.retarget({ wave, wording: kept(form.wording, place.targetWording), earliest: kept(form.earliest, place.targetEarliest), latest: kept(form.latest, place.targetLatest) });
      place.wantedStart = kept(form.wantedStart, place.wantedStart);
      if (form.actors !== undefined) place.actors = linesOf(form.actors).map((line) => actorOf(line, form));
      await act.db.save(place);
      act.subject = place.id;
      act.record({ department: departmentCode, wave: place.wave, latest: place.targetLatest });
      return { lotNumber: lot.number };
    });
  }

  /** The ministry cuts the lots; a region, those of a framework it recorded. */
  private inFramework<T>(actor: Actor, frameworkId: string, name: string, work: (act: Act, framework: FrameworkAgreement) => Promise<T>): Promise<T> {
    return this.acts.perform(actor, name, async (act) => {
      act.see(maySeeFrameworks(actor));
      const framework = await act.load(FrameworkAgreement, frameworkId);
      act.require(mayKeepFramework(actor, framework), 'Les lots sont découpés par le niveau national.');
      framework.mayChange();
      return work(act, framework);
    });
  }
}
