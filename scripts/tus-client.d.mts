import type { Agent, IncomingHttpHeaders } from 'node:http';

export interface TusAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  json?: { code: string; message: string };
}
type Headers = Record<string, string | undefined>;
type Bytes = Uint8Array | AsyncIterable<Uint8Array>;

export const PART_BYTES: number;
export class TusRefusal extends Error {
  status: number;
  code?: string;
  answer: TusAnswer;
}
export class TusClient {
  constructor(endpoint: string, headers?: Headers, agent?: Agent);
  request(method: string, path?: string, headers?: Headers, body?: Bytes): Promise<TusAnswer>;
  create(file: { name: string; size: number; type?: string; key?: string }): Promise<string>;
  offset(path: string): Promise<number>;
  append(path: string, offset: number, bytes: Bytes, headers?: Headers): Promise<number>;
  resume(path: string, size: number, slice: (from: number, to: number) => Bytes, chunkBytes?: number): Promise<void>;
  send(file: { name: string; type?: string; key?: string; content: Uint8Array }, chunkBytes?: number): Promise<string>;
  remove(path: string): Promise<void>;
}
