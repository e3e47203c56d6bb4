import type { IncomingMessage, Server } from 'node:http';
import type { NextFunction } from 'express';
import type { Req, Res } from './web.js';

/** What must arrive within each silence: 64 KiB, or the end. An hour at 1 kB/s passes; a byte a second holds a socket no longer. */
const STEP_BYTES = 65_536;
const TICKS = 8;
/** A request that another one waits for may still end by itself: a moment, then it is cut. */
const GRACE_MS = 1_000;
/** After a refusal the rest is read, so that the answer is; beyond that much, the line is cut. */
const DISCARDED_BYTES = 16 * 1024 * 1024;

/** Bytes on their way. A line that is cut ends them like a normal end: whoever reads asks `cut` afterwards. */
export interface Arriving extends AsyncIterable<Uint8Array> {
  readonly cut: boolean;
}

/** The body of one request, read once, as it arrives. */
export class Body implements Arriving {
  cut = false;
  private chunks: AsyncIterator<Uint8Array> | undefined;

  constructor(private readonly request: IncomingMessage) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const chunks = (this.request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    this.chunks = chunks;
    try {
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
      this.cut = !this.request.complete;
    } catch {
      this.cut = true;
    }
  }

  /** Somebody else waits for what this request holds: most often the same person, after a cut that this server has not noticed. */
  stop() {
    setTimeout(() => this.request.complete || this.request.destroy(), GRACE_MS).unref();
  }

  /** Reads no more: what is left may be discarded. */
  release() {
    void this.chunks?.return?.();
  }
}

/** Reads on after a refusal, within reason: a body left half read would show the sender a cut line instead of the answer. */
export function discard(request: IncomingMessage) {
  if (request.complete) return;
  let left = DISCARDED_BYTES;
  request.on('data', (chunk: Uint8Array) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
}

/** Node ends any request after 300 s, and with it an upload that is slow but advances: bodies are limited by their progress instead. */
export function limitBodies(server: Server, silenceMs: number) {
  server.requestTimeout = 0;
  return (request: Req, _: Res, next: NextFunction) => {
    if (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined) watch(request, silenceMs);
    next();
  };
}

/** Only the time spent waiting for the sender counts: when what came waits here, a slow disk is not their fault. */
function watch(request: Req, silenceMs: number) {
  let read = request.socket.bytesRead;
  let silent = 0;
  const timer = setInterval(() => {
    const advanced = request.socket.bytesRead - read >= STEP_BYTES;
    if (advanced) [read, silent] = [request.socket.bytesRead, 0];
    else if (request.readableLength < request.readableHighWaterMark) silent += 1;
    if (request.complete) clearInterval(timer);
    else if (silent >= TICKS) request.destroy();
  }, silenceMs / TICKS).unref();
  request.once('close', () => clearInterval(timer));
}
