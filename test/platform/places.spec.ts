// Who reads first when many send at once.
import { describe, expect, it, jest } from '@jest/globals';
import type { Arriving } from '../../src/platform/body.js';
import { Places } from '../../src/platform/places.js';

/** A sender whose chunks come when the test says so, or all at once. */
function sender(chunks: number, gate?: () => Promise<void>): Arriving {
  return {
    cut: false,
    async *[Symbol.asyncIterator]() {
      for (let n = 0; n < chunks; n += 1) {
        if (n > 0) await gate?.();
        yield new Uint8Array(10);
      }
    },
  };
}

async function read(body: AsyncIterable<Uint8Array>, ends: string[], name: string) {
  for await (const _ of body) await new Promise((resolve) => setImmediate(resolve));
  ends.push(name);
}

describe('plusieurs envois à la fois', () => {
  it('le plus près de sa fin passe devant ; chacun finit, aucun n’est refusé', async () => {
    const places = new Places(1);
    const ends: string[] = [];
    const all = [['premier', 20], ['grand', 300], ['petit', 10], ['moyen', 50]].map(([name, chunks]) => read(places.of(sender(Number(chunks)), Number(chunks) * 10), ends, String(name)));
    await Promise.all(all);
    expect(ends).toEqual(['premier', 'petit', 'moyen', 'grand']);
    expect(places.state).toEqual({ held: 0, waiting: 0 });
  });

  it('une ligne lente ne garde pas sa place', async () => {
    const places = new Places(1);
    const ends: string[] = [];
    let open = () => {};
    const slow = read(places.of(sender(2, () => new Promise<void>((resolve) => void (open = resolve))), 20), ends, 'lent');
    await read(places.of(sender(5), 50), ends, 'rapide');
    open();
    await slow;
    expect(ends).toEqual(['rapide', 'lent']);
    expect(places.state).toEqual({ held: 0, waiting: 0 });
  });

  it('qui attend longtemps avance tout de même d’un morceau, sans prendre de place', async () => {
    jest.useFakeTimers();
    try {
      const places = new Places(1);
      let seen = 0;
      let over = false;
      const busy = (async () => {
        for await (const _ of places.of(sender(1e9), 10)) {
          if (over) break;
          await jest.advanceTimersByTimeAsync(1_000);
        }
      })();
      const patient = (async () => {
        for await (const _ of places.of(sender(2), 1e9)) {
          seen += 1;
          if (seen === 2) over = true;
        }
      })();
      await Promise.all([busy, patient]);
      expect(seen).toBe(2);
    } finally {
      jest.useRealTimers();
    }
  });

  it('un envoi abandonné rend sa place', async () => {
    const places = new Places(1);
    for await (const _ of places.of(sender(3), 30)) break;
    expect(places.state).toEqual({ held: 0, waiting: 0 });
  });
});
