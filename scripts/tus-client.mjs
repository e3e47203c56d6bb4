// A small client of the tus protocol over node:http, for tests, benches and fault harnesses. It retries nothing by itself,
// and sends wrong things when it is asked to: the browser's own client is tus-js-client.
import { request as ask } from 'node:http';

export const PART_BYTES = 8 * 1024 * 1024;

/** The server answered, and its answer was no. */
export class TusRefusal extends Error {
  constructor(answer) {
    super(`${answer.status} ${answer.json?.message ?? answer.text}`);
    Object.assign(this, { status: answer.status, code: answer.json?.code, answer });
  }
}

export class TusClient {
  /**
   * @param endpoint `http://127.0.0.1:3000/api/consultations/ID/bid/uploads`
   * @param headers what signs the person in: `{ authorization: 'Bearer …' }`, or `{ cookie, 'x-csrf-token' }`
   */
  constructor(endpoint, headers = {}, agent) {
    this.endpoint = new URL(endpoint);
    this.headers = headers;
    this.agent = agent;
  }

  /** One request; answers `{ status, headers, text, json }` whatever the status. Rejects when the line is cut. */
  request(method, path = this.endpoint.pathname, headers = {}, body) {
    const { hostname, port } = this.endpoint;
    return new Promise((answer, fail) => {
      const sent = { 'tus-resumable': '1.0.0', ...this.headers, ...headers };
      const call = ask({ hostname, port, method, path, agent: this.agent, headers: Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined)) }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          answer({ status: response.statusCode, headers: response.headers, text, json: text.startsWith('{') ? JSON.parse(text) : undefined });
        });
      });
      call.on('error', fail);
      if (body === undefined || body instanceof Uint8Array) call.end(body);
      else pour(body, call).catch((error) => call.destroy(error));
    });
  }

  async insist(...args) {
    const answer = await this.request(...args);
    if (answer.status >= 300) throw new TusRefusal(answer);
    return answer;
  }

  /** @returns the path of the new upload */
  async create({ name, size, type = 'application/octet-stream', key }) {
    const metadata = Object.entries({ filename: name, filetype: type, key }).filter(([, value]) => value !== undefined);
    const headers = { 'upload-length': String(size), 'upload-metadata': metadata.map(([word, value]) => `${word} ${Buffer.from(value).toString('base64')}`).join(',') };
    return (await this.insist('POST', undefined, headers)).headers.location;
  }

  async offset(path) {
    return Number((await this.insist('HEAD', path)).headers['upload-offset']);
  }

  /** @returns the new offset */
  async append(path, offset, bytes, headers = {}) {
    const length = bytes instanceof Uint8Array ? { 'content-length': String(bytes.length) } : {};
    const answer = await this.insist('PATCH', path, { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset), ...length, ...headers }, bytes);
    return Number(answer.headers['upload-offset']);
  }

  /** From where the upload is to its end. `slice(from, to)` gives the bytes. */
  async resume(path, size, slice, chunkBytes = PART_BYTES) {
    for (let at = await this.offset(path); at < size; ) at = await this.append(path, at, slice(at, Math.min(at + chunkBytes, size)));
  }

  /** One whole file; @returns the path of its upload */
  async send({ name, type, key, content }, chunkBytes = PART_BYTES) {
    const path = await this.create({ name, size: content.length, type, key });
    for (let at = 0; at < content.length; ) at = await this.append(path, at, content.subarray(at, at + chunkBytes));
    return path;
  }

  async remove(path) {
    await this.insist('DELETE', path);
  }
}

async function pour(source, call) {
  for await (const chunk of source) if (!call.write(chunk)) await new Promise((ready) => call.once('drain', ready));
  call.end();
}
