// What is said to the person who checks a receipt: the same words on the command line and on the page without a network.
import { checkReceipt, type Verdict } from './receipt-check.js';
import { checkFiles, type FileVerdict, type GivenFile } from './receipt-files.js';
import { type Receipt, RECEIPT_KINDS } from './receipt.js';
import type { Tools } from './public-key.js';

export interface ReceiptReport {
  /** The receipt is genuine and, when files were given, they are exactly those it lists. */
  ok: boolean;
  /** The whole result in one sentence. */
  sentence: string;
  receipt: Verdict;
  /** What the signature covers: shown only when it is right. */
  facts: { label: string; value: string }[];
  files: FileVerdict[];
  /** Listed by the receipt, not given. */
  missing: string[];
}

export interface ReportOptions {
  /** Public key of the platform, or its fingerprint. */
  trusted?: string;
  /** Files were deliberately left out: those that are missing are only listed. */
  some?: boolean;
}

/** @param text content of the file `recu.json`, whatever it is */
export async function reportOnReceipt(tools: Tools, text: string, given: readonly GivenFile[], options: ReportOptions = {}): Promise<ReceiptReport> {
  const parsed = parse(text);
  const receipt = typeof parsed === 'string' ? { ok: false, trusted: false, reason: parsed } : await checkReceipt(tools, parsed.value, options.trusted);
  if (!receipt.ok || typeof parsed === 'string') {
    return { ok: false, sentence: `REFUSÉ : ${receipt.reason}`, receipt, facts: [], files: [], missing: [] };
  }
  const genuine = parsed.value as Receipt;
  const { files, missing } = await checkFiles(tools, genuine, given);
  const complete = given.length === 0 || missing.length === 0 || options.some === true;
  const wrong = files.filter((file) => !file.ok).length;
  const ok = wrong === 0 && complete;
  return { ok, sentence: conclusion({ receipt, genuine, given: given.length, wrong, missing: complete ? 0 : missing.length }), receipt, facts: factsOf(genuine), files: files.map(readable), missing: missing.map(onOneLine) };
}

const PDF = 'Ce fichier est un PDF : il se lit, mais ne se vérifie pas. Donnez la version vérifiable de l’accusé (recu.json).';

function parse(text: string): { value: unknown } | string {
  if (text.startsWith('%PDF')) return PDF;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return 'Ce fichier n’est pas un accusé de réception : son contenu ne se lit pas (JSON). Donnez le fichier recu.json tel qu’il vous a été remis.';
  }
}

function conclusion(found: { receipt: Verdict; genuine: Receipt; given: number; wrong: number; missing: number }): string {
  const { receipt, genuine, given, wrong, missing } = found;
  const faults = [
    wrong > 0 && (wrong === 1 ? 'un fichier n’est pas celui qui a été déposé' : `${wrong} fichiers ne sont pas ceux qui ont été déposés`),
    missing > 0 && (missing === 1 ? 'un fichier de l’accusé n’a pas été donné' : `${missing} fichiers de l’accusé n’ont pas été donnés`),
  ].filter((fault) => fault !== false);
  if (faults.length > 0) return `REFUSÉ : ${faults.join(' ; ')}.`;
  const compared = given === 1 ? 'le fichier donné est celui qui a été déposé' : `les ${given} fichiers donnés sont ceux qui ont été déposés`;
  const files = genuine.files.length === 0 ? '' : given === 0 ? ' ; aucun fichier n’a été comparé' : ` ; ${compared}`;
  return receipt.trusted
    ? `CONFORME : l’accusé est authentique, signé par la clé de la plateforme${files}.`
    : `CONFORME SOUS RÉSERVE : l’accusé est intact depuis sa signature (clé non comparée)${files}.`;
}

function factsOf(receipt: Receipt) {
  const { consultation, operator, deadline, kind } = receipt;
  const { nature, when } = RECEIPT_KINDS[kind];
  const status = receipt.status === 'in-time' ? 'dans les délais' : 'hors délai';
  return [
    { label: 'Nature', value: kind === 'deposit' ? `${nature}, reçu ${status}` : nature },
    { label: 'Déposant', value: operator.name + (operator.id ? ` (${operator.scheme ?? 'identifiant'} ${operator.id})` : '') },
    { label: 'Acheteur', value: receipt.buyer },
    { label: 'Consultation', value: `${consultation.title} (${consultation.reference})` },
    { label: when, value: `${receipt.receivedAtLocal} (${receipt.receivedAt}, temps universel)` },
    { label: 'Date limite appliquée', value: `avant le ${onClocks(deadline.local)}, heure légale de ${deadline.timeZone} (${deadline.instant}, temps universel ; version ${deadline.version})` },
    { label: 'Identifiant du pli', value: receipt.bidId },
    { label: 'Empreinte du pli scellé', value: receipt.sealHash },
  ].map(({ label, value }) => ({ label, value: onOneLine(value) }));
}

const readable = ({ name, ok, reason }: FileVerdict): FileVerdict => ({ name: onOneLine(name), ok, ...(reason ? { reason: onOneLine(reason) } : {}) });

/** « 26/07/2023 à 23:59 », from `2023-07-26T23:59`. */
const onClocks = (local: string) => local.replace(/^(\d{4})-(\d\d)-(\d\d)T/, '$3/$2/$1 à ');

/** A receipt signed by anybody may carry what moves a terminal's cursor or turns the reading round. */
const onOneLine = (text: string) => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
