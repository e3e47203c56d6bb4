import { createPublicKey, verify } from 'node:crypto';
import { canonical } from '../platform/canonical.js';
import { sha256 } from '../platform/random.js';
import { unpackedFiles } from '../platform/zip.js';
import { trustedPrint } from '../sealing/public-key.js';
import { nodeTools } from '../sealing/verify-receipt.js';
import { ATTESTATION_FORMAT, type SignedStatement } from './facts.js';
import { DOSSIER_FORMAT, NAMES, type SignedManifest } from './dossier.js';
import { type Reader, type Say, Unlike } from './verify-reader.js';

/** A dossier of a year of minutes has some tens of megabytes; a bomb has more. */
const MOST_BYTES = 1_000_000_000;

/** @throws Unlike with a sentence when it is no ZIP of ours */
export function openZip(bytes: Buffer): Map<string, Buffer> {
  const found = unpackedFiles(bytes, MOST_BYTES);
  if (!found) throw new Unlike('Ce fichier n’est pas une archive ZIP lisible, ou elle est trop grande.');
  const files = new Map<string, Buffer>();
  for (const { name, content } of found) {
    if (files.has(name)) throw new Unlike(`Le fichier « ${name} » figure deux fois dans l’archive.`);
    files.set(name, content);
  }
  if (!files.has(NAMES.manifest)) throw new Unlike(`Cette archive n’est pas un dossier de preuve de Souspli : elle n’a pas de « ${NAMES.manifest} ».`);
  return files;
}

export interface Seal {
  manifest: SignedManifest;
  fingerprint: string | null;
  trusted: boolean;
}

/** The signed list: whose key, and whether each file is the one it lists, no less and no more. */
export function checkSeal(reader: Reader, trusted: string | undefined, say: Say): Seal {
  const manifest = reader.json<SignedManifest>(NAMES.manifest);
  const { signature, ...said } = manifest;
  if (said.format !== DOSSIER_FORMAT) throw new Unlike('Le manifeste n’est pas celui d’un dossier de preuve de Souspli, ou sa version est inconnue.');
  const fingerprint = signedBy(said, signature);
  if (!fingerprint) say('La signature du manifeste ne correspond pas : le dossier a été modifié après son établissement.');
  const wanted = trusted === undefined ? null : trustedPrint(nodeTools, trusted);
  if (trusted !== undefined && !wanted) say('La clé à laquelle vous vous fiez est illisible : donnez la clé publique de la plateforme (PEM), ou son empreinte.');
  if (wanted && fingerprint && wanted !== fingerprint) say('Le dossier est signé par une autre clé que celle de la plateforme.');
  const listed = new Map(said.files.map((one) => [one.name, one]));
  for (const { name, sha256: hash } of said.files) {
    const content = reader.files.get(name);
    if (!content) say(`Le fichier « ${name} », listé par le manifeste, manque.`);
    else if (sha256(content) !== hash) say(`Le fichier « ${name} » a été modifié : son empreinte n’est pas celle du manifeste.`);
  }
  for (const name of reader.files.keys()) if (name !== NAMES.manifest && !listed.has(name)) say(`Le fichier « ${name} » a été ajouté : le manifeste ne le liste pas.`);
  return { manifest, fingerprint, trusted: wanted !== null && wanted === fingerprint };
}

/** @returns the fingerprint of the key when the signature is right */
export function signedBy(said: object, signature: { publicKey: string; value: string } | undefined): string | null {
  try {
    const key = createPublicKey(signature?.publicKey ?? '');
    const value = Buffer.from(signature?.value ?? '', 'base64');
    const right = key.asymmetricKeyType === 'ed25519' && value.toString('base64') === signature?.value && verify(null, Buffer.from(canonical(said), 'utf8'), key, value);
    return right ? sha256(key.export({ type: 'spki', format: 'der' })) : null;
  } catch {
    return null;
  }
}

/** An attestation alone, or in a dossier. @param pdf the document that it says it goes with, when there is one */
export function checkStatement(text: string, pdf: Buffer | undefined, key: string | null, say: Say, what = 'L’attestation'): SignedStatement | null {
  let statement: SignedStatement;
  try {
    statement = JSON.parse(text) as SignedStatement;
  } catch {
    say(`${what} ne se lit pas (JSON).`);
    return null;
  }
  const { signature, ...said } = Object(statement) as SignedStatement;
  if (said.format !== ATTESTATION_FORMAT) {
    say(`${what} n’est pas une attestation de fonctionnement de Souspli, ou sa version est inconnue.`);
    return null;
  }
  const print = signedBy(said, signature);
  if (!print) say(`${what} a été modifiée après sa signature, ou sa signature est fausse.`);
  else if (key && print !== key) say(`${what} est signée par une autre clé que celle de la plateforme.`);
  if (pdf && sha256(pdf) !== said.pdf?.sha256) say(`${what} : le PDF n’est pas celui qui a été signé.`);
  return statement;
}
