import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { Invalid } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { checkedFile } from '../platform/media.js';
import type { OneFile } from '../platform/multipart.js';
import { Random } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import { paragraphsOf } from '../platform/typed.js';
import { dayInFrench } from '../platform/working-days.js';
import { Custodian } from '../sealing/custodian.js';
import { Consultation, ConsultationDocument } from './consultation.js';
import { DOCUMENT_KINDS } from './consultation-parts.js';
import { mayManage, worksOn } from './consultation.policy.js';
import type { DocumentForm, ExtendForm, RectifyForm } from './exchange.forms.js';
import { mustBeOpen } from './exchange.js';
import { NoticesService } from './notices.service.js';

/** What may change between the launch and the deadline; each change tells everyone invited in its own act. */
@Injectable()
export class ChangesService {
  constructor(
    private readonly acts: Acts,
    private readonly notices: NoticesService,
    private readonly custodian: Custodian,
    private readonly files: Files,
    private readonly random: Random,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /**
   * Only later, only before (R2151-4). Posted while the deadline passes, it is wholly before or refused: one instant, under the lock.
   * @param because facts for the journal, when an incident of the platform is why
   */
  extend(actor: Actor, id: string, form: ExtendForm, because: Record<string, unknown> = {}): Promise<void> {
    return this.managed(actor, id, 'consultation.extend', async (act, consultation) => {
      const oldLocalDeadline = consultation.localDeadline;
      const version = consultation.extend(form.deadline, form.reason, act.now, form.questionsBefore);
      await this.custodian.postpone(act, id, consultation.opensAt);
      await act.add(version);
      await act.db.save(consultation);
      await this.notices.tell(act, consultation, { kind: 'deadline', paragraphs: extensionWords(form), significant: false, oldLocalDeadline });
      act.record({ from: oldLocalDeadline, to: form.deadline, deadlineVersion: version.number, ...because });
    });
  }

  /** A new document, or a new version of one: the difference is written, the old one stays readable. */
  async addDocument(actor: Actor, id: string, form: DocumentForm, upload: OneFile | null): Promise<void> {
    const { name, bytes, mediaType } = checkedFile(upload, this.config.documentLimits, 'document', form);
    await this.mayWrite(actor, id);
    const file = await StoredFile.write(this.files, this.random, this.clock.now(), name, mediaType, bytes);
    await this.managed(actor, id, 'consultation.document', async (act, consultation) => {
      mustBeOpen(consultation, act.now);
      const former = form.replaces ? await act.db.findOneBy(ConsultationDocument, { id: form.replaces, consultationId: id }) : null;
      if (form.replaces && (!former || former.supersededAt)) throw Invalid.field('replaces', 'Ce document vient d’être remplacé : choisissez-le dans sa version en vigueur.', { ...form });
      if (!form.note) throw Invalid.field('note', former ? 'Écrivez ce qui change depuis la version précédente : les invités le liront.' : 'Dites pourquoi ce document est ajouté : les invités le liront.', { ...form });
      const title = former?.title ?? (form.title || name.replace(/\.\w{1,8}$/, '').trim() || DOCUMENT_KINDS[form.kind]);
      const document = Object.assign(new ConsultationDocument(), {
        id: act.random.id(),
        consultationId: id,
        kind: former?.kind ?? form.kind,
        title: title.slice(0, 200),
        version: (former?.version ?? 0) + 1,
        fileId: file.id,
        note: form.note,
        replacesId: former?.id ?? null,
        createdAt: act.now,
      });
      if (former) await act.db.update(ConsultationDocument, { id: former.id }, { supersededAt: act.now });
      await act.add(file, document);
      const significant = form.significant === 'oui';
      await this.raise(act, consultation, significant);
      const what = former ? `Le document « ${title} » est remplacé par sa version ${document.version}.` : `Le document « ${title} » est ajouté à la consultation.`;
      await this.notices.tell(act, consultation, { kind: 'documents', paragraphs: [what, ...paragraphsOf(form.note)], significant, documentId: document.id });
      act.record({ document: title, version: document.version, sha256: file.sha256 });
    });
  }

  rectify(actor: Actor, id: string, form: RectifyForm): Promise<void> {
    return this.managed(actor, id, 'consultation.rectify', async (act, consultation) => {
      mustBeOpen(consultation, act.now);
      const significant = form.significant === 'oui';
      await this.raise(act, consultation, significant);
      await this.notices.tell(act, consultation, { kind: 'rectification', paragraphs: paragraphsOf(form.text), significant });
    });
  }

  /** Asked before a file is written: a stranger must not fill the disk. */
  private mayWrite(actor: Actor, id: string) {
    return this.acts.look(actor, 'consultation.document', async (act) => {
      const found = await act.db.findOneBy(Consultation, { id });
      act.see(found !== null && worksOn(actor, found.territory));
      act.require(found !== null && mayManage(actor, found), 'Ce changement revient à l’agent qui suit la consultation.');
    });
  }

  private async raise(act: Act, consultation: Consultation, significant: boolean) {
    if (!significant) return;
    consultation.documentsVersion += 1;
    await act.db.update(Consultation, { id: consultation.id }, { documentsVersion: consultation.documentsVersion });
  }

  private managed(actor: Actor, id: string, name: string, work: (act: Act, consultation: Consultation) => Promise<void>): Promise<void> {
    return this.acts.perform(actor, name, async (act) => {
      const consultation = await act.load(Consultation, id);
      act.see(worksOn(actor, consultation.territory));
      act.require(mayManage(actor, consultation), 'Ce changement revient à l’agent qui suit la consultation.');
      act.on(id);
      await work(act, consultation);
    });
  }
}

/** What everybody reads of an extension, besides the two dates. */
const extensionWords = (form: ExtendForm) => [...paragraphsOf(form.reason), ...(form.questionsBefore ? [`Les questions sont désormais reçues jusqu’au ${dayInFrench(form.questionsBefore)}.`] : [])];
