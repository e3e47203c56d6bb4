import { createHash, randomBytes, randomUUID } from 'node:crypto';

/** Door to chance. Identifiers are random, never a sequence: a number would tell how many bids came before. */
export abstract class Random {
  abstract id(): string;
  /** A secret for a link or a session, 256 bits, URL-safe. Only its hash is stored. */
  abstract token(): string;
}

export class SystemRandom extends Random {
  id() {
    return randomUUID();
  }

  token() {
    return randomBytes(32).toString('base64url');
  }
}

/** Repeats itself from a seed: the story played twice gives the same identifiers. Never a secret. */
export class SeededRandom extends Random {
  private count = 0;

  constructor(private readonly seed: string) {
    super();
  }

  private next() {
    this.count += 1;
    return createHash('sha256').update(`${this.seed}/${this.count}`).digest();
  }

  id() {
    const hex = this.next().toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }

  token() {
    return this.next().toString('base64url');
  }
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
