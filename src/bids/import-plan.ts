import type { Consultation } from '../consultations/consultation.js';
import { inFrench, instantOf, UnknownLocalTime } from '../platform/dates.js';
import type { OneFile } from '../platform/multipart.js';
import { sha256 } from '../platform/random.js';
import { readSheet } from '../platform/spreadsheet.js';
import { HostileZip, unpackedEach } from '../platform/zip.js';
import { cleanFileName } from '../sealing/file-name.js';
import { type Invited, isLitter, placeOf, readRegister, type RegisterError, type RegisterLine } from './import-register.js';

const MOST_FILES = 2000;

/** What is given: the register, the archive when somebody bid, and when the bids were opened there. */
export interface GivenImport {
  register: OneFile | null;
  archive: OneFile | null;
  /** `YYYY-MM-DDTHH:mm` on the buyer's clocks. */
  openedThere: string;
  /** « Aucun pli n’a été reçu ». */
  none: boolean;
}

export interface PlannedBid extends RegisterLine {
  late: boolean;
  files: { name: string; size: number }[];
}

export interface ImportPlan {
  bids: PlannedBid[];
  errors: RegisterError[];
  openedThereAt: Date | null;
  /** Of both files and of the hour: what was rehearsed is what is taken. */
  seen: string;
}

/** Everything that can be said of the two files before anything is written; all the faults at once. */
export async function planImport(given: GivenImport, consultation: Consultation, invited: readonly Invited[], maxUnpacked: number, now: Date): Promise<ImportPlan> {
  const { register, archive, none } = given;
  const errors: RegisterError[] = [];
  const say = (message: string, line: number | null = null) => errors.push({ line, message });
  const openedThereAt = openingThere(given.openedThere, consultation, now, say);
  const seen = sha256(JSON.stringify([register && sha256(register.bytes), archive && sha256(archive.bytes), given.openedThere, none]));
  if (!register) say('Joignez le registre des dépôts de l’autre plateforme.');
  if (none && archive) say('Vous dites qu’aucun pli n’a été reçu, et vous joignez une archive : retirez l’un ou l’autre.');
  if (!none && !archive) say('Joignez l’archive ZIP des plis, ou cochez « Aucun pli n’a été reçu ».');
  if (!register || none || !archive) return { bids: [], errors, openedThereAt, seen };
  const read = readRegister(await readSheet(register.bytes, 'register'), invited, consultation.timeZone);
  errors.push(...read.errors);
  const bids: PlannedBid[] = read.lines.map((one) => ({ ...one, late: !consultation.isInTime(one.receivedAt), files: [] }));
  for (const bid of bids) if (openedThereAt && bid.receivedAt > openedThereAt) say('Ce pli serait arrivé après l’ouverture des plis.', bid.line);
  // Lines that could not be read would make their folders unknown: said once, beside the line.
  if (read.errors.length === 0) errors.push(...sortFiles(archive.bytes, bids, maxUnpacked));
  return { bids, errors, openedThereAt, seen };
}

function openingThere(typed: string, { timeZone, deadline }: Consultation, now: Date, say: (message: string) => void): Date | null {
  try {
    const at = instantOf(typed, timeZone);
    if (at < deadline) say(`L’ouverture ne peut pas précéder la date limite, ${inFrench(deadline, timeZone)}. Si elle a été reportée sur l’autre plateforme, c’était à reporter ici aussi, avant qu’elle ne passe.`);
    else if (at > now) say('Cette ouverture serait à venir : les plis se reprennent une fois ouverts sur l’autre plateforme.');
    else return at;
  } catch (error) {
    if (!(error instanceof UnknownLocalTime)) throw error;
    say(`Ouverture sur l’autre plateforme : ${error.message}`);
  }
  return null;
}

/** Gives each line its files, all read and checked. */
function sortFiles(archive: Buffer, bids: PlannedBid[], maxUnpacked: number): RegisterError[] {
  const errors: RegisterError[] = [];
  try {
    for (const { bid, name, content } of filesOf(archive, bids, maxUnpacked)) {
      if (content.byteLength === 0) errors.push({ line: bid.line, message: `« ${name} » est vide.` });
      if (bid.files.some((one) => one.name === name)) errors.push({ line: bid.line, message: `Deux fichiers du dossier « ${bid.folder} » s’appellent « ${name} ».` });
      bid.files.push({ name, size: content.byteLength });
    }
  } catch (error) {
    if (!(error instanceof HostileZip)) throw error;
    return [{ line: null, message: error.message }];
  }
  for (const { line, folder, files } of bids) if (files.length === 0) errors.push({ line, message: `L’archive n’a aucun fichier dans le dossier « ${folder} ».` });
  return errors;
}

/** The files of the archive, each with its bid. @throws HostileZip when one belongs to no line */
export function* filesOf<B extends { folder: string }>(archive: Buffer, bids: readonly B[], maxUnpacked: number): Generator<{ bid: B; name: string; content: Buffer }> {
  const folders = bids.map((one) => one.folder);
  for (const { name, content } of unpackedEach(archive, maxUnpacked, MOST_FILES)) {
    if (isLitter(name)) continue;
    const place = placeOf(name, folders);
    if (place && 'refused' in place) throw new HostileZip(place.refused);
    const bid = bids.find((one) => one.folder === place?.folder);
    if (!place || !bid) throw new HostileZip(`« ${name} » n’est dans le dossier d’aucune ligne du registre.`);
    yield { bid, name: cleanFileName(place.name), content };
  }
}
