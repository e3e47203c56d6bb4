import { Injectable } from '@nestjs/common';
import { activeHolders, contactsOf, frameworkOf } from '../agreements/places.js';
import { FrameworkAgreement } from '../agreements/framework-agreement.js';
import { Holder, LotDepartment } from '../agreements/lot.js';
import { DEPARTMENTS } from '../people/departments.js';
import { Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { Invalid, NotFound, Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import type { OneFile } from '../platform/multipart.js';
import { Outbox } from '../platform/outbox.js';
import { Mail } from '../platform/mail.js';
import { Random } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import { dayInFrench, dayOf } from '../platform/working-days.js';
import { Consultation } from '../consultations/consultation.js';
import { linesOf } from '../platform/typed.js';
import { Commission } from './commission.js';
import { arrived, Diagnostic, DiagnosticShare, notReached } from './diagnostic.js';
import type { ClearForm, ExpectForm, PublishForm, ReviewForm, SubmitDiagnosticForm } from './diagnostic.forms.js';
import { mayKeepDiagnostic, maySeeDiagnostic } from './diagnostic.policy.js';

export const DIAGNOSTIC_MAX_BYTES = 20_000_000;

/** The deliverable of the commission, from its arrival to the proof that every holder has it (domain.md 5.6). */
@Injectable()
export class DiagnosticsService {
  constructor(
    private readonly acts: Acts,
    private readonly outbox: Outbox,
    private readonly files: Files,
    private readonly random: Random,
    private readonly clock: Clock,
  ) {}

  /** Five queries. */
  find(actor: Actor, id: string) {
    return this.acts.look(actor, 'diagnostic.show', async (act) => {
      const diagnostic = (await act.db
        .createQueryBuilder(Diagnostic, 'd')
        .innerJoinAndMapOne('d.framework', FrameworkAgreement, 'f', 'f.id = d."frameworkId"')
        .leftJoinAndMapOne('d.file', StoredFile, 's', 's.id = d."fileId"')
        .leftJoinAndMapOne('d.reviewer', Person, 'p', 'p.id = d."reviewerId"')
        .where('d.id = :id', { id })
        .getOne()) as (Diagnostic & { framework: FrameworkAgreement; file: StoredFile | null; reviewer: Person | null }) | null;
      if (!diagnostic) throw new NotFound();
      act.see(maySeeDiagnostic(actor, diagnostic.departmentCode));
      const holders = (await act.db
        .createQueryBuilder(Holder, 'h')
        .innerJoin(LotDepartment, 'l', 'l."lotId" = h."lotId" and l."frameworkId" = :frameworkId and l."departmentCode" = :code', { frameworkId: diagnostic.frameworkId, code: diagnostic.departmentCode })
        .orderBy('h.name')
        .getMany()).filter((one) => one.isActive(dayOf(act.now, 'Europe/Paris')));
      const shares = (await act.db.createQueryBuilder(DiagnosticShare, 's').leftJoinAndMapOne('s.mail', Mail, 'm', 'm.id = s."mailId"').where('s."diagnosticId" = :id', { id }).orderBy('s.name').getMany()) as (DiagnosticShare & { mail: Mail | null })[];
      return { diagnostic, holders, shares, missing: notReached(holders, arrived(shares)), now: act.now };
    });
  }

  async file(actor: Actor, id: string) {
    const { diagnostic } = await this.find(actor, id);
    if (!diagnostic.file) throw new NotFound('Le diagnostic n’est pas encore remis.');
    return { name: diagnostic.file.name, size: diagnostic.file.size, stream: this.files.stream(diagnostic.file.blob) };
  }

  /** Commissions of a department that a diagnostic may come from: sent, the latest first. One query. */
  orders(actor: Actor, departmentCode: string) {
    return this.acts.look(actor, 'diagnostic.orders', async (act) => {
      act.see(DEPARTMENTS.has(departmentCode) && maySeeDiagnostic(actor, departmentCode));
      const query = act.db.createQueryBuilder(Commission, 'c').innerJoinAndMapOne('c.consultation', Consultation, 'k', 'k.id = c."consultationId"').where('c."departmentCode" = :departmentCode and c."sentAt" is not null', { departmentCode });
      return (await query.orderBy('c.sentAt', 'DESC').limit(20).getMany()) as (Commission & { consultation: Consultation })[];
    });
  }

  /** Opens the file of a diagnostic: expected, ordered here or elsewhere. */
  expect(actor: Actor, form: ExpectForm): Promise<{ id: string }> {
    return this.acts.perform(actor, 'diagnostic.expect', async (act) => {
      act.see(DEPARTMENTS.has(form.departmentCode) && maySeeDiagnostic(actor, form.departmentCode));
      act.require(mayKeepDiagnostic(actor, form.departmentCode), 'Le diagnostic est suivi par la DDETS du département ou par la plateforme de la région.');
      const frameworkId = await frameworkOf(act, form.departmentCode);
      // Two agents at once: the second waits, then sees the file of the first.
      if (frameworkId) await act.load(FrameworkAgreement, frameworkId);
      if (!frameworkId) throw Invalid.field('departmentCode', 'Aucun accord-cadre en vigueur ne couvre ce département.', { ...form });
      if (await act.db.existsBy(Diagnostic, ['expected', 'submitted', 'under-review', 'changes-requested', 'accepted', 'cleared', 'published'].map((status) => ({ frameworkId, departmentCode: form.departmentCode, status: status as Diagnostic['status'] })))) {
        throw Invalid.field('departmentCode', 'Un diagnostic est déjà suivi pour ce département : remplacez-le depuis sa page.', { ...form });
      }
      const commission = form.commissionId ? await act.db.findOneBy(Commission, { id: form.commissionId, departmentCode: form.departmentCode }) : null;
      if (form.commissionId && !commission) throw Invalid.field('commissionId', 'Choisissez la commande de ce département.', { ...form });
      const diagnostic = Object.assign(new Diagnostic(), {
        id: act.random.id(),
        frameworkId,
        departmentCode: form.departmentCode,
        commissionId: commission?.id ?? null,
        title: form.title,
        authorName: '',
        expectedOn: form.expectedOn || null,
        createdById: actor.id,
        createdAt: act.now,
      });
      await act.add(diagnostic);
      act.subject = diagnostic.id;
      return { id: diagnostic.id };
    });
  }

  async submit(actor: Actor, id: string, form: SubmitDiagnosticForm, upload: OneFile | null): Promise<void> {
    await this.acts.look(actor, 'diagnostic.submit', async (act) => {
      const found = await act.db.findOneBy(Diagnostic, { id });
      act.see(found !== null && maySeeDiagnostic(actor, found.departmentCode));
      act.require(mayKeepDiagnostic(actor, found?.departmentCode ?? ''));
    });
    if (!upload || upload.bytes.byteLength === 0) throw Invalid.field('document', 'Joignez le diagnostic, au format PDF.', { ...form });
    if (!upload.bytes.subarray(0, 5).equals(Buffer.from('%PDF-'))) throw Invalid.field('document', 'Ce fichier n’est pas un PDF.', { ...form });
    const file = await StoredFile.write(this.files, this.random, this.clock.now(), upload.name, 'application/pdf', upload.bytes);
    await this.change(actor, id, 'diagnostic.submit', async (act, diagnostic) => {
      diagnostic.submit(file.id);
      const lot = await act.db.findOneBy(LotDepartment, { frameworkId: diagnostic.frameworkId, departmentCode: diagnostic.departmentCode });
      const holders = lot ? await activeHolders(act, lot.lotId) : [];
      if (form.authors.some((one) => !holders.some((holder) => holder.organisationId === one))) throw Invalid.field('authors', 'Cochez des titulaires du lot.', { ...form });
      diagnostic.authorName = form.authorName;
      diagnostic.authorOrganisationIds = form.authors;
      diagnostic.authorMembers = linesOf(form.authorMembers ?? '');
      await act.add(file);
      act.record({ version: diagnostic.version, sha256: file.sha256, authors: form.authors.length });
    });
  }

  decide(actor: Actor, id: string, form: ReviewForm): Promise<void> {
    return this.change(actor, id, `diagnostic.${form.move}`, async (_, diagnostic) => {
      diagnostic.move(form.move, form.note);
      diagnostic.reviewerId = actor.id;
    });
  }

  clear(actor: Actor, id: string, form: ClearForm): Promise<void> {
    return this.change(actor, id, 'diagnostic.clear', async (act, diagnostic) => {
      diagnostic.clear(form.privacyReviewer, form.smallCounts === 'oui', form.privacyNote);
      act.record({ smallCountsHandled: true });
    });
  }

  publish(actor: Actor, id: string, form: PublishForm): Promise<void> {
    return this.change(actor, id, 'diagnostic.publish', async (act, diagnostic) => {
      if (form.publishedOn > dayOf(act.now, 'Europe/Paris')) throw Invalid.field('publishedOn', 'Une publication à venir s’enregistre le jour où elle a lieu.', { ...form });
      diagnostic.publish(form.publishedOn, form.publicAddress);
      act.record({ publicAddress: form.publicAddress });
    });
  }

  /** To every active holder that does not have this version yet, with the file: equality of information (R2111-2). */
  share(actor: Actor, id: string): Promise<{ sent: number }> {
    return this.change(actor, id, 'diagnostic.share', async (act, diagnostic) => {
      diagnostic.mustBePublished();
      const place = await act.db.findOneByOrFail(LotDepartment, { frameworkId: diagnostic.frameworkId, departmentCode: diagnostic.departmentCode });
      const holders = await activeHolders(act, place.lotId);
      const already = await act.db.createQueryBuilder(DiagnosticShare, 's').leftJoinAndMapOne('s.mail', Mail, 'm', 'm.id = s."mailId"').where('s."diagnosticId" = :id', { id }).getMany();
      const reached = arrived(already);
      const todo = holders.filter((one) => !reached.some((share) => share.organisationId === one.organisationId));
      if (todo.length === 0) throw new Refused('nothing-to-share', 'Tous les titulaires actifs du lot l’ont déjà reçu.');
      const contacts = await contactsOf(act, todo.map((one) => one.organisationId));
      const unknown = todo.filter((one) => !contacts.has(one.organisationId));
      if (unknown.length > 0) throw new Refused('no-contact', `Aucune adresse pour ${unknown.map((one) => `« ${one.name} »`).join(', ')} : complétez l’annuaire, puis recommencez.`);
      for (const holder of todo) {
        const email = contacts.get(holder.organisationId)?.email ?? '';
        const mail = await this.outbox.queue(act, {
          kind: 'diagnostic-shared',
          to: email,
          organisationId: holder.organisationId,
          subject: `Diagnostic mis à votre disposition\u00a0: ${diagnostic.title}`,
          attachments: diagnostic.fileId ? [{ name: 'diagnostic.pdf', fileId: diagnostic.fileId }] : [],
          data: {
            organisation: holder.name,
            title: diagnostic.title,
            author: diagnostic.authorName || 'auteur non précisé',
            version: String(diagnostic.version || 1),
            publishedOn: diagnostic.publishedOn ? dayInFrench(diagnostic.publishedOn) : '',
            publicAddress: diagnostic.publicAddress,
            attached: diagnostic.fileId !== null,
          },
        });
        // A refused mail leaves its place to the next one; the mail itself stays in the outbox, with its error.
        await act.db.delete(DiagnosticShare, { diagnosticId: id, organisationId: holder.organisationId });
        await act.add(Object.assign(new DiagnosticShare(), { id: act.random.id(), diagnosticId: id, organisationId: holder.organisationId, name: holder.name, email, version: diagnostic.version, mailId: mail.id, sentAt: act.now }));
      }
      act.record({ sent: todo.length });
      return { sent: todo.length };
    });
  }

  private change<T>(actor: Actor, id: string, name: string, work: (act: Act, diagnostic: Diagnostic) => Promise<T>): Promise<T> {
    return this.acts.perform(actor, name, async (act) => {
      const diagnostic = await act.load(Diagnostic, id);
      act.see(maySeeDiagnostic(actor, diagnostic.departmentCode));
      act.require(mayKeepDiagnostic(actor, diagnostic.departmentCode), 'Le diagnostic est suivi par la DDETS du département ou par la plateforme de la région.');
      const result = await work(act, diagnostic);
      await act.db.save(diagnostic);
      return result;
    });
  }
}
