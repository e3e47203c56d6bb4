import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Organisation } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, NotFound } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import type { OneFile } from '../platform/multipart.js';
import { StoredFile } from '../platform/stored-file.js';
import { type Day, dayOf } from '../platform/working-days.js';
import type { HolderContentForm, HolderForm, LeaveForm } from './agreement.forms.js';
import { isNational, mayCorrect, mayKeepLot, maySeeFrameworks } from './agreement.policy.js';
import { FrameworkAgreement } from './framework-agreement.js';
import { codesOf, holderOrganisation, lotOf, membersOf, mustBeOneCandidate } from './lot-filling.js';
import { Holder, Lot, LotDepartment, mustNotOverlap } from './lot.js';
import { mustBeProved, Received } from './received.js';

const NOT_YOURS = 'Ce lot est tenu par le niveau national ou par la plateforme de la région.';

/** Who holds a lot: entries, corrections, exits and successions. A region proves what it records. */
@Injectable()
export class HoldersService {
  constructor(
    private readonly acts: Acts,
    private readonly received: Received,
    private readonly files: Files,
  ) {}

  /** A company or a consortium enters, by itself or in the place of another (R2194-6). */
  add(actor: Actor, frameworkId: string, number: number, form: HolderForm, upload?: OneFile | null): Promise<{ id: string }> {
    return this.proved(actor, frameworkId, number, 'holder.add', form, upload, async (act, lot, file) => {
      const typed = { ...form };
      const organisation = await holderOrganisation(act, form);
      const holders = await act.db.findBy(Holder, { lotId: lot.id });
      const holder = Object.assign(new Holder(), {
        id: act.random.id(),
        frameworkId,
        lotId: lot.id,
        organisationId: organisation.id,
        leftOn: form.leftOn || null,
        reason: form.reason || null,
        legalCase: form.legalCase || null,
        source: isNational(actor) ? 'ministry' : 'recorded-by-region',
        sourceReference: form.sourceReference || null,
        sourceFileId: file?.id ?? null,
      });
      await fill(act, holder, form, organisation, holders);
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

  /** Corrects what was written of it; its company, its succession and its exit have acts of their own. */
  edit(actor: Actor, frameworkId: string, number: number, holderId: string, form: HolderContentForm, upload?: OneFile | null): Promise<void> {
    return this.proved(actor, frameworkId, number, 'holder.edit', form, upload, async (act, lot, file) => {
      const holders = await act.db.findBy(Holder, { lotId: lot.id });
      const holder = holders.find((one) => one.id === holderId);
      if (!holder) throw new NotFound();
      act.require(mayCorrect(actor, lot, holder), 'Ce titulaire a été inscrit par le niveau national : il le corrige.');
      const before = shown(holder);
      const organisation = await act.db.findOneByOrFail(Organisation, { id: holder.organisationId });
      const others = holders.filter((one) => one.id !== holderId);
      await fill(act, holder, form, organisation, others);
      // An earlier entry may meet the days of a twin who had left before.
      await mustBeOneCandidate(act, others, holder, organisation, form, 'enteredOn');
      if (file) Object.assign(holder, { sourceReference: form.sourceReference, sourceFileId: file.id });
      if (isNational(actor) && holder.source === 'recorded-by-region') holder.correctedAt = act.now;
      await act.db.save(holder);
      act.subject = holder.id;
      act.record({ lot: lot.number, before, after: shown(holder) });
    });
  }

  leave(actor: Actor, frameworkId: string, number: number, holderId: string, form: LeaveForm, upload?: OneFile | null): Promise<void> {
    return this.proved(actor, frameworkId, number, 'holder.leave', form, upload, async (act, lot, file) => {
      const holders = await act.db.findBy(Holder, { lotId: lot.id });
      const holder = holders.find((one) => one.id === holderId);
      if (!holder) throw new NotFound();
      holder.leave(form.move, form.on, form.reason || (form.move === 'resume' ? 'Reprise' : ''), dayOf(act.now, 'Europe/Paris'));
      if (form.move === 'reinstate') {
        const others = holders.filter((one) => one.id !== holderId);
        mustNotOverlap(others, holder, 'move');
        await mustBeOneCandidate(act, others, holder, await act.db.findOneByOrFail(Organisation, { id: holder.organisationId }), form, 'move');
      }
      if (file) Object.assign(holder, { sourceReference: form.sourceReference, sourceFileId: file.id });
      await act.db.save(holder);
      act.subject = holder.id;
      act.record({ move: form.move, on: form.on });
    });
  }

  /** What a region received about it. */
  async document(actor: Actor, frameworkId: string, number: number, holderId: string): Promise<{ bytes: Buffer; type: string; name: string }> {
    const file = await this.acts.look(actor, 'holder.document', async (act) => {
      act.see(maySeeFrameworks(actor));
      const lot = await lotOf(act, frameworkId, number);
      const holder = await act.db.findOneBy(Holder, { id: holderId, lotId: lot.id });
      const found = holder?.sourceFileId ? await act.db.findOneBy(StoredFile, { id: holder.sourceFileId }) : null;
      if (!found) throw new NotFound('Aucun document n’est joint à ce titulaire.');
      return found;
    });
    return { bytes: await this.files.read(file.blob), type: file.mediaType, name: file.name };
  }

  /** Members of consortiums that stand in the directory, with their SIRET, to be typed again. */
  siretsOf(actor: Actor, ids: readonly string[]): Promise<Map<string, string>> {
    return this.acts.look(actor, 'holder.members', async (act) => {
      act.see(maySeeFrameworks(actor));
      const found = ids.length > 0 ? await act.db.findBy(Organisation, { id: In([...ids]), scheme: 'FR-SIRET' }) : [];
      return new Map(found.map((one) => [one.id, one.schemeId ?? '']));
    });
  }

  /** Permission first, then the file, then the act: nothing is written for a stranger, nothing counts without its proof. */
  private async proved<T>(actor: Actor, frameworkId: string, number: number, name: string, form: { sourceReference: string }, upload: OneFile | null | undefined, work: (act: Act, lot: Lot, file: StoredFile | null) => Promise<T>): Promise<T> {
    const allowed = async (act: Act) => {
      act.see(maySeeFrameworks(actor));
      const lot = await lotOf(act, frameworkId, number);
      act.require(mayKeepLot(actor, lot), NOT_YOURS);
      return lot;
    };
    await this.acts.look(actor, name, allowed);
    const file = await this.received.keep(upload);
    return this.acts.perform(actor, name, async (act) => {
      const framework = await act.load(FrameworkAgreement, frameworkId);
      const lot = await allowed(act);
      framework.mayChange();
      if (!isNational(actor)) mustBeProved(form.sourceReference, file, form);
      if (file) await act.add(file);
      return work(act, lot, file);
    });
  }
}

async function fill(act: Act, holder: Holder, form: HolderContentForm, organisation: Organisation, others: readonly Holder[]) {
  const codes = codesOf(form.capacity);
  const places = await act.db.findBy(LotDepartment, { lotId: holder.lotId });
  const foreign = codes.filter((code) => !places.some((place) => place.departmentCode === code));
  if (foreign.length > 0) throw Invalid.field('capacity', `Ces départements ne sont pas dans le lot : ${foreign.join(', ')}.`, { ...form });
  Object.assign(holder, { name: form.name, form: form.form, enteredOn: form.enteredOn, signedOn: dayOrNull(form.signedOn), notifiedOn: dayOrNull(form.notifiedOn), capacity: codes });
  holder.members = await membersOf(act, form, organisation);
  holder.check();
  mustNotOverlap(others, holder);
}

const dayOrNull = (typed: string): Day | null => typed || null;
const shown = ({ name, form, members, enteredOn, signedOn, notifiedOn, capacity }: Holder) => ({ name, form, members: members.map((one) => one.name), enteredOn, signedOn, notifiedOn, capacity });
