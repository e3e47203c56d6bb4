import { Injectable } from '@nestjs/common';
import yazl from 'yazl';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { StoredFile } from '../platform/stored-file.js';
import { ConsultationDocument } from './consultation.js';
import { isInvited } from './consultation.policy.js';
import { Notice } from './exchange.js';
import { visible } from './questions.service.js';

export type FiledDocument = ConsultationDocument & { file: StoredFile };

/** What invited organisations read. */
@Injectable()
export class ConsultationsService {
  constructor(
    private readonly acts: Acts,
    private readonly files: Files,
  ) {}

  /** Four queries: the consultation, the invitation, its documents (former versions too) and its notices. */
  find(actor: Actor, id: string) {
    return this.acts.look(actor, 'consultation.show', async (act) => {
      const { consultation, invitation } = await visible(act, actor, id);
      const all = (await act.db
        .createQueryBuilder(ConsultationDocument, 'd')
        .innerJoinAndMapOne('d.file', StoredFile, 'f', 'f.id = d."fileId"')
        .where('d."consultationId" = :id', { id })
        .orderBy('d.kind')
        .addOrderBy('d.version', 'DESC')
        .getMany()) as FiledDocument[];
      const notices = await act.db.find(Notice, { where: { consultationId: id }, order: { number: 'DESC' }, select: { id: true, number: true, kind: true, text: true, significant: true, fileId: true, at: true } });
      return {
        consultation,
        invitation,
        invited: isInvited(actor, consultation, invitation),
        documents: all.filter((one) => one.supersededAt === null),
        former: all.filter((one) => one.supersededAt !== null),
        notices,
        now: act.now,
      };
    });
  }

  async document(actor: Actor, id: string, documentId: string) {
    const { documents, former } = await this.find(actor, id);
    const found = [...documents, ...former].find((one) => one.id === documentId);
    if (!found) throw new NotFound();
    return { name: `${found.title}${found.version > 1 ? ` (version ${found.version})` : ''}.pdf`, stream: this.files.stream(found.file.blob), size: found.file.size };
  }

  /** The whole file as one ZIP, made as it leaves: each document is read when its turn comes. */
  async archive(actor: Actor, id: string) {
    const { consultation, documents } = await this.find(actor, id);
    if (documents.length === 0) throw new NotFound('Cette consultation n’a pas encore de document.');
    const zip = new yazl.ZipFile();
    for (const [index, one] of documents.entries()) {
      const name = `${String(index + 1).padStart(2, '0')} ${one.title.replaceAll(/[\\/:*?"<>|]/g, '-')}.pdf`;
      zip.addReadStreamLazy(name, { mtime: one.createdAt, size: one.file.size, compress: false }, (give) => give(null, this.files.stream(one.file.blob)));
    }
    zip.end();
    return { name: `${consultation.reference}.zip`, stream: zip.outputStream, documents: documents.map((one) => one.id) };
  }

  async notice(actor: Actor, id: string, number: number) {
    const file = await this.acts.look(actor, 'notice.show', async (act) => {
      await visible(act, actor, id);
      const notice = await act.db.findOneBy(Notice, { consultationId: id, number });
      if (!notice) throw new NotFound();
      if (!notice.fileId) throw new NotFound('Cet avis est en cours d’impression : réessayez dans quelques secondes.');
      return act.db.findOneByOrFail(StoredFile, { id: notice.fileId });
    });
    return { stream: this.files.stream(file.blob), size: file.size };
  }

  /** The blank form of an expected document. */
  async form(actor: Actor, id: string, index: number) {
    const { consultation } = await this.find(actor, id);
    const expected = consultation.expected[index];
    if (!expected?.fileId) throw new NotFound();
    const file = await this.acts.look(actor, 'consultation.form', (act) => {
      act.see(true); // `find` asked who may see the consultation
      return act.db.findOneByOrFail(StoredFile, { id: expected.fileId ?? '' });
    });
    return { name: expected.fileName ?? 'formulaire', stream: this.files.stream(file.blob), size: file.size };
  }
}
