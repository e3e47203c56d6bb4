// A bidder's program over HTTP: it sends its files, deposits, and asks again as long as it is not answered. The one place
// that knows the protocol of uploads over HTTP.
import { setTimeout as wait } from 'node:timers/promises';
import type { ServerProcess } from './process.js';

const PART_BYTES = 8 * 1024 * 1024;
const TURNS = 60;
const TUS = { 'tus-resumable': '1.0.0' };
const PAUSE_MS = 100;

export interface Given {
  status: number;
  body: unknown;
  text: string;
  headers: Headers;
}

const DONE_BEFORE: Given = { status: 204, body: undefined, text: '', headers: new Headers() };

/** An answer that no client could do anything with. */
export class Useless extends Error {}

export class HttpClient {
  /** 503 answers, which said to try again. */
  postponed = 0;
  /** Requests that got no answer at all. */
  unanswered = 0;

  constructor(
    private readonly server: ServerProcess,
    private readonly token: string,
  ) {}

  /** Once. @throws when there is no answer */
  async once(method: string, path: string, body?: object | Uint8Array, headers: Record<string, string> = {}): Promise<Response> {
    const raw = body instanceof Uint8Array;
    return fetch(`${this.server.base}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, accept: 'application/json', ...(body ? { 'content-type': raw ? 'application/octet-stream' : 'application/json' } : {}), ...headers },
      body: body && (raw ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body)),
      redirect: 'manual',
    });
  }

  /**
   * Until it is answered by something else than « try again ».
   * @param unsure called before it is sent again after no answer: did the first one arrive? its answer ends the matter
   */
  async ask(method: string, path: string, body?: object | Uint8Array, unsure?: () => Promise<boolean>, headers: Record<string, string> = {}): Promise<Given> {
    for (let turn = 0; turn < TURNS; turn += 1) {
      await this.server.ensure();
      let response: Response;
      let text: string;
      try {
        response = await this.once(method, path, body, headers);
        text = await response.text();
      } catch {
        this.unanswered += 1;
        await wait(PAUSE_MS / 4); // a killed process is seen dead a moment later
        await this.server.ensure();
        if (await unsure?.()) return DONE_BEFORE;
        continue;
      }
      const given = text === '' ? undefined : (JSON.parse(text) as unknown);
      if (response.status === 503 && response.headers.has('retry-after')) {
        this.postponed += 1;
        await wait(PAUSE_MS); // patient people wait longer
        if (await unsure?.()) return DONE_BEFORE;
        continue;
      }
      if (response.status >= 500) throw new Useless(`${method} ${path} answered ${response.status}: ${text}`);
      return { status: response.status, body: given, text, headers: response.headers };
    }
    throw new Useless(`${method} ${path} was never answered`);
  }

  /** The files are in the draft, whole, once each, whatever happened on the way. */
  async upload(call: string, files: readonly { name: string; content: Buffer }[]): Promise<void> {
    for (const file of files) await this.uploadOne(call, file.name, file.content);
  }

  /** tus 1.0: what an earlier attempt left is gone on with, as the page would. */
  private async uploadOne(call: string, name: string, content: Buffer): Promise<void> {
    const base = `/api/consultations/${call}/bid/uploads`;
    for (let turn = 0; turn < TURNS; turn += 1) {
      const mine = (await this.draft(call)).find((file) => file.name === name);
      if (mine?.complete) return;
      if (!mine) {
        const metadata = `filename ${Buffer.from(name).toString('base64')},filetype ${Buffer.from('application/pdf').toString('base64')}`;
        await this.ask('POST', base, undefined, async () => (await this.draft(call)).some((one) => one.name === name), { ...TUS, 'upload-length': String(content.length), 'upload-metadata': metadata });
        continue;
      }
      const found = await this.ask('HEAD', `${base}/${mine.id}`, undefined, undefined, TUS);
      const offset = Number(found.headers.get('upload-offset') ?? Number.NaN);
      if (found.status >= 300 || Number.isNaN(offset)) continue;
      // Sent again after no answer, the offset may have moved: a refusal is looked at in the next turn.
      await this.ask('PATCH', `${base}/${mine.id}`, content.subarray(offset, offset + PART_BYTES), async () => true, { ...TUS, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' });
    }
    throw new Useless(`${name} was never received`);
  }

  private async draft(call: string): Promise<{ id: string; name: string; complete: boolean }[]> {
    const { body } = await this.ask('GET', `/api/consultations/${call}/bid`);
    return (body as { files: { id: string; name: string; state: string }[] }).files.map(({ id, name, state }) => ({ id, name, complete: state === 'complete' }));
  }

  /** The same key each time: the same receipt. */
  deposit(call: string, idempotencyKey: string): Promise<Given> {
    return this.ask('POST', `/api/consultations/${call}/bid/deposit`, { idempotencyKey });
  }
}
