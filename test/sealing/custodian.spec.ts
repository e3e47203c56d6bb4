import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SealingKey } from '../../src/sealing/sealing-key.js';
import { BEFORE, Case, OPENING, plan, sealedTo } from './custodian-case.js';
import { chunks, collect } from './bytes.js';

const the = new Case();

beforeEach(() => the.open());
afterEach(() => the.close());

describe('the custodian', () => {
  it('opens a part only after the release, at the very instant it may', async () => {
    const plain = randomBytes(70_000);
    const bytes = await sealedTo(await the.custodian.create(the.act(), plan), plain);
    const read = () => collect(the.custodian.read(the.source.manager, 'c-1', 'bid-1', chunks(bytes)));
    await expect(read()).rejects.toMatchObject({ code: 'sealed' });
    await the.confirm('ana');
    await the.confirm('bob');
    await expect(read()).rejects.toMatchObject({ code: 'sealed' });
    await expect(the.custodian.release(the.act(BEFORE), 'c-1', [])).rejects.toMatchObject({ code: 'too-early', status: 409 });
    expect((await the.row()).releasedAt).toBeNull();
    await the.custodian.release(the.act(), 'c-1', ['bid-1']);
    expect((await the.row()).releasedAt).toEqual(new Date(OPENING));
    expect((await read()).equals(plain)).toBe(true);
  });

  it('reads what was released and nothing else, though the key is the same', async () => {
    const plain = randomBytes(100);
    const bytes = await sealedTo(await the.custodian.create(the.act(), plan), plain);
    const read = (subject: string, id = 'c-1') => collect(the.custodian.read(the.source.manager, id, subject, chunks(bytes)));
    await the.confirm('ana');
    await the.confirm('bob');
    await the.custodian.release(the.act(), 'c-1', ['in-time']);
    expect((await read('in-time')).equals(plain)).toBe(true);
    await expect(read('late')).rejects.toMatchObject({ code: 'sealed' });
    await expect(read('in-time', 'c-2')).rejects.toMatchObject({ status: 404 });
  });

  it('opens a supplementary session after the opening only, on confirmations of its own', async () => {
    const plain = randomBytes(100);
    const bytes = await sealedTo(await the.custodian.create(the.act(), plan), plain);
    const read = () => collect(the.custodian.read(the.source.manager, 'c-1', 'late', chunks(bytes)));
    await expect(the.custodian.convene(the.act(), 'c-1', 'late')).rejects.toMatchObject({ code: 'not-opened' });
    await the.confirm('ana');
    await the.confirm('bob');
    await the.custodian.release(the.act(), 'c-1', ['in-time']);
    await expect(the.custodian.convene(the.act(), 'c-1', 'in-time')).rejects.toMatchObject({ code: 'already-released' });
    const later = '2023-07-28T08:00:00.000Z';
    expect(await the.custodian.convene(the.act(later), 'c-1', 'late')).toBe(2);
    await expect(the.custodian.convene(the.act(later), 'c-1', 'late')).rejects.toMatchObject({ code: 'already-convened' });
    // The confirmations of the opening are not those of the session, nor may they come before it was convened.
    await expect(the.custodian.releaseSession(the.act(later), 'c-1', 2)).rejects.toMatchObject({ code: 'quorum' });
    await expect(the.custodian.confirmSession(the.act('2023-07-28T07:59:59.999Z'), 'c-1', 2, 'ana')).rejects.toMatchObject({ code: 'too-early' });
    await expect(the.custodian.confirmSession(the.act(later), 'c-1', 2, 'eve')).rejects.toMatchObject({ status: 403 });
    expect(await the.custodian.convene(the.act(later), 'c-1', 'other')).toBe(2);
    await the.custodian.confirmSession(the.act(later), 'c-1', 2, 'ana');
    // Somebody has confirmed for these bids: one more waits for a session of its own.
    expect(await the.custodian.convene(the.act(later), 'c-1', 'third')).toBe(3);
    await expect(read()).rejects.toMatchObject({ code: 'sealed' });
    await the.custodian.confirmSession(the.act(later), 'c-1', 2, 'sam');
    expect(await the.custodian.releaseSession(the.act(later), 'c-1', 2)).toEqual(['late', 'other']);
    expect((await read()).equals(plain)).toBe(true);
    await expect(the.custodian.releaseSession(the.act(later), 'c-1', 2)).rejects.toMatchObject({ code: 'already-released' });
    await expect(the.custodian.session(the.source.manager, 'c-1', 4)).rejects.toMatchObject({ status: 404 });
  });

  it('counts distinct persons who are named', async () => {
    await the.custodian.create(the.act(), plan);
    await the.confirm('ana');
    expect(await the.confirm('ana', '2023-07-26T23:10:00.000Z')).toMatchObject({ confirmed: 1, quorum: 2, confirmedBy: ['ana'] });
    expect((await the.row()).confirmations).toEqual([{ personId: 'ana', at: OPENING }]);
    // Even if two requests of one person had both been written.
    const twice = [1, 2].map(() => ({ personId: 'ana', at: OPENING }));
    await the.source.manager.update(SealingKey, { id: 'c-1' }, { confirmations: twice });
    await expect(the.confirm('eve')).rejects.toMatchObject({ status: 403 });
    await expect(the.custodian.release(the.act(), 'c-1', [])).rejects.toMatchObject({ code: 'quorum', details: { confirmed: 1, quorum: 2 } });
    await the.confirm('sam');
    await the.custodian.release(the.act(), 'c-1', []);
  });

  it('takes no confirmation before the hour, and none from before a postponement', async () => {
    await the.custodian.create(the.act(), plan);
    await expect(the.confirm('ana', BEFORE)).rejects.toMatchObject({ code: 'too-early' });
    await the.confirm('ana');
    await the.confirm('bob');
    const later = '2023-07-27T10:00:00.000Z';
    await the.custodian.postpone(the.act(), 'c-1', new Date(later));
    await expect(the.custodian.release(the.act(), 'c-1', [])).rejects.toMatchObject({ code: 'too-early' });
    await expect(the.custodian.release(the.act(later), 'c-1', [])).rejects.toMatchObject({ code: 'quorum' });
    await the.confirm('ana', later);
    await the.confirm('bob', later);
    await the.custodian.release(the.act(later), 'c-1', []);
  });

  it('never brings the opening forward', async () => {
    await the.custodian.create(the.act(), plan);
    for (const earlier of [new Date(BEFORE), new Date(NaN)]) {
      await expect(the.custodian.postpone(the.act(), 'c-1', earlier)).rejects.toMatchObject({ code: 'not-later' });
    }
    expect((await the.row()).notBefore).toEqual(new Date(OPENING));
    await the.custodian.postpone(the.act(), 'c-1', new Date(OPENING));
  });

  it('no longer counts somebody who was replaced', async () => {
    await the.custodian.create(the.act(), plan);
    await the.confirm('ana');
    await the.confirm('bob');
    await the.custodian.appoint(the.act(), 'c-1', ['ana', 'zoe'], []);
    await expect(the.custodian.release(the.act(), 'c-1', [])).rejects.toMatchObject({ code: 'quorum' });
    await the.confirm('zoe');
    await the.custodian.release(the.act(), 'c-1', []);
  });

  it('a recusal takes a confirmation away at once, may leave too few, and a replacement never lowers the quorum', async () => {
    await the.custodian.create(the.act(), plan);
    await the.confirm('ana');
    await the.confirm('bob');
    await the.custodian.remove(the.act(), 'c-1', 'bob');
    await the.custodian.remove(the.act(), 'c-1', 'ana');
    await expect(the.custodian.release(the.act(), 'c-1', [])).rejects.toMatchObject({ code: 'quorum' });
    await expect(the.confirm('bob')).rejects.toMatchObject({ code: 'forbidden' });
    await the.custodian.replace(the.act(), 'c-1', 'bob', 'zoe');
    await expect(the.custodian.replace(the.act(), 'c-1', 'ana', 'zoe')).rejects.toMatchObject({ code: 'openers' });
    await expect(the.custodian.replace(the.act(), 'c-1', 'zoe', 'zoe')).rejects.toMatchObject({ code: 'openers' });
    await the.confirm('zoe');
    await expect(the.custodian.release(the.act(), 'c-1', [])).rejects.toMatchObject({ code: 'quorum' });
    await the.custodian.replace(the.act(), 'c-1', 'ana', 'yan');
    expect(await the.row()).toMatchObject({ openers: ['zoe', 'yan'], quorum: 2 });
    await the.confirm('yan');
    await the.custodian.release(the.act(), 'c-1', []);
    await expect(the.custodian.remove(the.act(), 'c-1', 'zoe')).rejects.toMatchObject({ code: 'already-released' });
    await expect(the.custodian.replace(the.act(), 'c-1', 'zoe', 'ana')).rejects.toMatchObject({ code: 'already-released' });
  });

  it('substitutes change without the openers, and never twice the same person', async () => {
    await the.custodian.create(the.act(), plan);
    await the.custodian.substitutes(the.act(), 'c-1', ['zoe']);
    expect(await the.row()).toMatchObject({ openers: plan.openers, substitutes: ['zoe'] });
    await expect(the.custodian.substitutes(the.act(), 'c-1', ['ana'])).rejects.toMatchObject({ code: 'openers' });
    await the.custodian.replace(the.act(), 'c-1', 'bob', 'zoe');
    expect(await the.row()).toMatchObject({ openers: ['ana', 'zoe'], substitutes: [] });
  });

  it('does nothing twice: no second key, no second release, no change after it', async () => {
    const recipient = await the.custodian.create(the.act(), { ...plan, quorum: 1 });
    await expect(the.custodian.create(the.act(), plan)).rejects.toThrow();
    expect(await the.custodian.recipient(the.source.manager, 'c-1')).toBe(recipient);
    await the.confirm('ana');
    await the.custodian.release(the.act(), 'c-1', []);
    const after = { code: 'already-released' };
    await expect(the.custodian.release(the.act(), 'c-1', [])).rejects.toMatchObject(after);
    await expect(the.confirm('bob')).rejects.toMatchObject(after);
    await expect(the.custodian.postpone(the.act(), 'c-1', new Date('2024-01-01'))).rejects.toMatchObject(after);
    await expect(the.custodian.appoint(the.act(), 'c-1', ['zoe'], [])).rejects.toMatchObject(after);
  });

  it.each([
    { quorum: 0 },
    { quorum: 3 },
    { quorum: 1.5 },
    { quorum: NaN },
    { openers: [] },
    { openers: ['ana', 'ana'] },
    { substitutes: ['bob'] },
  ])('refuses a quorum out of reach or doubled persons: %j', async (wrong) => {
    await expect(the.custodian.create(the.act(), { ...plan, ...wrong })).rejects.toMatchObject({ code: 'openers' });
  });

  it('answers 404 for a consultation without a key', async () => {
    await expect(the.custodian.canOpen(the.source.manager, 'nowhere')).rejects.toMatchObject({ status: 404 });
    await expect(the.custodian.release(the.act(), 'nowhere', [])).rejects.toMatchObject({ status: 404 });
  });
});
