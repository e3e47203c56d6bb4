import { type DossierBid, type DossierConsultation, type DossierDeadline, type DossierDelivery, type DossierLine, type DossierOpening, NAMES } from './dossier.js';
import type { Stage } from './attestation.js';
import { checkSuccession, checkVerdicts } from './verify-bids.js';
import { checkChain, checkDeadlines } from './verify-chain.js';
import { checkAttestations, checkDocuments, checkMeasures, checkOpening } from './verify-opening.js';
import { Reader, type Say, Unlike } from './verify-reader.js';
import { checkEnvelopes, checkReceipts } from './verify-receipts.js';
import { checkSeal, checkStatement, openZip } from './verify-seal.js';

export interface DossierVerdict {
  ok: boolean;
  stage: Stage | null;
  trusted: boolean;
  fingerprint: string | null;
  faults: string[];
  /** What was not proved, without being a fault. */
  notes: string[];
  facts: { label: string; value: string }[];
}

const NOT_COMPARED = 'La clé n’a pas été comparée à celle que la plateforme publie : ajoutez --key avec la clé de la page /cle-publique, ou son empreinte.';
const SEALED = 'Dossier établi avant l’ouverture : le journal, les plis et les accusés n’y sont pas, et n’ont pas été contrôlés.';

/** Everything is checked again, offline, from the file alone; each fault is said, not the first one only. */
export async function verifyDossier(bytes: Buffer, trusted?: string): Promise<DossierVerdict> {
  const faults: string[] = [];
  const say: Say = (fault) => void faults.push(onOneLine(fault));
  const nothing = { stage: null, trusted: false, fingerprint: null, notes: [], facts: [] };
  let reader: Reader;
  let seal: ReturnType<typeof checkSeal>;
  try {
    reader = new Reader(openZip(bytes));
    seal = checkSeal(reader, trusted, say);
  } catch (error) {
    say(sentenceOf(error, 'le manifeste'));
    return { ok: false, faults, ...nothing };
  }
  const { manifest, fingerprint } = seal;
  const facts: DossierVerdict['facts'] = [{ label: 'Établi le', value: `${manifest.drawnUpAt}, temps universel` }, { label: 'Référence', value: onOneLine(manifest.reference) }];
  const opened = manifest.stage === 'opened';
  await (opened ? replay(reader, seal, say, facts) : beforeOpening(reader, seal, say));
  const notes = [...(trusted === undefined ? [NOT_COMPARED] : []), ...(opened ? [] : [SEALED])];
  return { ok: faults.length === 0, stage: opened ? 'opened' : 'sealed', trusted: seal.trusted, fingerprint, faults, notes, facts };
}

/** An attestation given alone, with its PDF when it is there. */
export function verifyAttestation(text: string, pdf: Buffer | undefined, trusted: string | null): { faults: string[]; statement: ReturnType<typeof checkStatement> } {
  const faults: string[] = [];
  const statement = checkStatement(text, pdf, trusted, (fault) => void faults.push(onOneLine(fault)));
  return { faults, statement };
}

async function replay(reader: Reader, { manifest, fingerprint }: ReturnType<typeof checkSeal>, say: Say, facts: DossierVerdict['facts']) {
  const read = parts(reader, say);
  const call = read<DossierConsultation>(NAMES.consultation, 'json');
  const deadlines = read<DossierDeadline[]>(NAMES.deadlines, 'json');
  const journal = read<DossierLine[]>(NAMES.journal, 'lines');
  const bids = read<DossierBid[]>(NAMES.bids, 'json');
  const opening = read<DossierOpening>(NAMES.opening, 'json');
  if (!call || !deadlines || !journal || !bids || !opening) return;
  // Dossiers drawn up before envelopes were in them have no such list.
  const deliveries = reader.files.has(NAMES.deliveries) ? (read<DossierDelivery[]>(NAMES.deliveries, 'json') ?? []) : [];
  const known = { bids, deliveries, deadlines, journal, timeZone: call.timeZone };
  const rules: [string, () => void | Promise<void>][] = [
    ['le journal', () => checkChain(journal, manifest.consultationId, manifest.journal, say)],
    ['les dates limites', () => checkDeadlines(deadlines, call, journal, say)],
    ['les verdicts', () => checkVerdicts(known, say)],
    ['les remplacements', () => checkSuccession(known, say)],
    ['les enveloppes', () => checkEnvelopes(reader, bids, manifest.consultationId, say)],
    ['les accusés', () => checkReceipts(reader, known, manifest.consultationId, fingerprint ?? '', say)],
    ['l’ouverture', () => checkOpening(call, deadlines, opening, bids, journal, say)],
    ['le procès-verbal et le registre', () => checkDocuments(reader, journal, say)],
    ['les attestations', () => checkAttestations(reader, manifest.consultationId, fingerprint, journal, say)],
    ['les relevés', () => checkMeasures(reader, say)],
  ];
  await run(rules, say);
  facts.push({ label: 'Rejoué', value: `${journal.length} lignes de journal, ${deadlines.length} date(s) limite(s), ${bids.length} plis, ${reader.in('accuses').length} accusés` });
}

async function beforeOpening(reader: Reader, { manifest, fingerprint }: ReturnType<typeof checkSeal>, say: Say) {
  const read = parts(reader, say);
  const call = read<DossierConsultation>(NAMES.consultation, 'json');
  const deadlines = read<DossierDeadline[]>(NAMES.deadlines, 'json');
  if (!call || !deadlines) return;
  await run(
    [
      ['les dates limites', () => checkDeadlines(deadlines, call, null, say)],
      ['les attestations', () => checkAttestations(reader, manifest.consultationId, fingerprint, null, say)],
    ],
    say,
  );
}

/** A rule that stumbles on a shape says so, and the others go on. */
async function run(rules: [string, () => void | Promise<void>][], say: Say) {
  for (const [what, rule] of rules) {
    try {
      await rule();
    } catch (error) {
      say(sentenceOf(error, what));
    }
  }
}

function parts(reader: Reader, say: Say) {
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- who reads names the shape it will check
  return <T>(name: string, how: 'json' | 'lines'): T | null => {
    try {
      return how === 'json' ? reader.json<T>(name) : (reader.lines(name) as T);
    } catch (error) {
      say(sentenceOf(error, `« ${name} »`));
      return null;
    }
  };
}

const sentenceOf = (error: unknown, what: string) => (error instanceof Unlike ? error.message : `Contrôle impossible pour ${what} : un fichier n’a pas la forme attendue.`);

/** A dossier signed by anybody may carry what moves a terminal's cursor or turns the reading round. */
const onOneLine = (text: string) => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
