import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Readable } from 'node:stream';
import yazl from 'yazl';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { extensionOf } from '../platform/media.js';
import { StoredFile } from '../platform/stored-file.js';
import { ConsultationDocument } from './consultation.js';
import { inOrder } from './consultation-parts.js';
import { isInvited } from './consultation.policy.js';
import { Notice, NOTICE_KINDS } from './exchange.js';
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
        .getMany()) as FiledDocument[];
      all.sort((a, b) => inOrder(a, b) || b.version - a.version);
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
    return { name: fileNameOf(found), mediaType: found.file.mediaType, stream: this.files.stream(found.file.blob), size: found.file.size };
  }

  /** The whole file as one ZIP, made as it leaves: each part is read when its turn comes, and `sha256sum -c` checks them all. */
  async archive(actor: Actor, id: string) {
    const { consultation, documents, former, notices } = await this.find(actor, id);
    if (documents.length === 0) throw new NotFound('Cette consultation n’a pas encore de document.');
    const forms = consultation.expected.flatMap((one) => (one.fileId ? [one.fileId] : []));
    const printed = notices.flatMap((one) => (one.fileId ? [one.fileId] : []));
    const files = await this.filesOf(actor, [...forms, ...printed]);
    const entries: { name: string; file: StoredFile }[] = [
      ...documents.map((one, index) => ({ name: `${two(index + 1)} ${fileNameOf(one)}`, file: one.file })),
      ...former.map((one) => ({ name: `Versions précédentes/${fileNameOf(one)}`, file: one.file })),
      ...forms.map((fileId, index) => ({ name: `Formulaires vierges/${two(index + 1)} ${clean(files.get(fileId)?.name ?? '')}`, file: files.get(fileId) as StoredFile })),
      ...notices.flatMap(({ fileId, number, kind }) => (fileId ? [{ name: `Avis/${two(number)} ${NOTICE_KINDS[kind]}.pdf`, file: files.get(fileId) as StoredFile }] : [])),
    ];
    const zip = new yazl.ZipFile();
    const output = zip.outputStream as Readable;
    output.on('error', () => undefined); // before the answer listens to it
    distinct(entries);
    // A file that cannot be read cuts the archive short, and nothing else: yazl listens to none of its sources.
    const source = (blob: string) => this.files.stream(blob).once('error', (error) => output.destroy(error));
    for (const { name, file } of entries) zip.addReadStreamLazy(name, { mtime: file.createdAt, size: file.size, compress: false }, (give) => give(null, source(file.blob)));
    zip.addBuffer(Buffer.from(entries.map(({ name, file }) => `${file.sha256}  ${name}\n`).join('')), 'SHA256SUMS', { mtime: consultation.createdAt });
    zip.end();
    return { name: `${consultation.reference}.zip`, stream: output, documents: documents.map((one) => one.id) };
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
    const { consultation } = await this.acts.look(actor, 'consultation.form', (act) => visible(act, actor, id));
    const expected = consultation.expected[index];
    const file = (await this.filesOf(actor, expected?.fileId ? [expected.fileId] : [])).get(expected?.fileId ?? '');
    if (!file) throw new NotFound();
    return { name: expected?.fileName ?? file.name, mediaType: file.mediaType, stream: this.files.stream(file.blob), size: file.size };
  }

  /** @param ids of files that the caller has seen the right to */
  private filesOf(actor: Actor, ids: readonly string[]): Promise<Map<string, StoredFile>> {
    return this.acts.look(actor, 'consultation.files', async (act) => {
      act.see(true);
      const files = ids.length > 0 ? await act.db.findBy(StoredFile, { id: In([...ids]) }) : [];
      return new Map(files.map((one) => [one.id, one]));
    });
  }
}

/** A file system takes 255 bytes, and an accented letter is two. */
const MOST_IN_NAME = 100;
const two = (n: number) => String(n).padStart(2, '0');
const clean = (name: string) => name.replaceAll(/[\\/:*?"<>|\p{Cc}]/gu, '-');

/** Two documents of one title, replaced: the second would overwrite the first where the archive is unpacked. */
function distinct(entries: { name: string }[]) {
  const seen = new Map<string, number>();
  for (const entry of entries) {
    const key = entry.name.toLowerCase();
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    if (times > 1) entry.name = entry.name.replace(/(\.\w+)?$/, ` [${times}]$1`);
  }
}

/** « Cahier des charges (version 2).pdf »: its title, and the extension of what it is. */
function fileNameOf({ title, version, file }: FiledDocument) {
  return clean(`${title.slice(0, MOST_IN_NAME)}${version > 1 ? ` (version ${version})` : ''}.${extensionOf(file.name) || 'pdf'}`);
}
