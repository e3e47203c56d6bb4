import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { derive, FILE_KEY, headerEnd, headerFor, MAX_HEADER, openHeader } from './age-header.js';
import { parseIdentity, parseRecipient } from './age-keys.js';

// Payload of an age v1 file: STREAM over blocks of 64 KiB, each ChaCha20-Poly1305 under a counter and a last-block flag,
// so that a block can be neither moved, nor removed, nor added. node:crypto does it at several times the speed of the
// `age-encryption` package, which the tests keep as an oracle.
export const BLOCK = 64 * 1024;
const TAG = 16;
const NONCE = 16;
const CIPHER = 'chacha20-poly1305';

/** One age file, while its plain bytes arrive: `push` each chunk, then `end`. Memory: one block. */
export class AgeSealer {
  readonly #key: Buffer;
  readonly #counter = new Counter();
  readonly #cutter = new Cutter(BLOCK);
  /** What the file begins with, to be written before any block. */
  readonly head: Buffer;

  constructor(recipients: readonly string[]) {
    // Encrypting to nobody would lose the bid for ever.
    if (recipients.length === 0) throw new Error('Nobody could open what is sealed to no recipient');
    const fileKey = randomBytes(FILE_KEY);
    const nonce = randomBytes(NONCE);
    this.head = Buffer.concat([headerFor(recipients.map(parseRecipient), fileKey), nonce]);
    this.#key = derive(fileKey, nonce, 'payload');
  }

  *push(chunk: Uint8Array): Generator<Buffer> {
    for (const block of this.#cutter.push(chunk)) yield this.#seal(block, false);
  }

  /** The last block; empty when, and only when, nothing came. */
  end(): Buffer {
    return this.#seal(this.#cutter.rest, true);
  }

  #seal(block: Uint8Array, last: boolean): Buffer {
    const cipher = createCipheriv(CIPHER, this.#key, this.#counter.next(last), { authTagLength: TAG });
    const sealed = Buffer.allocUnsafe(block.length + TAG);
    sealed.set(cipher.update(block), 0);
    cipher.final();
    sealed.set(cipher.getAuthTag(), block.length);
    return sealed;
  }
}

/** Opens an age file while its bytes arrive. Each block is authenticated before it is given; a cut is known at the end only. */
export class AgeOpener {
  readonly #identity;
  #begun: Buffer | undefined = Buffer.alloc(0);
  #key: Buffer | undefined;
  readonly #counter = new Counter();
  readonly #cutter = new Cutter(BLOCK + TAG);
  #first = true;

  constructor(identity: string) {
    this.#identity = parseIdentity(identity);
  }

  *push(chunk: Uint8Array): Generator<Buffer> {
    const payload = this.#begun ? this.#begin(chunk) : chunk;
    for (const block of this.#cutter.push(payload)) yield this.#open(block, false);
  }

  end(): Buffer {
    if (!this.#key) throw new Error('Cut in its header');
    const plain = this.#open(this.#cutter.rest, true);
    // Otherwise one content would have two files, and an added empty block would pass unseen.
    if (plain.length === 0 && !this.#first) throw new Error('An empty last block');
    return plain;
  }

  /** @returns what follows the header and the nonce; empty as long as they are not whole */
  #begin(chunk: Uint8Array): Uint8Array {
    const begun = Buffer.concat([this.#begun ?? Buffer.alloc(0), chunk]);
    const end = headerEnd(begun.subarray(0, MAX_HEADER));
    if (end === undefined && begun.length > MAX_HEADER) throw new Error('No header');
    if (end === undefined || begun.length < end + NONCE) {
      this.#begun = begun;
      return Buffer.alloc(0);
    }
    this.#begun = undefined;
    this.#key = derive(openHeader(begun.subarray(0, end), this.#identity), begun.subarray(end, end + NONCE), 'payload');
    return begun.subarray(end + NONCE);
  }

  #open(block: Uint8Array, last: boolean): Buffer {
    if (block.length < TAG) throw new Error('Cut in a block');
    const decipher = createDecipheriv(CIPHER, this.#key as Buffer, this.#counter.next(last), { authTagLength: TAG });
    decipher.setAuthTag(block.subarray(-TAG));
    const plain = decipher.update(block.subarray(0, -TAG));
    decipher.final(); // throws when the block was altered: nothing of it has been given
    if (!last) this.#first = false;
    return plain;
  }
}

/** 11 bytes of counter, 1 of last-block flag. */
class Counter {
  readonly #nonce = Buffer.alloc(12);
  #count = 0;

  next(last: boolean): Buffer {
    this.#nonce.writeUIntBE(this.#count, 5, 6); // 2⁴⁸ blocks are 16 exbibytes
    this.#nonce[11] = last ? 1 : 0;
    this.#count += 1;
    return this.#nonce;
  }
}

/** Cuts what arrives into blocks of one size. The last is held back: only the end of the stream says that it is the last. */
class Cutter {
  readonly #held: Buffer;
  #used = 0;

  constructor(private readonly size: number) {
    this.#held = Buffer.allocUnsafe(size);
  }

  /** Each block must be used before the next is asked for. */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#used === this.size) {
        this.#used = 0;
        yield this.#held;
      }
      if (this.#used === 0 && rest.length > this.size) {
        yield rest.subarray(0, this.size); // where it is, without a copy
        rest = rest.subarray(this.size);
      } else {
        const taken = rest.subarray(0, this.size - this.#used);
        this.#held.set(taken, this.#used);
        this.#used += taken.length;
        rest = rest.subarray(taken.length);
      }
    }
  }

  get rest(): Uint8Array {
    return this.#held.subarray(0, this.#used);
  }
}
