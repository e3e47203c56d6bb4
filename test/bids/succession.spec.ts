import fc from 'fast-check';
import { Bid, succession } from '../../src/bids/bid.js';
import { replacing } from '../../src/bids/candidate.js';
import { mayDeposit, restrictDeposit } from '../../src/people/depositors.js';

const DEADLINE = new Date('2023-07-26T21:59:00.000Z');
const at = (offset: number) => new Date(DEADLINE.getTime() + offset);

/** What the act does with the verdict: the earlier ones give way, the new one stands or is itself overtaken. */
function file(known: Bid[], offset: number, establishment = 'a'): Bid {
  const receivedAt = at(offset);
  const late = receivedAt >= DEADLINE;
  const { replaced, overtaken } = succession(known, { receivedAt, writtenAt: at(2000), late });
  for (const one of replaced) one.replace();
  const bid = Object.assign(new Bid(), { id: `${known.length}`, organisationId: establishment, status: overtaken ? 'replaced' : late ? 'late' : 'sealed', receivedAt, deadline: DEADLINE });
  known.push(bid);
  return bid;
}

const arrival = fc.record({ offset: fc.integer({ min: -1000, max: 1000 }), establishment: fc.constantFrom('a', 'b') });

describe('the succession of the bids of one candidate', () => {
  it('leaves one bid in time at most, the latest to arrive, whatever the order of commits and the establishment', () => {
    fc.assert(
      fc.property(fc.uniqueArray(arrival, { selector: (one) => one.offset, maxLength: 12 }), (arrivals) => {
        const known: Bid[] = [];
        for (const one of arrivals) file(known, one.offset, one.establishment);
        const latest = (late: boolean) => arrivals.filter((one) => one.offset >= 0 === late).toSorted((x, y) => y.offset - x.offset)[0]?.offset;
        const standing = (status: Bid['status']) => known.filter((bid) => bid.status === status).map((bid) => bid.receivedAt.getTime() - DEADLINE.getTime());
        expect(standing('sealed')).toEqual([latest(false)].filter((one) => one !== undefined));
        expect(standing('late')).toEqual([latest(true)].filter((one) => one !== undefined));
      }),
    );
  });

  it('gives each bid a verdict that depends on its instant alone, to the millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2000, max: 2000 }), fc.array(arrival, { maxLength: 6 }), (offset, others) => {
        const known: Bid[] = [];
        for (const one of others) file(known, one.offset, one.establishment);
        const bid = file(known, offset);
        expect(bid.late).toBe(offset >= 0);
        expect(['sealed', 'replaced']).toContain(offset < 0 ? bid.status : 'sealed');
        if (offset >= 0) expect(['late', 'replaced']).toContain(bid.status);
      }),
    );
  });

  it('never brings back what a withdrawal took away', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: -500, max: -1 }).map((n) => n * 2), { minLength: 2, maxLength: 10 }), fc.integer({ min: 0, max: 9 }), (offsets, pick) => {
        const known: Bid[] = [];
        for (const offset of offsets) file(known, offset);
        const standing = known.find((bid) => bid.status === 'sealed');
        const withdrawnAt = new Date((standing?.receivedAt.getTime() ?? 0) + 1);
        standing?.withdraw(withdrawnAt, DEADLINE);
        // Whoever had arrived before the withdrawal and commits after it stays down.
        const tardy = file(known, (offsets[pick % offsets.length] ?? -2) - 1);
        expect(known.filter((bid) => bid.status === 'sealed')).toEqual([]);
        expect(tardy.status).toBe('replaced');
      }),
    );
  });
});

describe('whose bid is replaced', () => {
  const former = { organisationId: 'strasbourg', depositedById: 'aline' };
  it.each([
    ['one’s own', { organisationId: 'strasbourg', personId: 'aline' }, null],
    ['a colleague’s', { organisationId: 'strasbourg', personId: 'bruno' }, 'colleague'],
    ['another establishment’s', { organisationId: 'colmar', personId: 'bruno' }, 'establishment'],
    ['another establishment’s, by the same person', { organisationId: 'colmar', personId: 'aline' }, 'establishment'],
  ])('%s', (_, by, how) => expect(replacing(former, by)).toBe(how));
});

describe('who deposits', () => {
  const members = ['aline', 'bruno', 'chloé'];

  it('any member, until the members reserve it; one who left counts no more', () => {
    fc.assert(
      fc.property(fc.subarray([...members, 'partie']), fc.constantFrom(...members), (depositorIds, person) => {
        const left = depositorIds.filter((id) => members.includes(id));
        expect(mayDeposit({ depositorIds }, person, members)).toBe(left.length === 0 || left.includes(person));
      }),
    );
    expect(mayDeposit({ depositorIds: null }, 'aline', members)).toBe(true);
  });

  it('only those on the list change it, and never to somebody from outside', () => {
    const organisation = { depositorIds: null as string[] | null };
    restrictDeposit(organisation, 'aline', members, ['bruno', 'bruno']);
    expect(organisation.depositorIds).toEqual(['bruno']);
    expect(() => restrictDeposit(organisation, 'aline', members, ['aline'])).toThrow(expect.objectContaining({ status: 403 }));
    expect(() => restrictDeposit(organisation, 'bruno', members, ['intrus'])).toThrow(expect.objectContaining({ status: 422 }));
    expect(organisation.depositorIds).toEqual(['bruno']);
    restrictDeposit(organisation, 'bruno', members, []);
    expect(organisation.depositorIds).toBeNull();
  });
});
