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

/** A line that never stops and never gives much: a chunk each millisecond, until the test has seen enough. */
function trickle(until: () => boolean): Arriving {
  return {
    cut: false,
    async *[Symbol.asyncIterator]() {
      while (!until()) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        yield new Uint8Array(10);
      }
    },
  };
}

describe('plusieurs envois à la fois', () => {
  it('quatre lignes lentes qui ne s’arrêtent jamais ne font pas attendre la rapide, qu’elles soient plus près ou plus loin de leur fin', async () => {
    for (const left of [100, 1e9]) {
      const places = new Places();
      const ends: string[] = [];
      const slow = [1, 2, 3, 4].map((n) => read(places.of(trickle(() => ends.includes('rapide')), left), ends, `lente ${n}`));
      await new Promise((resolve) => setTimeout(resolve, 20));
      await read(places.of(sender(500), 5_000), ends, 'rapide');
      await Promise.all(slow);
      expect(ends[0]).toBe('rapide');
      expect(places.state).toEqual({ held: 0, waiting: 0 });
    }
  }, 10_000);

  it('un petit fichier n’attend pas la fin des grands qui ont commencé avant lui', async () => {
    const places = new Places(2);
    const ends: string[] = [];
    const large = [1, 2].map((n) => read(places.of(sender(2_000), 20_000), ends, `grand ${n}`));
    await new Promise((resolve) => setImmediate(resolve));
    await read(places.of(sender(20), 200), ends, 'petit');
    await Promise.all(large);
    expect(ends[0]).toBe('petit');
    expect(places.state).toEqual({ held: 0, waiting: 0 });
  });


  it('le plus près de sa fin passe devant ; chacun finit, aucun n’est refusé', async () => {
    const places = new Places(1);
    const ends: string[] = [];
    const all = [['premier', 20], ['grand', 300], ['petit', 10], ['moyen', 50]].map(([name, chunks]) => read(places.of(sender(Number(chunks)), Number(chunks) * 10), ends, String(name)));
    await Promise.all(all);
    expect(ends).toEqual(['petit', 'premier', 'moyen', 'grand']);
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
