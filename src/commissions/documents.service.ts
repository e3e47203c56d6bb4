import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { type UploadedKind, UPLOADED_KINDS } from '../consultations/consultation-parts.js';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { Invalid, NotFound } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { checkedFile } from '../platform/media.js';
import type { OneFile } from '../platform/multipart.js';
import { Random } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import type { JoinedDocumentForm } from './commission.forms.js';
import { mayChange, mayView } from './commission.policy.js';
import { Commission } from './commission.js';
import { changeCommission } from './commissions.service.js';

const MOST_DOCUMENTS = 30;

/** What joins the specifications before the launch: rules, CCAP, annexes. The letters list them as enclosures. */
@Injectable()
export class CommissionDocumentsService {
  constructor(
    private readonly acts: Acts,
    private readonly files: Files,
    private readonly random: Random,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  async add(actor: Actor, id: string, form: JoinedDocumentForm, upload: OneFile | null): Promise<void> {
    const { name, bytes, mediaType } = checkedFile(upload, this.config.documentLimits, 'document', form);
    await this.acts.look(actor, 'commission.document-add', async (act) => {
      const found = await act.db.findOneBy(Commission, { id });
      act.see(found !== null && mayView(actor, found));
      act.require(found !== null && mayChange(actor, found));
    });
    const title = (form.title || name.replace(/\.\w{1,8}$/, '')).slice(0, 200);
    const kind: UploadedKind = UPLOADED_KINDS.find((one) => one === form.kind) ?? 'annex';
    const file = await StoredFile.write(this.files, this.random, this.clock.now(), name, mediaType, bytes);
    await changeCommission(this.acts, actor, id, 'commission.document-add', async (act, commission) => {
      if (commission.documents.length >= MOST_DOCUMENTS) throw Invalid.field('document', `Une commande joint ${MOST_DOCUMENTS} documents au plus : réunissez-en plusieurs dans un ZIP.`, { ...form });
      if (commission.documents.some((one) => one.title === title)) throw Invalid.field('title', 'Un document porte déjà ce titre : les invités ne sauraient pas lequel lire.', { ...form });
      await act.add(file);
      await act.db.update(Commission, { id }, { documents: [...commission.documents, { fileId: file.id, title, kind, size: file.size }] });
      act.record({ document: title, sha256: file.sha256 });
    });
  }

  remove(actor: Actor, id: string, fileId: string): Promise<void> {
    return changeCommission(this.acts, actor, id, 'commission.document-remove', async (act, commission) => {
      const found = commission.documents.find((one) => one.fileId === fileId);
      if (!found) throw new NotFound();
      await act.db.update(Commission, { id }, { documents: commission.documents.filter((one) => one !== found) });
      act.record({ document: found.title });
    });
  }

  /** One of the joined documents, for the agents of the department. */
  async read(actor: Actor, id: string, fileId: string) {
    const file = await this.acts.look(actor, 'commission.document', async (act) => {
      const commission = await act.db.findOneBy(Commission, { id });
      act.see(commission !== null && mayView(actor, commission));
      if (!commission?.documents.some((one) => one.fileId === fileId)) throw new NotFound();
      return act.db.findOneByOrFail(StoredFile, { id: fileId });
    });
    return { name: file.name, mediaType: file.mediaType, size: file.size, stream: this.files.stream(file.blob) };
  }
}
