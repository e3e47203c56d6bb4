// The rules by which anybody checks a receipt. One source for the command line and for the page that works without
// a network (templates/verifier): nothing of Node in here, nothing of the browser either.
import { publicKeyOf, trustedPrint, type Tools } from './public-key.js';
import { type Receipt, RECEIPT_FORMAT, RECEIPT_KINDS, type ReceiptBody, type ReceiptFile, signedBytes } from './receipt.js';

export interface Verdict {
  ok: boolean;
  /** True when the signing key was compared with one the reader trusts. */
  trusted: boolean;
  /** French sentence: why it is refused, or what the check did not prove. */
  reason?: string;
  fingerprint?: string;
}

const NOT_COMPARED = 'La signature est juste, mais la clé n’a pas été comparée à celle que la plateforme publie.';

/**
 * @param receipt parsed JSON from anybody: nothing about its shape is taken for granted
 * @param trusted public key published by the platform (PEM) or its fingerprint; without it, anyone's own key would
 * pass, and the verdict says so
 */
export async function checkReceipt(tools: Tools, receipt: unknown, trusted?: string): Promise<Verdict> {
  const { signature, ...body } = Object(receipt) as Partial<Receipt>;
  if (body.format !== RECEIPT_FORMAT) return refused('Ce document n’est pas un accusé de réception de Souspli, ou sa version est inconnue.');
  if (signature?.alg !== 'Ed25519' || typeof signature.value !== 'string' || typeof signature.publicKey !== 'string') {
    return refused('La signature de cet accusé de réception est absente ou incomplète.');
  }
  const key = publicKeyOf(tools, signature.publicKey);
  const value = bytesOfBase64(signature.value);
  if (!key || value?.length !== 64) return refused('La clé publique ou la signature de cet accusé de réception est illisible.');
  if (!(await tools.ed25519(key.raw, signedBytes(body as ReceiptBody), value))) {
    return refused('La signature ne correspond pas : cet accusé de réception a été modifié après son émission.');
  }
  const no = (reason: string): Verdict => ({ ...refused(reason), fingerprint: key.fingerprint });
  if (trusted !== undefined) {
    const print = trustedPrint(tools, trusted);
    if (!print) return no('La clé à laquelle vous vous fiez est illisible : donnez la clé publique de la plateforme (PEM), ou son empreinte.');
    if (print !== key.fingerprint) return no('Cet accusé de réception est signé par une autre clé que celle de la plateforme.');
  }
  if (!hasShape(body)) return no('La signature est juste, mais cet accusé de réception n’est pas rédigé dans la forme attendue.');
  if (!verdictFitsDates(body)) return no('La mention « dans les délais » ou « hors délai » contredit les instants écrits.');
  return { ok: true, trusted: trusted !== undefined, ...(trusted === undefined ? { reason: NOT_COMPARED } : {}), fingerprint: key.fingerprint };
}

const refused = (reason: string): Verdict => ({ ok: false, trusted: false, reason });

/** Only the one text of its bytes: decoders skip what is not base64, and several texts would pass for one signature. */
function bytesOfBase64(text: string): Uint8Array | undefined {
  try {
    const binary = atob(text);
    return btoa(binary) === text ? Uint8Array.from(binary, (char) => char.charCodeAt(0)) : undefined;
  } catch {
    return undefined;
  }
}

/** In time if and only if strictly before the deadline (decisions.md 2). ISO texts of one length are ordered like time. */
function verdictFitsDates({ status, receivedAt, deadline }: ReceiptBody) {
  const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
  if (!iso.test(receivedAt) || !iso.test(deadline.instant)) return false;
  return status === (receivedAt < deadline.instant ? 'in-time' : 'late');
}

/** Everything that is compared or shown. A platform of ours never signs anything else; another signer may. */
function hasShape(body: Partial<ReceiptBody>): body is ReceiptBody {
  const { consultation, operator, deadline, files, kind } = body;
  const words = [body.buyer, body.receivedAt, body.receivedAtLocal, body.timeZone, body.sealHash, body.receiptId, body.bidId];
  const inner = [consultation?.reference, consultation?.title, operator?.name, deadline?.instant, deadline?.local];
  return (
    typeof kind === 'string' && Object.hasOwn(RECEIPT_KINDS, kind) &&
    [...words, ...inner].every((word) => typeof word === 'string') &&
    Number.isInteger(deadline?.version) &&
    Array.isArray(files) &&
    files.every(isFile)
  );
}

function isFile(file: Partial<ReceiptFile> | null): boolean {
  const whole = file?.sha256 === null || isHash(file?.sha256);
  return whole && typeof file?.name === 'string' && isSize(file.size) && Array.isArray(file.parts) && file.parts.every((part) => isSize(part?.size) && isHash(part.sha256));
}

const isHash = (value: unknown) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isSize = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
