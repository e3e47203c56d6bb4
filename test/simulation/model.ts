// What the law and the house say must happen, written again without the product: the journal's lines, in their order, are
// all it needs. Instants are milliseconds.
import { type AgentId, type Call, candidateOf, MINUTE_MS, type OrgId } from './cast.js';

export type Status = 'sealed' | 'late' | 'replaced' | 'withdrawn' | 'opened';

export interface SentFile {
  name: string;
  content: Buffer;
  whole: boolean;
}

export interface KnownBid {
  id: string;
  org: OrgId;
  person: string;
  key: string;
  at: number;
  late: boolean;
  version: number;
  status: Status;
  withdrawnAt: number | null;
  files: SentFile[];
}

/** A deposit that somebody asked for. */
export interface DepositAsked {
  org: OrgId;
  person: string;
  key: string;
  at: number;
  replaces: string[];
}

/** « accept » may be an earlier receipt given again. */
export type Expected = 'accept' | 'refuse' | 'either';

/** One call and its bids. */
export class CallModel {
  /** By version, from 1. */
  readonly deadlines: number[];
  readonly bids: KnownBid[] = [];
  /** Present whatever it holds, until it is deposited. */
  readonly drafts = new Map<OrgId, SentFile[]>();
  readonly confirmations: { who: AgentId; at: number }[] = [];
  openedAt: number | null = null;

  constructor(
    readonly call: Call,
    private readonly reserved: readonly OrgId[],
    private readonly firstMember: (org: OrgId) => string,
  ) {
    this.deadlines = [call.deadline];
  }

  get id() {
    return this.call.id;
  }

  get version() {
    return this.deadlines.length;
  }

  get deadline() {
    return this.deadlines.at(-1) as number;
  }

  get opensAt() {
    return this.deadline + this.call.delayMinutes * MINUTE_MS;
  }

  names(who: AgentId) {
    return this.call.openers.includes(who) || this.call.substitutes.includes(who);
  }

  /** Presence counts from the instant at which the opening is possible, which an extension puts off. */
  present(): Set<AgentId> {
    return new Set(this.confirmations.filter(({ who, at }) => at >= this.opensAt && this.names(who)).map(({ who }) => who));
  }

  /** A strict comparison, and nothing else: neither the order of commits nor the moment of the answer. */
  static isLate(at: number, deadline: number) {
    return at >= deadline;
  }

  rivals(org: OrgId, late: boolean): KnownBid[] {
    return this.bids.filter((bid) => candidateOf(bid.org) === candidateOf(org) && bid.late === late);
  }

  /** What a new bid of that arrival would take the place of: nothing, when something of the same candidate arrived after it. */
  replacedBy(org: OrgId, at: number): { late: boolean; overtaken: boolean; replaced: KnownBid[] } {
    const late = CallModel.isLate(at, this.deadline);
    const rivals = this.rivals(org, late);
    const latest = Math.max(...rivals.map((bid) => Math.max(bid.at, bid.withdrawnAt ?? 0)), 0);
    const overtaken = latest > at;
    return { late, overtaken, replaced: overtaken ? [] : rivals.filter((bid) => bid.status === 'sealed' || bid.status === 'late') };
  }

  expectsDeposit({ org, person, at, replaces }: DepositAsked): Expected {
    const draft = this.drafts.get(org);
    if (!this.call.invited.includes(org)) return 'refuse';
    if (!draft || draft.length === 0 || draft.some((file) => !file.whole) || this.openedAt !== null) return 'refuse';
    if (!this.mayDeposit(org, person)) return 'refuse';
    const unasked = this.replacedBy(org, at).replaced.filter((bid) => (bid.org !== org || bid.person !== person) && !replaces.includes(bid.id));
    return unasked.length > 0 ? 'refuse' : 'accept';
  }

  withdrawable(org: OrgId, at: number): KnownBid | undefined {
    return this.bids.find((bid) => bid.org === org && bid.status === 'sealed' && bid.at <= at);
  }

  expectsWithdrawal(org: OrgId, person: string, at: number): Expected {
    if (!this.mayDeposit(org, person)) return 'refuse';
    if (this.withdrawable(org, at)) return at < this.deadline ? 'accept' : 'refuse';
    // Asked again, it gives the receipt of the first time.
    return this.bids.some((bid) => bid.org === org && bid.withdrawnAt !== null) ? 'accept' : 'refuse';
  }

  mayDeposit(org: OrgId, person: string) {
    return !this.reserved.includes(org) || this.firstMember(org) === person;
  }

  expectsPresence(who: AgentId, now: number): Expected {
    const present = this.present();
    // A substitute steps in for an opener who is absent, while somebody is missing.
    const needed = this.call.openers.includes(who) || (present.size < this.call.quorum && (this.call.openers.length < this.call.quorum || this.call.openers.some((one) => !present.has(one))));
    return this.names(who) && this.openedAt === null && now >= this.opensAt && !present.has(who) && needed ? 'accept' : 'refuse';
  }

  expectsOpening(who: AgentId, now: number): Expected {
    return this.names(who) && this.openedAt === null && now >= this.opensAt && this.present().size >= this.call.quorum ? 'accept' : 'refuse';
  }

  expectsExtension(deadline: number, now: number): Expected {
    return this.openedAt === null && now < this.deadline && deadline > this.deadline ? 'accept' : 'refuse';
  }

  // What the journal says was done.

  deposited(bid: Omit<KnownBid, 'late' | 'version' | 'status' | 'withdrawnAt' | 'files'>): KnownBid {
    const { late, overtaken, replaced } = this.replacedBy(bid.org, bid.at);
    for (const former of replaced) former.status = 'replaced';
    const known: KnownBid = { ...bid, late, version: this.version, status: overtaken ? 'replaced' : late ? 'late' : 'sealed', withdrawnAt: null, files: this.drafts.get(bid.org) ?? [] };
    this.bids.push(known);
    this.drafts.delete(bid.org);
    return known;
  }

  /**
   * The rule announced for an outage may have moved a deadline that had passed. All is then as if that deadline had been the only one: of one
   * candidate's bids, those that arrived before it and were not withdrawn count, and the last to arrive stands.
   */
  private judgeAgain() {
    for (const candidate of new Set(this.bids.map((bid) => candidateOf(bid.org)))) {
      const own = this.bids.filter((bid) => candidateOf(bid.org) === candidate);
      const saved = own.some((bid) => bid.late && !CallModel.isLate(bid.at, this.deadline));
      if (!saved) continue;
      const counting = own.filter((bid) => bid.status !== 'withdrawn' && !CallModel.isLate(bid.at, this.deadline));
      const lastWithdrawal = Math.max(0, ...own.map((bid) => bid.withdrawnAt ?? 0));
      let stands: KnownBid | undefined;
      // In the order of the journal: of two arrivals in one millisecond, the second was written over the first.
      for (const bid of counting) if ((bid.at > lastWithdrawal || bid.status === 'sealed') && bid.at >= (stands?.at ?? 0)) stands = bid;
      for (const bid of counting) bid.status = bid === stands ? 'sealed' : 'replaced';
    }
  }

  opened(at: number) {
    this.judgeAgain();
    this.openedAt = at;
    for (const bid of this.bids) if (bid.status === 'sealed') bid.status = 'opened';
  }
}
