import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { agentOf, frameOf } from '../letters/frame.js';
import { Delegation, Letter } from '../letters/letter.js';
import { LettersService } from '../letters/letters.service.js';
import { Authority, Membership, Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, NotFound } from '../platform/errors.js';
import type { OneFile } from '../platform/multipart.js';
import { Outbox } from '../platform/outbox.js';
import { linesOf, numberOrNull } from '../platform/typed.js';
import { dayInFrench, dayOf } from '../platform/working-days.js';
import type { CorrectForm, GreenLightForm, RevokeForm } from './agreement.forms.js';
import { isNational, mayDraftFramework, mayKeepLot, maySeeFrameworks } from './agreement.policy.js';
import { FrameworkAgreement } from './framework-agreement.js';
import { GreenLight } from './green-light.js';
import { addresseeOf, scopeInFrench } from './green-light-words.js';
import { Lot, LotDepartment } from './lot.js';
import { Received } from './received.js';

/** Green lights: given by the ministry with a signed letter, or recorded by a region from what it received. */
@Injectable()
export class GreenLightsService {
  constructor(
    private readonly acts: Acts,
    private readonly letters: LettersService,
    private readonly outbox: Outbox,
    private readonly received: Received,
    private readonly config: Config,
  ) {}

  find(actor: Actor, frameworkId: string, id: string) {
    return this.acts.look(actor, 'green-light.show', async (act) => {
      act.see(maySeeFrameworks(actor));
      const light = await act.db.findOneBy(GreenLight, { id, frameworkId });
      if (!light) throw new NotFound();
      const framework = await act.db.findOneByOrFail(FrameworkAgreement, { id: frameworkId });
      const lot = light.lotId ? await act.db.findOneByOrFail(Lot, { id: light.lotId }) : null;
      const letter = await act.db.findOne(Letter, { where: { subjectId: id, kind: 'green-light' }, select: { id: true, fileId: true, chrono: true, status: true } });
      return { light, framework, lot, letter, now: act.now };
    });
  }

  /** The letter made here, or the document that was received. */
  async document(actor: Actor, frameworkId: string, id: string) {
    const { light, letter } = await this.find(actor, frameworkId, id);
    if (!light.fileId && !letter) throw new NotFound('Aucun document n’est joint à ce feu vert.');
    return this.letters.bytes(letter?.fileId ?? light.fileId);
  }

  /** The ministry gives it: its letter is signed at once, under the delegation of the person who gives it. */
  async give(actor: Actor, frameworkId: string, form: GreenLightForm, upload?: OneFile | null): Promise<{ id: string }> {
    // Asked before anything is written: a stranger must not fill the disk.
    await this.acts.look(actor, 'green-light.give', async (act) => {
      act.see(maySeeFrameworks(actor) && (await act.db.existsBy(FrameworkAgreement, { id: frameworkId })));
      act.require(mayDraftFramework(actor), 'Le feu vert vient du niveau national. Une plateforme régionale enregistre ceux qu’elle a reçus, pour son lot ou pour un de ses départements.');
    });
    const file = await this.received.keep(upload);
    return this.acts.perform(actor, 'green-light.give', async (act) => {
      act.see(maySeeFrameworks(actor));
      const framework = await act.load(FrameworkAgreement, frameworkId);
      framework.mayChange();
      const lots = await act.db.findBy(Lot, { frameworkId });
      // Only what the scope names counts: a lot sent beside another scope must not lend its rights.
      const lot = form.scope === 'lot' ? (lots.find((one) => one.id === form.lotId) ?? null) : null;
      const place = form.scope === 'department' ? await act.db.findOneBy(LotDepartment, { frameworkId, departmentCode: form.departmentCode }) : null;
      const national = isNational(actor);
      const concerned = lot ?? lots.find((one) => one.id === place?.lotId);
      act.require(
        national || (concerned !== undefined && ['lot', 'department'].includes(form.scope) && mayKeepLot(actor, concerned)),
        'Le feu vert vient du niveau national. Une plateforme régionale enregistre ceux qu’elle a reçus, pour son lot ou pour un de ses départements.',
      );
      if (form.scope === 'lot' && !lot) throw Invalid.field('lotId', 'Choisissez le lot.', { ...form });
      if (form.scope === 'department' && !place) throw Invalid.field('departmentCode', 'Ce département n’est pas dans l’accord-cadre.', { ...form });
      if (form.givenOn > dayOf(act.now, 'Europe/Paris')) throw Invalid.field('givenOn', 'Un feu vert se donne aujourd’hui ou s’enregistre à sa date passée.', { ...form });
      if (form.givenOn < framework.startsOn) throw Invalid.field('givenOn', 'Cette date précède l’accord-cadre.', { ...form });
      if (form.scope === 'wave' && !(await act.db.existsBy(LotDepartment, { frameworkId, wave: Number(form.wave) }))) throw Invalid.field('wave', 'Aucun département n’est dans cette vague.', { ...form });
      if (!national && !file) throw Invalid.field('document', 'Joignez le document reçu du niveau national.', { ...form });
      const light = Object.assign(new GreenLight(), {
        id: act.random.id(),
        frameworkId,
        scope: form.scope,
        lotId: form.scope === 'lot' ? form.lotId : null,
        wave: form.scope === 'wave' ? numberOrNull(form.wave) : null,
        departmentCode: form.scope === 'department' ? form.departmentCode : null,
        givenOn: form.givenOn,
        reference: form.reference,
        issuer: form.issuer,
        conditions: form.conditions,
        fileId: file?.id ?? null,
        source: national ? 'ministry' : 'recorded-by-region',
        createdById: actor.id,
        createdAt: act.now,
      });
      light.check();
      if (file) await act.add(file);
      await act.add(light);
      if (national) {
        await this.write(act, light, framework, lot);
        await this.tell(act, 'green-light', `Feu vert\u00a0: ${scopeInFrench(light, lot)}`, light, framework, lots);
      }
      act.subject = light.id;
      act.record({ scope: light.scope, lot: lot?.number, wave: light.wave, department: light.departmentCode, source: light.source });
      return { id: light.id };
    });
  }

  /** What a region copied wrongly, the ministry corrects; its own letter is signed, and is revoked instead. */
  correct(actor: Actor, frameworkId: string, id: string, form: CorrectForm): Promise<void> {
    return this.acts.perform(actor, 'green-light.correct', async (act) => {
      act.see(maySeeFrameworks(actor));
      const light = await act.load(GreenLight, id);
      if (light.frameworkId !== frameworkId) throw new NotFound();
      act.require(isNational(actor), 'La correction revient au niveau national.');
      const framework = await act.db.findOneByOrFail(FrameworkAgreement, { id: frameworkId });
      framework.mayChange();
      if (form.givenOn > dayOf(act.now, 'Europe/Paris')) throw Invalid.field('givenOn', 'Un feu vert s’enregistre à sa date passée.', { ...form });
      if (form.givenOn < framework.startsOn) throw Invalid.field('givenOn', 'Cette date précède l’accord-cadre.', { ...form });
      const { givenOn, reference, issuer, conditions } = light;
      light.correct(form, act.now);
      await act.db.save(light);
      act.record({ before: { givenOn, reference, issuer, conditions }, after: { ...form } });
    });
  }

  /** Never erased: calls already launched go on, no other can rest on it. */
  revoke(actor: Actor, frameworkId: string, id: string, form: RevokeForm): Promise<void> {
    return this.acts.perform(actor, 'green-light.revoke', async (act) => {
      act.see(maySeeFrameworks(actor));
      const light = await act.load(GreenLight, id);
      if (light.frameworkId !== frameworkId) throw new NotFound();
      const lots = await act.db.findBy(Lot, { frameworkId });
      const place = light.departmentCode ? await act.db.findOneBy(LotDepartment, { frameworkId, departmentCode: light.departmentCode }) : null;
      const lot = lots.find((one) => one.id === (light.lotId ?? place?.lotId));
      act.require(isNational(actor) || (light.source === 'recorded-by-region' && lot !== undefined && mayKeepLot(actor, lot)), 'Le retrait revient au niveau national.');
      if (form.revokedOn > dayOf(act.now, 'Europe/Paris')) throw Invalid.field('revokedOn', 'Un retrait prend effet aujourd’hui, ou à la date passée que vous enregistrez.', { ...form });
      light.revoke(form.revokedOn, form.reason);
      await act.db.update(GreenLight, { id }, { revokedOn: light.revokedOn, revokedReason: light.revokedReason });
      const framework = await act.db.findOneByOrFail(FrameworkAgreement, { id: frameworkId });
      await this.tell(act, 'green-light-revoked', 'Feu vert retiré', light, framework, lots);
      act.record({ revokedOn: form.revokedOn });
    });
  }

  private async write(act: Act, light: GreenLight, framework: FrameworkAgreement, lot: Lot | null) {
    const delegations = await act.db.findBy(Delegation, { delegateId: act.actor.id });
    const delegation = Delegation.required(delegations, 'green-light', act.now);
    const authority = await act.db.findOneByOrFail(Authority, { id: delegation.authorityId });
    const person = await act.db.findOneByOrFail(Person, { id: act.actor.id });
    const chrono = await this.letters.chrono(act, authority);
    const frame = frameOf({
      authority,
      contact: agentOf(person),
      demo: this.config.demo,
      signed: { person, delegation, at: act.now },
      subject: `feu vert au lancement de marchés subséquents – ${framework.title}`,
      attachments: [],
      addressee: { mode: 'single', lines: [addresseeOf(light, lot)] },
    });
    const { data, body } = this.letters.compose('green-light', {
      frame,
      framework: `l’accord-cadre «\u00a0${framework.title}\u00a0» (${framework.reference})`,
      scope: scopeInFrench(light, lot),
      givenOn: dayInFrench(light.givenOn),
      reference: light.reference,
      conditions: linesOf(light.conditions),
    });
    const letter = Object.assign(new Letter(), { id: act.random.id(), authorityId: authority.id, kind: 'green-light', subjectId: light.id, form: 'common', title: 'Feu vert' });
    letter.sign(act.now, { personId: person.id, delegationId: delegation.id, chrono: chrono.take() }, data, body);
    await act.add(letter);
    await act.db.save(chrono);
    await act.later({ kind: 'letter.print', payload: { id: letter.id } });
  }

  /** The buyers of the regions it concerns. */
  private async tell(act: Act, kind: string, subject: string, light: GreenLight, framework: FrameworkAgreement, lots: Lot[]) {
    const places = await act.db.findBy(LotDepartment, { frameworkId: framework.id });
    const reached = new Set(places.filter((place) => light.scope === 'framework' || place.lotId === light.lotId || place.departmentCode === light.departmentCode || (light.scope === 'wave' && place.wave === light.wave)).map((place) => place.lotId));
    const territories = lots.filter((lot) => reached.has(lot.id)).map((lot) => `R${lot.regionCode}`);
    const buyers = await act.db
      .createQueryBuilder(Person, 'p')
      .innerJoin(Membership, 'm', 'm."personId" = p.id and m.role = :role', { role: 'regional-buyer' })
      .where({ active: true })
      .andWhere('m.territory in (:...territories)', { territories: [...territories, '-'] })
      .distinct()
      .getMany();
    const lot = lots.find((one) => one.id === light.lotId) ?? null;
    for (const buyer of buyers) {
      await this.outbox.queue(act, {
        kind,
        to: buyer.email,
        subject,
        data: {
          scope: scopeInFrench(light, lot),
          framework: framework.title,
          givenOn: dayInFrench(light.givenOn),
          reference: light.reference,
          conditions: light.conditions,
          revokedOn: light.revokedOn ? dayInFrench(light.revokedOn) : '',
          reason: light.revokedReason,
          url: `${this.config.baseUrl}/accords-cadres/${framework.id}/feux-verts/${light.id}`,
        },
      });
    }
  }
}
