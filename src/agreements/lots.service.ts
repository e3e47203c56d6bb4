import { Injectable } from '@nestjs/common';
import { Organisation } from '../people/people.js';
import { DEPARTMENTS } from '../people/departments.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, NotFound, Refused } from '../platform/errors.js';
import { linesOf, numberOrNull } from '../platform/typed.js';
import { dayOf } from '../platform/working-days.js';
import type { HolderForm, LeaveForm, LotForm, TargetForm } from './agreement.forms.js';
import { isNational, mayKeepFramework, mayKeepLot, maySeeDepartment, maySeeFrameworks } from './agreement.policy.js';
import { FrameworkAgreement } from './framework-agreement.js';
import { actorOf, codesOf, cut, fillLot, holderOrganisation, lotOf, mustBeOneCandidate } from './lot-filling.js';
import { Holder, Lot, LotDepartment, type LotMove, mustNotOverlap } from './lot.js';
import { Spending } from './spending.js';

/** Lots, the departments in them, their holders and their targets. */
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
      return { lot, framework: lot.framework, holders, places, spentCents: spent.get(lot.id) ?? 0, now: act.now, day: dayOf(act.now, 'Europe/Paris') };
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
    return this.inFramework(actor, frameworkId, 'lot.add', async (act) => {
      const lot = Object.assign(new Lot(), { id: act.random.id(), frameworkId });
      await fillLot(act, lot, form);
      await act.add(lot);
      await cut(act, lot, form);
      act.subject = lot.id;
      return { number: lot.number };
    });
  }

  edit(actor: Actor, frameworkId: string, number: number, form: LotForm): Promise<{ number: number }> {
    return this.inFramework(actor, frameworkId, 'lot.edit', async (act) => {
      const lot = await lotOf(act, frameworkId, number);
      await fillLot(act, lot, form);
      await act.db.save(lot);
      await cut(act, lot, form, await this.spending.livingIn(act, frameworkId));
      return { number: lot.number };
    });
  }

  /** Every lot that has an active holder, in one act: after an import, or the notification of all of them. */
  activateAll(actor: Actor, frameworkId: string): Promise<{ activated: number }> {
    return this.inFramework(actor, frameworkId, 'lot.activate-all', async (act) => {
      const day = dayOf(act.now, 'Europe/Paris');
      const holders = (await act.db.findBy(Holder, { frameworkId })).filter((one) => one.isActive(day));
      const waiting = (await act.db.findBy(Lot, { frameworkId })).filter((lot) => (lot.status === 'draft' || lot.status === 'awarded') && holders.some((one) => one.lotId === lot.id));
      if (waiting.length === 0) throw new Refused('nothing-to-activate', 'Aucun lot en attente n’a de titulaire actif.');
      for (const lot of waiting) {
        if (lot.status === 'draft') lot.move('award');
        lot.move('activate');
      }
      await act.db.save(waiting);
      act.record({ lots: waiting.map((lot) => lot.number) });
      return { activated: waiting.length };
    });
  }

  move(actor: Actor, frameworkId: string, number: number, move: LotMove): Promise<void> {
    return this.inLot(actor, frameworkId, number, `lot.${move}`, async (act, lot) => {
      lot.move(move);
      await act.db.update(Lot, { id: lot.id }, { status: lot.status });
    });
  }

  /** A company or a consortium enters, by itself or in the place of another (R2194-6). */
  addHolder(actor: Actor, frameworkId: string, number: number, form: HolderForm): Promise<{ id: string }> {
    return this.inLot(actor, frameworkId, number, 'holder.add', async (act, lot) => {
      const typed = { ...form };
      if (form.leftOn && form.leftOn <= form.enteredOn) throw Invalid.field('leftOn', 'La sortie vient après l’entrée.', typed);
      const codes = codesOf(form.capacity);
      const places = await act.db.findBy(LotDepartment, { lotId: lot.id });
      const foreign = codes.filter((code) => !places.some((place) => place.departmentCode === code));
      if (foreign.length > 0) throw Invalid.field('capacity', `Ces départements ne sont pas dans le lot : ${foreign.join(', ')}.`, typed);
      const organisation = await holderOrganisation(act, form);
      const holders = await act.db.findBy(Holder, { lotId: lot.id });
      const holder = Object.assign(new Holder(), {
        id: act.random.id(),
        frameworkId,
        lotId: lot.id,
        organisationId: organisation.id,
        name: form.name,
        form: form.form,
        members: linesOf(form.members).map((name) => ({ organisationId: null, name })),
        enteredOn: form.enteredOn,
        leftOn: form.leftOn || null,
        legalCase: form.legalCase || null,
        capacity: codes,
        source: isNational(actor) ? 'ministry' : 'recorded-by-region',
      });
      if (holder.form !== 'single' && holder.members.length === 0) throw Invalid.field('members', 'Un groupement a au moins deux membres : nommez les autres, un par ligne.', typed);
      mustNotOverlap(holders, holder);
      await mustBeOneCandidate(act, holders, holder, organisation, typed);
      const former = form.replaces ? holders.find((one) => one.id === form.replaces) : undefined;
      if (form.replaces && !former) throw Invalid.field('replaces', 'Choisissez le titulaire remplacé.', typed);
      if (former) {
        if (!form.legalCase) throw Invalid.field('legalCase', 'Dites dans quel cas la substitution est permise (art. R. 2194-6) : clause de réexamen, restructuration, cession.', typed);
        former.leave('replace', form.enteredOn, form.legalCase, dayOf(act.now, 'Europe/Paris'));
        former.replacedById = holder.id;
        await act.db.save(former);
      }
      await act.add(holder);
      act.subject = holder.id;
      act.record({ lot: lot.number, organisation: organisation.id, replaces: former?.id });
      return { id: holder.id };
    });
  }

  leave(actor: Actor, frameworkId: string, number: number, holderId: string, form: LeaveForm): Promise<void> {
    return this.inLot(actor, frameworkId, number, 'holder.leave', async (act, lot) => {
      const holder = await act.load(Holder, holderId);
      if (holder.lotId !== lot.id) throw new NotFound();
      holder.leave(form.move, form.on, form.reason || (form.move === 'resume' ? 'Reprise' : ''), dayOf(act.now, 'Europe/Paris'));
      await act.db.save(holder);
      act.record({ move: form.move, on: form.on });
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
      const wave = numberOrNull(form.wave);
      const forward = wave !== null && place.wave !== null && wave < place.wave;
      if (forward && !form.pulledForward) throw Invalid.field('pulledForward', 'Ce département est avancé vers une vague plus proche : écrivez pourquoi.', { ...form });
      if (forward && wave !== null) place.pullForward(wave, form.pulledForward);
      place.retarget({ wave, wording: form.wording || null, earliest: form.earliest || null, latest: form.latest || null });
      place.wantedStart = form.wantedStart || null;
      place.actors = linesOf(form.actors).map((line) => actorOf(line, form));
      await act.db.save(place);
      act.subject = place.id;
      act.record({ department: departmentCode, wave: place.wave, latest: place.targetLatest });
      return { lotNumber: lot.number };
    });
  }

  /** The ministry cuts the lots; a region, those of a framework it recorded. */
  private inFramework<T>(actor: Actor, frameworkId: string, name: string, work: (act: Act) => Promise<T>): Promise<T> {
    return this.acts.perform(actor, name, async (act) => {
      act.see(maySeeFrameworks(actor));
      const framework = await act.load(FrameworkAgreement, frameworkId);
      act.require(mayKeepFramework(actor, framework), 'Les lots sont découpés par le niveau national.');
      framework.mayChange();
      return work(act);
    });
  }

  private inLot<T>(actor: Actor, frameworkId: string, number: number, name: string, work: (act: Act, lot: Lot) => Promise<T>): Promise<T> {
    return this.acts.perform(actor, name, async (act) => {
      act.see(maySeeFrameworks(actor));
      const framework = await act.load(FrameworkAgreement, frameworkId);
      const lot = await lotOf(act, frameworkId, number);
      act.require(mayKeepLot(actor, lot), 'Ce lot est tenu par le niveau national ou par la plateforme de la région.');
      framework.mayChange();
      return work(act, lot);
    });
  }
}
