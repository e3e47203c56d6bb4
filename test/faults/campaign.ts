// One deposit after the other on one server, a disaster in each; then everything that was promised is looked for.
import { createHash, randomUUID } from 'node:crypto';
import type { Kind } from '../simulation/stage.js';
import { HttpClient, Useless } from './client.js';
import type { Disaster } from './commands.js';
import { BIDDER, callOf, type Field, prepare, sql } from './field.js';
import { type Held, hold } from './hold.js';
import { type Fault, FAULTS, faultsInTurn, planOf, type Run } from './plan.js';
import type { Post } from './post.js';
import { ServerProcess } from './process.js';

export interface SentFile {
  name: string;
  content: Buffer;
}

/** A receipt that a client holds. */
export interface Acknowledgement {
  call: string;
  key: string;
  receiptId: string;
  bidId: string;
  /** The exact bytes that were signed. */
  json: string;
  late: boolean;
  files: SentFile[];
}

export interface Campaign {
  field: Field;
  server: ServerProcess;
  acknowledged: Acknowledgement[];
  /** Deposits asked for, by call: a bid without a receipt must be one of them. */
  asked: Map<string, number>;
  problems: string[];
  kinds: Partial<Record<Fault, number>>;
  /** Disasters that really fell, and on which steps. */
  struck: Map<string, number>;
  steps: number;
  postponed: number;
  unanswered: number;
}

const BIG = 9 * 1024 * 1024;
const HOUR_MS = 3_600_000;

/** @param only plays that run alone */
export async function campaign(kind: Kind, runs: number, base: string, post: Post, only?: number): Promise<Campaign> {
  const soon = faultsInTurn(runs, kind).flatMap((fault, run) => (fault === 'clock-forward' ? [run + 1] : []));
  const field = await prepare(kind, runs + 1, soon, base);
  const server = new ServerProcess(field, post.url);
  const state: Campaign = { field, server, acknowledged: [], asked: new Map(), problems: [], kinds: {}, struck: new Map(), steps: 0, postponed: 0, unanswered: 0 };
  await server.ensure();
  const trace = await rehearse(state);
  state.steps = trace.length;
  server.onStruck = async () => {
    // Every connection but the one that says it.
    await sql(base, 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [new URL(field.url).pathname.slice(1)]);
  };
  for (const run of planOf(runs, kind, trace)) {
    if (only !== undefined && run.run !== only) continue;
    state.kinds[run.fault] = (state.kinds[run.fault] ?? 0) + 1;
    try {
      await play(state, run, post);
    } catch (error) {
      state.problems.push(`run ${run.run} (${kind}, ${run.fault}, step ${run.nth} ${run.when}): ${error instanceof Useless ? error.message : String((error as Error).stack ?? error)}`);
    }
  }
  return state;
}

/** One deposit without a disaster: its steps are those that will be struck. */
async function rehearse(state: Campaign): Promise<string[]> {
  await state.server.tell({ do: 'record' });
  await deposit(state, callOf(0), filesOf(0));
  await work(state);
  return state.server.tell<string[]>({ do: 'trace' });
}

async function play(state: Campaign, { run, fault, nth, when }: Run, post: Post) {
  const { server, field } = state;
  const call = callOf(run + 1);
  await server.ensure();
  // A replacement now and then: what it replaces was promised too.
  if (fault === 'clock-back' || run % 7 === 3) await deposit(state, call, filesOf(run, 'ancien-'));
  if (fault === 'mail-down') post.close();
  const disaster = disasterOf(fault, field, call, server);
  if (disaster) await server.tell({ do: 'arm', nth, on: FAULTS[fault].on, when, disaster });
  await deposit(state, call, filesOf(run), fault === 'locked' ? () => hold(state, call) : undefined);
  await work(state);
  const fell = await server.tell<boolean>({ do: 'disarm' }).catch(() => true);
  if (disaster?.kind === 'machine' && fell) await server.tell({ do: 'machine', ms: -disaster.ms });
  if (disaster?.kind === 'legal' && fell) server.legalOffset += disaster.ms;
  if (fault === 'mail-down') await post.open();
  if (fell || !disaster) state.struck.set(fault, (state.struck.get(fault) ?? 0) + 1);
}

function disasterOf(fault: Fault, field: Field, call: string, server: ServerProcess): Disaster | undefined {
  switch (fault) {
    case 'kill':
      return { kind: 'kill' };
    case 'disk-full':
    case 'fsync':
      return { kind: 'fail', database: field.kind };
    case 'answer-lost':
      return { kind: 'cut' };
    case 'database-gone':
      return { kind: 'outside' };
    case 'clock-back':
      return { kind: 'machine', ms: -HOUR_MS };
    case 'clock-forward':
      return { kind: 'legal', ms: (field.deadlines.get(call) ?? 0) - Date.now() - server.legalOffset };
    case 'locked':
    case 'mail-down':
      return undefined; // struck from outside, for the whole of the deposit
    default:
      throw new Error(`No such fault: ${String(fault)}`);
  }
}

/** Sends, deposits, and keeps the receipt: what the client was promised. */
async function deposit(state: Campaign, call: string, files: SentFile[], hindrance?: () => Promise<Held>) {
  const { server, field } = state;
  const client = new HttpClient(server, field.tokens[BIDDER]);
  const key = randomUUID();
  try {
    await client.upload(call, files);
    state.asked.set(call, (state.asked.get(call) ?? 0) + 1);
    const held = await hindrance?.();
    const [{ status, body }] = await Promise.all([client.deposit(call, key), held?.whenPostponed(client)]);
    if (status >= 300) throw new Useless(`the deposit of ${call} was refused: ${JSON.stringify(body)}`);
    const receipt = body as { receiptId: string; bidId: string; status: string };
    const json = await signedReceipt(client, receipt.receiptId);
    state.acknowledged.push({ call, key, receiptId: receipt.receiptId, bidId: receipt.bidId, json, late: receipt.status === 'late', files });
  } finally {
    state.postponed += client.postponed;
    state.unanswered += client.unanswered;
  }
}

/** Through whatever happens; the text as it was signed. */
export async function signedReceipt(client: HttpClient, id: string): Promise<string> {
  const { status, text } = await client.ask('GET', `/api/receipts/${id}/signed`);
  if (status !== 200) throw new Useless(`the receipt ${id} is not given again: ${status}`);
  return text;
}

/** Jobs run once a second in the server; here at once. They may die too, and are taken up again. */
export async function work({ server }: Pick<Campaign, 'server'>) {
  for (let turn = 0; turn < 3; turn += 1) {
    await server.ensure();
    const done = await server.tell({ do: 'work' }).then(() => true, () => false);
    if (done) return;
  }
}

function filesOf(run: number, prefix = ''): SentFile[] {
  const bytes = (size: number, salt: string) => Buffer.alloc(size, createHash('sha512').update(`${run}/${salt}`).digest());
  const big = run % 16 === 5 ? [{ name: `${prefix}grand-${run}.pdf`, content: bytes(BIG, 'big') }] : [];
  return [{ name: `${prefix}offre-${run}.pdf`, content: bytes(3_000, 'offer') }, { name: `${prefix}mémoire-${run}.pdf`, content: bytes(70_000, 'memo') }, ...big];
}
