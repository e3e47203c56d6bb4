import type { Arriving } from './body.js';

/** Bodies read at full speed at the same time. More would only take turns on the same processor, and all end at the last moment. */
const MOST = 4;
/** A place whose sender gave nothing meanwhile goes to the next: a slow line never keeps it. */
const IDLE_MS = 10;
/** Whoever waits still gives one chunk: a proxy in between cuts a request that stands still for a minute. */
const PATIENCE_MS = 10_000;

/** One body: how much of its file is still to come, whether it has a place, whether it moved since the last look. */
class Place {
  held = false;
  moved = true;
  go: (() => void) | undefined;

  constructor(public left: number) {}
}

/**
 * Who has least left goes first. In a rush files then end one after the other, each as early as it can, and their senders can deposit;
 * in turns, all of them would end together just before the deadline. Nobody is refused, nobody stands still.
 */
export class Places {
  private readonly held = new Set<Place>();
  private readonly waiting = new Set<Place>();
  private watch: NodeJS.Timeout | undefined;

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
    try {
      for await (const chunk of body) {
        if (!place.held) await this.turn(place);
        place.moved = true;
        place.left -= chunk.length;
        yield chunk;
      }
    } finally {
      this.leave(place);
    }
  }

  private turn(place: Place): Promise<void> {
    if (this.held.size < this.most) {
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
      this.watch ??= setInterval(() => this.look(), IDLE_MS);
    });
  }

  private give(place: Place) {
    place.held = true;
    place.moved = true;
    this.held.add(place);
  }

  private leave(place: Place) {
    place.go?.();
    place.held = false;
    if (this.held.delete(place)) this.next();
  }

  private next() {
    let first: Place | undefined;
    for (const one of this.waiting) if (!first || one.left < first.left) first = one;
    if (!first) return;
    this.give(first);
    first.go?.();
  }

  /** While somebody waits: a place where nothing moved since the last look is handed on. */
  private look() {
    if (this.waiting.size === 0) {
      clearInterval(this.watch);
      this.watch = undefined;
      return;
    }
    for (const place of this.held) {
      if (place.moved) place.moved = false;
      else this.leave(place);
    }
  }
}
