import { Bid, BID_MOVES, type BidStatus, succession } from '../../src/bids/bid.js';

const DEADLINE = new Date('2023-07-26T21:59:00.000Z');
const at = (offset: number) => new Date(DEADLINE.getTime() + offset);
const bid = (status: BidStatus, offset = -60_000, more: Partial<Bid> = {}) =>
  Object.assign(new Bid(), { id: `bid${offset}`, status, receivedAt: at(offset), deadline: DEADLINE }, more);

describe('a bid', () => {
  const STATES: BidStatus[] = ['sealed', 'late', 'replaced', 'withdrawn', 'admitted', 'eliminated', 'opened', 'unreadable'];
  const moves: Record<keyof typeof BID_MOVES, (one: Bid) => void> = {
    replace: (one) => one.replace(),
    withdraw: (one) => one.withdraw(at(-1), DEADLINE),
    open: (one) => one.open(at(3_600_000)),
    failToRead: (one) => one.failToRead('corrupted'),
    recover: (one) => one.recover(),
    admit: (one) => one.admit(),
    eliminate: (one) => one.eliminate(),
    reinstate: (one) => one.reinstate(at(86_400_000), 2),
  };
  const pairs = (Object.keys(moves) as (keyof typeof moves)[]).flatMap((move) => STATES.map((state) => [move, state] as const));

  it.each(pairs)('%s from %s goes where the table says, or nowhere', (move, state) => {
    const one = bid(state, state === 'late' ? 200 : -60_000);
    const allowed = (BID_MOVES[move].from as readonly string[]).includes(state);
    if (allowed) {
      moves[move](one);
      expect(one.status).toBe(BID_MOVES[move].to);
    } else {
      expect(() => moves[move](one)).toThrow(expect.objectContaining({ code: 'wrong-state' }));
      expect(one.status).toBe(state);
    }
  });

  it('is late from the deadline itself on', () => {
    expect(bid('sealed', -1).late).toBe(false);
    expect(bid('late', 0).late).toBe(true);
    expect(bid('late', 200).late).toBe(true);
  });

  it('is withdrawn strictly before the deadline', () => {
    const one = bid('sealed');
    expect(() => one.withdraw(at(0), DEADLINE)).toThrow(expect.objectContaining({ code: 'deadline-passed' }));
    expect(one).toMatchObject({ status: 'sealed' });
    one.withdraw(at(-1), DEADLINE);
    expect(one).toMatchObject({ status: 'withdrawn', withdrawnAt: at(-1) });
  });
});

describe('succession of the bids of one organisation', () => {
  it('the latest arrival in time replaces the former', () => {
    const former = bid('sealed', -60_000);
    expect(succession([former], { receivedAt: at(-10), writtenAt: at(1000), late: false })).toEqual({ replaced: [former], overtaken: false });
  });

  it('an earlier arrival that commits later is itself the replaced one', () => {
    const later = bid('sealed', -10);
    expect(succession([later], { receivedAt: at(-60_000), writtenAt: at(1000), late: false })).toEqual({ replaced: [], overtaken: true });
  });

  it('a clock put back does not give an old bid the place of the new one', () => {
    const former = bid('sealed', -10);
    // Written under the lock after the former, at an hour before it: the hour was wrong then.
    expect(succession([former], { receivedAt: at(-60_000), writtenAt: at(-59_900), late: false })).toEqual({ replaced: [former], overtaken: false });
    const withdrawn = bid('withdrawn', -10, { withdrawnAt: at(-5) });
    expect(succession([withdrawn], { receivedAt: at(-60_000), writtenAt: at(-59_900), late: false }).overtaken).toBe(false);
  });

  it('a late one never takes the place of one in time', () => {
    expect(succession([bid('sealed', -10)], { receivedAt: at(200), writtenAt: at(1000), late: true })).toEqual({ replaced: [], overtaken: false });
  });

  it('a late one replaces a former late one', () => {
    const former = bid('late', 200);
    expect(succession([former], { receivedAt: at(900), writtenAt: at(1000), late: true })).toEqual({ replaced: [former], overtaken: false });
  });

  it('does not come back to life when a later bid was withdrawn', () => {
    const withdrawn = bid('withdrawn', -10, { withdrawnAt: at(-5) });
    expect(succession([withdrawn], { receivedAt: at(-60_000), writtenAt: at(1000), late: false }).overtaken).toBe(true);
  });

  it('a withdrawal that arrived after it withdraws it too', () => {
    const withdrawn = bid('withdrawn', -60_000, { withdrawnAt: at(-5) });
    expect(succession([withdrawn], { receivedAt: at(-10), writtenAt: at(1000), late: false }).overtaken).toBe(true);
    expect(succession([withdrawn], { receivedAt: at(-1), writtenAt: at(1000), late: false }).overtaken).toBe(false);
  });
});
