import type { Arriving } from './body.js';

/** Bodies read at full speed at the same time. More would only take turns on the same processor, and all end at the last moment. */
const MOST = 4;
/** Whoever waits for the disk that long lets somebody else read meanwhile. */
const DISK_MS = 10;
/** Whoever waits still gives one chunk: a proxy in between cuts a request that stands still for a minute. */
const PATIENCE_MS = 10_000;

/** One body: how much of its file is still to come, whether it has a place. */
class Place {
  held = false;
  go: (() => void) | undefined;

  constructor(public left: number) {}
}

/**
 * Who has least left goes first, and takes the place of whoever has more. In a rush files then end one after the other, each as early as it
 * can, and their senders can deposit; in turns, all of them would end together just before the deadline. A place is held only while there is
 * something to read: a line slower than this server, as almost all are, gives it back after each chunk. Nobody is refused, nobody stands still.
 */
export class Places {
  private readonly held = new Set<Place>();
  private readonly waiting = new Set<Place>();

  constructor(private readonly most = MOST) {}

  /** @param left bytes until the end of the file, of which this body may be a part */
  of(body: Arriving, left: number): Arriving {
    const read = () => this.read(body, new Place(left));
    return {
      get cut() {
        return body.cut;
      },
      [Symbol.asyncIterator]: read,
    };
  }

  /** How many read, and how many wait: for tests and for the curious. */
  get state() {
    return { held: this.held.size, waiting: this.waiting.size };
  }

  private async *read(body: Arriving, place: Place): AsyncGenerator<Uint8Array> {
    const chunks = body[Symbol.asyncIterator]();
    try {
      for (let next = await this.soon(chunks, place); !next.done; next = await this.soon(chunks, place)) {
        if (!place.held) await this.turn(place);
        place.left -= next.value.length;
        const slowDisk = setTimeout(() => this.leave(place), DISK_MS);
        try {
          yield next.value;
        } finally {
          clearTimeout(slowDisk);
        }
      }
    } finally {
      this.leave(place);
      await chunks.return?.();
    }
  }

  /** The next chunk; one that is not there when the event loop has come round once is waited for without a place. */
  private async soon(chunks: AsyncIterator<Uint8Array>, place: Place) {
    let here = false;
    setImmediate(() => setImmediate(() => here || this.leave(place)));
    try {
      return await chunks.next();
    } finally {
      here = true;
    }
  }

  private turn(place: Place): Promise<void> {
    const longest = this.held.size < this.most ? undefined : largest(this.held, (one) => one.left);
    if (!longest || longest.left > place.left) {
      if (longest) this.drop(longest); // it reads its chunk to the end, then waits
      this.give(place);
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const patience = setTimeout(() => place.go?.(), PATIENCE_MS);
      place.go = () => {
        clearTimeout(patience);
        place.go = undefined;
        this.waiting.delete(place);
        resolve();
      };
      this.waiting.add(place);
    });
  }

  private give(place: Place) {
    place.held = true;
    this.held.add(place);
  }

  private drop(place: Place) {
    place.held = false;
    return this.held.delete(place);
  }

  private leave(place: Place) {
    place.go?.();
    if (!this.drop(place)) return;
    const first = largest(this.waiting, (one) => -one.left);
    if (!first) return;
    this.give(first);
    first.go?.();
  }
}

function largest(places: Iterable<Place>, by: (one: Place) => number): Place | undefined {
  let found: Place | undefined;
  for (const one of places) if (!found || by(one) > by(found)) found = one;
  return found;
}
