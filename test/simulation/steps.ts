// Steps as plain data: a failing seed is printed as a list of them, shortened, and kept as a named test.
import { AGENTS, type AgentId, type Call, INVITED, MINUTE_MS, OPENERS, ORGANISATIONS, type OrgId, type Setup } from './cast.js';
import { Chance } from './chance.js';

/** `new`; the last of one's own; one that another organisation used. */
export type KeyChoice = 'new' | 'again' | 'stolen';

export type Request =
  | { op: 'deposit'; call: number; org: OrgId; member: number; key: KeyChoice; agrees: boolean; behind: number; arrives?: number; twice?: boolean }
  | { op: 'withdraw'; call: number; org: OrgId; member: number; behind: number; arrives?: number }
  | { op: 'extend'; call: number; minutes: number; who: AgentId }
  | { op: 'outage'; call: number; minutes: number }
  | { op: 'present'; call: number; who: AgentId }
  | { op: 'open'; call: number; who: AgentId };

export type Step =
  | Request
  | { op: 'file'; call: number; org: OrgId; member: number; bytes: number; cut: boolean }
  | { op: 'clear'; call: number; org: OrgId }
  | { op: 'together'; requests: Request[] }
  | { op: 'clock'; call: number; to: 'deadline' | 'opening' | 'now'; ms: number }
  | { op: 'peek'; call: number; org: OrgId; who: OrgId | AgentId }
  | { op: 'jobs'; mailDown: boolean }
  /** Falls on the nth disk or database step of the next step. */
  | { op: 'fault'; nth: number; when: 'before' | 'after'; effect: 'fail' | 'kill' | 'power' }
  | { op: 'restart'; how: 'kill' | 'power' };

const BEFORE = [-60_000, -2_000, -1_000, -200, -2, -1, -1];
const AROUND = [...BEFORE, 0, 0, 1, 200, 60_000];
/** How long a request waits behind the lock: some cross the deadline. */
const BEHIND = [0, 0, 0, 0, 1, 200, 4_000];

export function setupOf(seed: number): Setup {
  const chance = new Chance(seed * 2 + 1);
  const deadline = Date.parse('2023-07-26T21:59:00.000Z');
  const call = (id: string, at: number): Call => ({
    id,
    deadline: at,
    delayMinutes: chance.of([1, 30, 60]),
    quorum: chance.int(1, 3),
    openers: OPENERS.slice(0, 3),
    substitutes: ['substitute'],
    outageRule: chance.once(2) ? { minutes: 10, hours: 8 } : null,
    invited: INVITED,
  });
  return {
    start: deadline - chance.of([10_000, 600_000, 3_600_000]),
    calls: [call('k1', deadline), { ...call('k2', deadline + chance.of([0, 5, 90]) * MINUTE_MS), invited: INVITED.filter((one) => one !== 'gamma') }],
    reserved: chance.once(3) ? ['delta'] : [],
  };
}

/** Few organisations meet more often than many. */
export function stepsOf(seed: number, count: number): Step[] {
  const chance = new Chance(seed * 2);
  const orgs = chance.weighted<readonly OrgId[]>([[2, ['alpha', 'alpha-bis', 'gamma']], [1, ['alpha', 'delta']], [2, INVITED]]);
  const steps: Step[] = [];
  while (steps.length < count) steps.push(...next(chance, orgs, chance.once(8) ? chance.next() : steps.length / count));
  return steps;
}

/** @param progress from 0 to 1: deposits first, then the deadline, then the opening; out of order now and then */
function next(chance: Chance, orgs: readonly OrgId[], progress: number): Step[] {
  const call = chance.once(5) ? 1 : 0;
  const [early, mid, late] = [progress < 0.5 ? 1 : 0, progress >= 0.3 && progress < 0.8 ? 1 : 0, progress >= 0.7 ? 1 : 0];
  const who = () => ({ call, org: chance.of(orgs), member: chance.int(0, 2) });
  const file = (one = who()): Step => ({ op: 'file', ...one, bytes: chance.of([1, 40, 300, 70_000]), cut: chance.once(12) });
  const bid = (): Step[] => {
    const one = who();
    return [{ ...file(one), cut: false } as Step, ...fault(chance), { ...deposit(chance, one.call, orgs), org: one.org, member: one.member }];
  };
  const clock = (to: 'deadline' | 'opening' | 'now', ms: readonly number[]): Step[] => [{ op: 'clock', call, to, ms: chance.of(ms) }];
  return chance.weighted<() => Step[]>([
    [7, bid],
    [2, () => [...fault(chance), file()]],
    [2, () => [...fault(chance), deposit(chance, call, orgs)]],
    [3, () => [...fault(chance), { op: 'withdraw', ...who(), behind: chance.of(BEHIND) }]],
    [2 * early, () => clock('now', [1, 500, 1_000])],
    [5 * mid, () => clock('deadline', BEFORE)],
    [4 * mid, () => race(chance, call, orgs)],
    [3 * late, () => clock('deadline', AROUND)],
    [3 * late, () => clock('opening', [-1, 0, 1, 5_000])],
    [2, () => [...fault(chance), extension(chance, call)]],
    [1, () => [...fault(chance), { op: 'outage', call, minutes: chance.of([5, 9, 10, 45]) }]],
    [1 + 4 * late, () => [{ op: 'present', call, who: chance.of(AGENTS) }]],
    [1 + 2 * late, () => [...fault(chance), { op: 'open', call, who: chance.of(AGENTS) }]],
    [3, () => together(chance, call, orgs)],
    [2, () => [{ op: 'peek', call, org: chance.of(orgs), who: chance.of([...AGENTS, ...(Object.keys(ORGANISATIONS) as OrgId[])]) }]],
    [0.5, () => [{ op: 'clear', call, org: chance.of(orgs) }]],
    [1, () => [...fault(chance), { op: 'jobs', mailDown: chance.once(2) }]],
    [1, () => [{ op: 'restart', how: chance.of(['kill', 'power'] as const) }]],
  ])();
}

function fault(chance: Chance): Step[] {
  if (!chance.once(4)) return [];
  return [{ op: 'fault', nth: chance.int(0, 24), when: chance.of(['before', 'after'] as const), effect: chance.weighted([[2, 'fail'], [1, 'kill'], [2, 'power']] as const) }];
}

function deposit(chance: Chance, call: number, orgs: readonly OrgId[]) {
  const key = chance.weighted<KeyChoice>([[6, 'new'], [1, 'again'], [1, 'stolen']]);
  return { op: 'deposit' as const, call, org: chance.of(orgs), member: chance.int(0, 2), key, agrees: !chance.once(4), behind: chance.of(BEHIND), twice: chance.once(6) };
}

const extension = (chance: Chance, call: number) => ({ op: 'extend' as const, call, minutes: chance.of([-30, 0, 1, 1, 2, 60]), who: chance.of(['officer', 'officer', 'officer', ...AGENTS] as AgentId[]) });

/** Different organisations at once, in another order than that of their arrivals, with the buyer’s acts among them. */
function together(chance: Chance, call: number, orgs: readonly OrgId[], arrivals: readonly number[] = [0, 0, 1, 3, 250]): Step[] {
  const takers = orgs.filter(() => !chance.once(3));
  const files = takers.map((org): Step => ({ op: 'file', call, org, member: 0, bytes: 40, cut: false }));
  const requests: Request[] = takers.map((org) => ({ ...deposit(chance, call, orgs), org, key: 'new', arrives: chance.of(arrivals) }));
  if (chance.once(3)) requests.push({ op: 'withdraw', call, org: chance.of(orgs), member: 0, behind: 0, arrives: chance.of(arrivals) });
  if (chance.once(3)) requests.push(extension(chance, call));
  if (chance.once(4)) requests.push({ op: 'open', call, who: chance.of(OPENERS) }, { op: 'open', call, who: chance.of(OPENERS) });
  return [...files, ...fault(chance), { op: 'together', requests }];
}

/** Everybody within milliseconds of the deadline. */
function race(chance: Chance, call: number, orgs: readonly OrgId[]): Step[] {
  const steps = together(chance, call, orgs, [0, 1, 1, 2]);
  return [...steps.filter((one) => one.op === 'file'), { op: 'clock', call, to: 'deadline', ms: -1 }, ...steps.filter((one) => one.op !== 'file')];
}
