import { describe, expect, it } from '@jest/globals';
import { Turns } from '../../src/platform/turns.js';

const never = new Promise<void>(() => undefined);

describe('chacun son tour', () => {
  it('tant à la fois pour un même porteur, les autres dans l’ordre, aucun refusé', async () => {
    const turns = new Turns(3);
    const order: number[] = [];
    let busy = 0;
    let most = 0;
    const work = (n: number) => async () => {
      busy += 1;
      most = Math.max(most, busy);
      order.push(n);
      await new Promise((resolve) => setImmediate(resolve));
      busy -= 1;
      return n;
    };
    const done = await Promise.all(Array.from({ length: 40 }, (_, n) => turns.pass('a', never, work(n))));
    expect(done).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(order).toEqual(done);
    expect(most).toBe(3);
    expect(turns.state('a')).toEqual({ busy: 0, waiting: 0 });
  });

  it('un porteur lent n’arrête que lui ; un échec rend la place ; qui s’en va quitte la file', async () => {
    const turns = new Turns(1);
    let end = () => undefined as void;
    const slow = turns.pass('lent', never, () => new Promise<void>((resolve) => (end = resolve)));
    let leave = () => undefined as void;
    const gone = turns.pass('lent', new Promise<void>((resolve) => (leave = resolve)), async () => 'jamais');
    const failing = turns.pass('lent', never, async () => {
      throw new Error('disque');
    });
    failing.catch(() => undefined);
    const last = turns.pass('lent', never, async () => 'fait');
    expect(await turns.pass('autre', never, async () => 'aussitôt')).toBe('aussitôt');
    expect(turns.state('lent')).toEqual({ busy: 1, waiting: 3 });
    leave();
    expect(await gone).toBeUndefined();
    end();
    await slow;
    await expect(failing).rejects.toThrow('disque');
    expect(await last).toBe('fait');
    expect(turns.state('lent')).toEqual({ busy: 0, waiting: 0 });
  });
});
