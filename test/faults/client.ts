// A bidder's program over HTTP: it sends its files, deposits, and asks again as long as it is not answered. The one place
// that knows the protocol of uploads over HTTP.
import { setTimeout as wait } from 'node:timers/promises';
import type { ServerProcess } from './process.js';

const PART_BYTES = 8 * 1024 * 1024;
const TURNS = 60;
const PAUSE_MS = 100;

export interface Given {
  status: number;
  body: unknown;
  text: string;
}

const DONE_BEFORE: Given = { status: 204, body: undefined, text: '' };

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
  async once(method: string, path: string, body?: object | Uint8Array): Promise<Response> {
    const raw = body instanceof Uint8Array;
    return fetch(`${this.server.base}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, accept: 'application/json', ...(body ? { 'content-type': raw ? 'application/octet-stream' : 'application/json' } : {}) },
      body: body && (raw ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body)),
      redirect: 'manual',
    });
  }

  /**
   * Until it is answered by something else than « try again ».
   * @param unsure called before it is sent again after no answer: did the first one arrive? its answer ends the matter
   */
  async ask(method: string, path: string, body?: object | Uint8Array, unsure?: () => Promise<boolean>): Promise<Given> {
    for (let turn = 0; turn < TURNS; turn += 1) {
      await this.server.ensure();
      let response: Response;
      let text: string;
      try {
        response = await this.once(method, path, body);
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
      return { status: response.status, body: given, text };
    }
    throw new Useless(`${method} ${path} was never answered`);
  }

  /** The files are in the draft, whole, once each, whatever happened on the way. */
  async upload(call: string, files: readonly { name: string; content: Buffer }[]): Promise<void> {
    for (const file of files) await this.uploadOne(call, file.name, file.content);
  }

  private async uploadOne(call: string, name: string, content: Buffer): Promise<void> {
    const base = `/api/consultations/${call}/bid/files`;
    for (let turn = 0; turn < 8; turn += 1) {
      // What an earlier attempt left is looked at first, as a person would on the page.
      const shown = await this.draft(call);
      const mine = shown.filter((file) => file.name === name);
      if (mine.some((file) => file.complete)) return;
      for (const file of mine) await this.ask('DELETE', `${base}/${file.id}`, undefined, async () => !(await this.draft(call)).some((one) => one.id === file.id));
      const started = await this.ask('POST', base, { name, size: content.length, mediaType: 'application/pdf' }, async () => (await this.draft(call)).some((one) => one.name === name));
      const { id } = (started.body ?? {}) as { id?: string };
      if (id && (await this.parts(`${base}/${id}`, content))) return;
    }
    throw new Useless(`${name} was never received`);
  }

  private async parts(file: string, content: Buffer): Promise<boolean> {
    for (let n = 0; n * PART_BYTES < content.length; n += 1) {
      const { status } = await this.ask('PUT', `${file}/parts/${n}`, content.subarray(n * PART_BYTES, (n + 1) * PART_BYTES));
      if (status >= 300) return false;
    }
    return (await this.ask('POST', `${file}/end`, {})).status < 300;
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
