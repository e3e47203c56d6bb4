import { Injectable } from '@nestjs/common';
import yazl from 'yazl';
import { Opening } from '../bids/opening.js';
import { Consultation } from '../consultations/consultation.js';
import { worksOn } from '../consultations/consultation.policy.js';
import { toldBefore } from '../consultations/told-before.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { canonical } from '../platform/canonical.js';
import { NotFound, Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { GENESIS, JournalEntry } from '../platform/journal-entry.js';
import { sha256 } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import { Vault } from '../platform/vault.js';
import { Keyring } from '../sealing/keyring.js';
import { ProblemReport } from '../support/problem-report.js';
import { Incident } from '../consultations/incident.js';
import { Attestation, type Stage } from './attestation.js';
import { DOSSIER_FORMAT, lineOf, type Manifest, NAMES } from './dossier.js';
import { bidsPart, consultationPart, deadlinesPart, deliveriesPart, lettersPart, minutesPart, openingPart, receiptsPart, signsPart } from './dossier-parts.js';
import { readmeOf } from './dossier-readme.js';
import { periodOf } from './gathering.js';
import { hiddenFrom, uploadLines } from './revealed.js';
import { HttpFailure } from './minute-record.js';

interface Member {
  name: string;
  content: Buffer;
}

const json = (value: unknown) => `${JSON.stringify(value, null, 1)}\n`;
const lines = (rows: readonly object[]) => rows.map((row) => `${canonical(JSON.parse(JSON.stringify(row)))}\n`).join('');
const FOR_EVER = new Date(8.64e15);

/** Dossier de preuve : one ZIP with all that proves a call, and the signed list of what is in it. */
@Injectable()
export class DossierService {
  constructor(
    private readonly acts: Acts,
    private readonly files: Files,
    private readonly vault: Vault,
    private readonly keyring: Keyring,
  ) {}

  /** @param wanted id or reference of a call that was launched */
  async build(actor: Actor, wanted: string): Promise<{ reference: string; stage: Stage; zip: Buffer }> {
    const { call, stage, now, members, blobs, journal } = await this.acts.look(actor, 'evidence.export', (act) => this.read(act, actor, wanted));
    for (const { name, blob } of blobs) members.push({ name, content: await this.files.read(blob) });
    const said: Manifest = {
      format: DOSSIER_FORMAT,
      stage,
      drawnUpAt: now.toISOString(),
      consultationId: call.id,
      reference: call.reference,
      journal,
      files: members.map(({ name, content }) => ({ name, sha256: sha256(content), size: content.length })).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    };
    const value = this.keyring.sign(Buffer.from(canonical(said), 'utf8'));
    const manifest = { ...said, signature: { alg: 'Ed25519', publicKey: this.keyring.publicKeyPem, value } };
    return { reference: call.reference, stage, zip: await zipOf([{ name: NAMES.manifest, content: Buffer.from(json(manifest)) }, ...members], now) };
  }

  private async read(act: Act, actor: Actor, wanted: string) {
    const call = await act.db.createQueryBuilder(Consultation, 'k').where('k.id = :id or upper(k.reference) = :reference', { id: wanted, reference: wanted.toUpperCase() }).orderBy('k.createdAt', 'DESC').limit(1).getOne();
    act.see(call !== null && (actor.isSystem || worksOn(actor, call.territory)));
    if (!call) throw new NotFound();
    if (!call.launchedAt) throw new Refused('not-launched', 'Cette consultation n’est pas encore lancée : il n’y a rien à prouver.');
    const stage: Stage = call.openedAt === null ? 'sealed' : 'opened';
    const members: Member[] = [];
    const add = (name: string, text: string) => members.push({ name, content: Buffer.from(text, 'utf8') });
    const period = periodOf(call, act.now);
    const entries = await act.db.find(JournalEntry, { where: { chain: call.id }, order: { seq: 'ASC' } });
    add(NAMES.readme, readmeOf(consultationPart(call), stage, act.now, this.keyring.publicKeyFingerprint));
    add(NAMES.key, this.keyring.publicKeyPem);
    add(NAMES.consultation, json(consultationPart(call)));
    add(NAMES.deadlines, json(await deadlinesPart(act, call.id)));
    add(NAMES.letters, json(await lettersPart(act, call.id)));
    add(NAMES.signs, lines(await signsPart(act, period)));
    const hidden = stage === 'opened' ? await hiddenFrom(act, call.id) : null;
    add(NAMES.minutes, lines(await minutesPart(act, period, stage === 'opened' ? (hidden ?? FOR_EVER) : null)));
    const problems = await act.db.find(ProblemReport, { where: { consultationId: call.id }, order: { at: 'ASC' }, select: { id: true, number: true, at: true } });
    add(NAMES.problems, json(problems.map(({ number, at }) => ({ number, at }))));
    const incidents = await act.db.find(Incident, { where: { consultationId: call.id }, order: { from: 'ASC' } });
    add(NAMES.incidents, json(incidents.map(({ kind, from, to, noticedAt }) => ({ kind, from, to, noticedAt }))));
    const blobs = await this.attestations(act, call.id, stage, add);
    if (stage === 'sealed') {
      add(NAMES.told, lines(entries.filter((one) => toldBefore(one.act)).map(toldLine)));
      return { call, stage, now: act.now, members, blobs, journal: null };
    }
    add(NAMES.journal, lines(entries.map(lineOf)));
    blobs.push(...(await this.opened(act, call, add)));
    return { call, stage, now: act.now, members, blobs, journal: { head: entries.at(-1)?.hash ?? GENESIS, lines: entries.length } };
  }

  /** What the opening lets one read: bids, envelopes, receipts, uploads; and the two documents of the opening. */
  private async opened(act: Act, call: Consultation, add: (name: string, text: string) => void) {
    const { bids, rows } = await bidsPart(act, call.id);
    add(NAMES.bids, json(bids));
    add(NAMES.deliveries, json(await deliveriesPart(act, call.id)));
    for (const { id, envelope } of rows) add(NAMES.envelope(id), json(envelope));
    const receipts = await receiptsPart(act, call.id, rows, (stored) => this.vault.open(stored.sealedJson, `receipt/${stored.id}`));
    for (const { id, text } of receipts) add(NAMES.receipt(id), typeof text === 'string' ? text : json(text));
    add(NAMES.opening, json(await openingPart(act, call.id)));
    add(NAMES.uploads, lines((await uploadLines(act, call.id)).lines.map(lineOf)));
    const failures = await act.db.find(HttpFailure, { where: { consultationId: call.id }, order: { minute: 'ASC' } });
    add(NAMES.failures, json(failures.map(({ minute, kind, times }) => ({ minute, kind, times }))));
    const opening = await act.db.findOneBy(Opening, { id: call.id });
    return [...(await blobOf(act, NAMES.openingMinutes, opening?.minutesFileId)), ...(await blobOf(act, NAMES.register, opening?.registerFileId))];
  }

  private async attestations(act: Act, consultationId: string, stage: Stage, add: (name: string, text: string) => void) {
    const blobs: { name: string; blob: string }[] = [];
    for (const one of await act.db.find(Attestation, { where: { consultationId }, order: { number: 'ASC' } })) {
      if (!one.statement || (stage === 'sealed' && one.stage !== 'sealed')) continue;
      add(NAMES.attestation(one.number, 'json'), one.statement);
      blobs.push(...(await blobOf(act, NAMES.attestation(one.number, 'pdf'), one.fileId)));
    }
    return blobs;
  }
}

/** Neither number, nor link, nor the instant of writing, nor the head of the platform's chain: each moves with every line that is not shown. */
function toldLine({ act: name, outcome, actor, details: { platformHead: _, ...details }, instant }: JournalEntry) {
  return { act: name, outcome, actor, details, instant };
}

async function blobOf(act: Act, name: string, fileId: string | null | undefined) {
  const file = fileId ? await act.db.findOneBy(StoredFile, { id: fileId }) : null;
  return file ? [{ name, blob: file.blob }] : [];
}

export async function zipOf(members: readonly Member[], at: Date): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const { name, content } of members) zip.addBuffer(content, name, { mtime: at, mode: 0o100644 });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
