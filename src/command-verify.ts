import { open, readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { trustedPrint } from './sealing/public-key.js';
import { reportOnReceipt } from './sealing/receipt-report.js';
import { nodeTools, onDisk } from './sealing/verify-receipt.js';

/** What `npm run souspli -- verify` answers: `lines` for a person, `json` for a machine, exit code 1 when not `ok`. */
export interface Verification {
  ok: boolean;
  lines: string[];
  json: object;
}

export interface VerifyOptions {
  /** A file with the platform's public key, that key (PEM), or its fingerprint. */
  key?: string;
  /** Documents left out on purpose are listed, not refused. */
  some?: boolean;
}

interface Kind {
  /** From the first bytes of the first file. */
  recognises(head: Buffer): boolean;
  verify(file: string, others: string[], options: { trusted?: string; some?: boolean }): Promise<Verification>;
}

/** One line per kind of proof that leaves the platform; the first that recognises the file checks it. */
const KINDS: Kind[] = [
  { recognises: (head) => head.subarray(0, 4).equals(Buffer.from([0x50, 0x4b, 0x03, 0x04])), verify: dossier },
  { recognises: (head) => head.toString('latin1').startsWith('{"attestation":'), verify: attestation },
  { recognises: () => true, verify: receipt },
];

/** Offline: neither the database nor the network is touched. */
export async function verifyFiles([file, ...others]: string[], { key, some }: VerifyOptions = {}): Promise<Verification> {
  if (!file) throw new Error('Indiquez l’accusé de réception (recu.json), puis les fichiers déposés.');
  for (const path of [file, ...others]) await mustBeFile(path);
  const head = await firstBytes(file);
  const kind = KINDS.find((one) => one.recognises(head)) as Kind;
  return kind.verify(file, others, { trusted: key === undefined ? undefined : await trustedKey(key), some });
}

/** Receipts are a few kilobytes; a bid has a few hundred parts at most. */
const LARGEST_RECEIPT = 32_000_000;

async function receipt(file: string, others: string[], options: { trusted?: string; some?: boolean }): Promise<Verification> {
  const { size } = await stat(file);
  if (size > LARGEST_RECEIPT) throw new Error(`« ${basename(file)} » est trop grand pour un accusé de réception : donnez d’abord recu.json, puis les fichiers déposés.`);
  const given = await Promise.all(others.map(async (path) => onDisk(basename(path), path, (await stat(path)).size)));
  const report = await reportOnReceipt(nodeTools, await readFile(file, 'utf8'), given, options);
  const lines = [
    report.sentence,
    ...(report.receipt.fingerprint ? [`Clé qui a signé (SHA-256) : ${report.receipt.fingerprint}`] : []),
    ...(report.receipt.ok && report.receipt.reason ? [`À savoir : ${report.receipt.reason} Ajoutez --key avec la clé de la page /cle-publique, ou son empreinte.`] : []),
    ...report.facts.map(({ label, value }) => `${label} : ${value}`),
    ...report.files.map((one) => `${one.ok ? '✓' : '✗'} ${basename(one.name)}${one.reason ? ` : ${one.reason}` : ''}`),
    ...(given.length > 0 ? report.missing.map((name) => `${options.some ? '–' : '✗'} « ${name} » figure dans l’accusé et n’a pas été donné.`) : []),
  ];
  return { ok: report.ok, lines, json: { kind: 'receipt', ...report } };
}

/** Dossier de preuve: read into memory, since each of its files is compared with the signed list. */
async function dossier(file: string, others: string[], { trusted }: { trusted?: string }): Promise<Verification> {
  if (others.length > 0) throw new Error('Un dossier de preuve se vérifie seul : donnez evidence.zip, sans autre fichier.');
  const { verifyDossier } = await import('./evidence/verify-dossier.js');
  const found = await verifyDossier(await readFile(file), trusted);
  const lines = [
    found.ok ? 'CONFORME : le dossier est intact, et chaque règle rejouée donne ce qu’il annonce.' : `REFUSÉ : ${found.faults.length} écart${found.faults.length > 1 ? 's' : ''}.`,
    ...(found.fingerprint ? [`Clé qui a signé (SHA-256) : ${found.fingerprint}`] : []),
    ...found.facts.map(({ label, value }) => `${label} : ${value}`),
    ...found.faults.map((fault) => `✗ ${fault}`),
    ...found.notes.map((note) => `À savoir : ${note}`),
  ];
  return { ok: found.ok, lines, json: { kind: 'evidence', ...found } };
}

async function attestation(file: string, others: string[], { trusted }: { trusted?: string }): Promise<Verification> {
  const { verifyAttestation } = await import('./evidence/verify-dossier.js');
  const print = trusted === undefined ? null : (trustedPrint(nodeTools, trusted) ?? 'illisible');
  const { faults, statement } = verifyAttestation(await readFile(file, 'utf8'), others[0] ? await readFile(others[0]) : undefined, print);
  const ok = faults.length === 0;
  const call = statement?.attestation.consultation;
  const lines = [
    ok ? `CONFORME : l’attestation est intacte${others[0] ? ', et le PDF est celui qui a été signé' : ''}.` : `REFUSÉ : ${faults.join(' ')}`,
    ...(ok && call ? [`Consultation : ${call.title} (${call.reference})`.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')] : []),
    ...(trusted === undefined ? ['À savoir : la clé n’a pas été comparée à celle que la plateforme publie : ajoutez --key.'] : []),
    ...(others[0] ? [] : ['À savoir : donnez aussi le PDF pour le comparer.']),
  ];
  return { ok, lines, json: { kind: 'attestation', ok, faults } };
}

/** A key may be given as it is, or as the file where it was kept. */
async function trustedKey(key: string): Promise<string> {
  if (key.includes('-----BEGIN') || /^[\s:0-9a-fA-F]{64,}$/.test(key)) return key;
  await mustBeFile(key);
  return readFile(key, 'utf8');
}

async function mustBeFile(path: string) {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(error.code === 'ENOENT' ? `Le fichier « ${path} » n’existe pas.` : `Le fichier « ${path} » ne peut pas être lu (${error.code}).`);
  });
  if (found.isDirectory()) throw new Error(`« ${path} » est un dossier : donnez les fichiers qu’il contient (${path.replace(/\/$/, '')}/*).`);
}

async function firstBytes(path: string): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
