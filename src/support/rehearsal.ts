import { Commission } from '../commissions/commission.js';
import { typedOf } from '../commissions/typed.js';
import { Consultation, ConsultationDocument } from '../consultations/consultation.js';
import { Authority, Organisation } from '../people/people.js';
import { Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { Files } from '../platform/files.js';
import { StoredFile } from '../platform/stored-file.js';

export interface Getter {
  get<T>(type: Function & { prototype: T }): T;
}

/** What leaves the real instance. No person, no invitation, no question, no bid: there is no field to put them in. */
export interface RehearsedCall {
  title: string;
  object: string;
  territory: string;
  timeZone: string;
  localDeadline: string;
  openingDelayMinutes: number;
  quorum: number;
  expected: string[];
  outageRule: { minutes: number; hours: number } | null;
  /** When the simulated clock starts: the real call left then. */
  startsAt: Date;
  buyer: { name: string; authority: Omit<Authority, 'id'> };
  /** Words of the commission, when there is one: its letters are written, signed and sent again. */
  commission: ReturnType<typeof typedOf> | null;
  documents: { title: string; kind: ConsultationDocument['kind']; name: string; mediaType: string; bytes: Buffer }[];
}

/** Letters name real people and bear real signatures: those of the rehearsal are made in the rehearsal. */
const LETTERS = new Set<ConsultationDocument['kind']>(['commission-letter', 'consultation-letter']);
const DAY_MS = 86_400_000;

/**
 * Reads a real call, and nothing but what a rehearsal shows.
 * @param wanted its id or its reference
 */
export async function readCall(app: Getter, wanted: string): Promise<RehearsedCall> {
  const found = await app.get(Acts).look(Actor.system, 'rehearsal.read', async (act) => {
    act.see(act.actor.isSystem);
    const [consultation] = await act.db
      .createQueryBuilder(Consultation, 'k')
      .where('k.id = :id or upper(k.reference) = :reference', { id: wanted, reference: wanted.toUpperCase() })
      .orderBy('k."createdAt"', 'DESC')
      .limit(1)
      .getMany();
    if (!consultation) return null;
    const authority = await act.db.findOneByOrFail(Authority, { id: consultation.authorityId });
    const buyer = await act.db.findOneByOrFail(Organisation, { id: consultation.authorityId });
    const commission = await act.db.findOneBy(Commission, { consultationId: consultation.id });
    const documents = await act.db.find(ConsultationDocument, { where: { consultationId: consultation.id }, order: { kind: 'ASC' } });
    const specifications = commission?.specificationsFileId ? [{ title: 'Cahier des charges', kind: 'specifications' as const, fileId: commission.specificationsFileId }] : [];
    const wantedFiles = commission ? specifications : documents.filter((one) => one.supersededAt === null && !LETTERS.has(one.kind));
    const files: { title: string; kind: ConsultationDocument['kind']; file: StoredFile }[] = [];
    for (const { title, kind, fileId } of wantedFiles) files.push({ title, kind, file: await act.db.findOneByOrFail(StoredFile, { id: fileId }) });
    return { consultation, authority, buyer, commission, files };
  });
  if (!found) throw new Error(`Aucune consultation n’a l’identifiant ou la référence « ${wanted} ».`);
  const { consultation, authority, buyer, commission, files } = found;
  const documents: RehearsedCall['documents'] = [];
  for (const { title, kind, file } of files) documents.push({ title, kind, name: file.name, mediaType: file.mediaType, bytes: await app.get(Files).read(file.blob) });
  return withoutAddresses({
    title: consultation.title,
    object: consultation.object,
    territory: consultation.territory,
    timeZone: consultation.timeZone,
    localDeadline: consultation.localDeadline,
    openingDelayMinutes: consultation.openingDelayMinutes,
    quorum: consultation.quorum,
    expected: consultation.expected.map((one) => one.label),
    outageRule: consultation.outageRule,
    startsAt: startOf(consultation),
    buyer: { name: buyer.name, authority: withoutId(authority) },
    commission: commission && typedOf(commission, consultation),
    documents,
  });
}

/** The day it left; a fortnight before its limit when that tells nothing. */
function startOf({ launchedAt, createdAt, deadline }: Consultation): Date {
  const start = launchedAt ?? createdAt;
  return start < deadline ? start : new Date(deadline.getTime() - 14 * DAY_MS);
}

function withoutId({ id: _, ...rest }: Authority): Omit<Authority, 'id'> {
  return rest;
}

/** An address written in a letterhead or a paragraph would be a real person's: nobody is written to from a rehearsal. */
function withoutAddresses<T>(value: T): T {
  if (typeof value === 'string') return value.replaceAll(/[^\s<>«»,;:()]+@[^\s<>«»,;:()]+/g, 'adresse@repetition.example') as T;
  if (value instanceof Date || Buffer.isBuffer(value) || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one: unknown) => withoutAddresses(one)) as T;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutAddresses(one as unknown)])) as T;
}
