// Faults planted one at a time in a copy of the sources: `npm run simulate -- --mutants` must catch each of them.
// An edit is [file, search, replace]; the text is found exactly once, or the mutant is to be written again.
const CONSULTATION = 'src/consultations/consultation.ts';
const DEPOSITS = 'src/bids/deposits.service.ts';
const BID = 'src/bids/bid.ts';
const KEY = 'src/sealing/opening-gate.ts';
const FILES = 'src/platform/files.ts';

/** Those marked quick are caught within a few seeds: the test suite plants them each time. */
export const MUTANTS = [
  { name: 'the deadline itself is in time (< becomes <=)', quick: true, edits: [[CONSULTATION, 'return at < this.deadline;', 'return at <= this.deadline;']] },
  { name: 'the act commits before the bytes are synchronised', edits: [[FILES, 'await disk.synchronise(`${path}.part`);', '']] },
  { name: 'the name of a blob is not made durable', edits: [[FILES, 'await disk.synchronise(dirname(path));', '']] },
  { name: 'the folder of a blob is not made durable', edits: [[FILES, 'await this.disk.synchronise(this.root);', '']] },
  { name: 'guest() takes any invitation of the call', quick: true, edits: [['src/bids/guest.ts', ' and i."organisationId" in (:...own)', ''], ['src/bids/guest.ts', 'ownInvitation(actor, found?.invitations ?? [])', '(found?.invitations ?? [])[0] ?? null'], ['src/bids/guest.ts', 'act.see(found !== null && mayBid(actor, found, invitation));', 'act.see(found !== null);']] },
  { name: 'one opener fewer than the quorum', edits: [[KEY, 'confirmed >= this.quorum)', 'confirmed >= this.quorum - 1)']] },
  { name: 'the delay before the opening is ignored', quick: true, edits: [[CONSULTATION, 'this.openingDelayMinutes * MINUTE_MS', '0 * MINUTE_MS']] },
  { name: 'a presence declared before an extension still counts', edits: [[KEY, '&& at >= from', '&& at >= ""']] },
  { name: 'succession by the order of commits', edits: [[BID, 'const overtaken = rivals.some((bid) => cameAfter(bid.receivedAt, arrival) || (bid.withdrawnAt !== null && cameAfter(bid.withdrawnAt, arrival)));', 'const overtaken = false;']] },
  { name: 'a late bid takes the place of one in time', edits: [[BID, 'earlier.filter((bid) => bid.late === late)', 'earlier.filter(() => true)'], [BID, "(late ? 'late' : 'sealed'))", "'sealed' || bid.status === 'late')"]] },
  {
    name: 'the receipt is given before the commit',
    edits: [[DEPOSITS, "return await this.acts.perform(actor, 'bid.deposit', (act) => this.seal(act, actor, consultationId, idempotencyKey, ready, replaces), { at: arrivedAt });", "return await new Promise((answer, fail) => void this.acts.perform(actor, 'bid.deposit', async (act) => { const given = await this.seal(act, actor, consultationId, idempotencyKey, ready, replaces); answer(given); return given; }, { at: arrivedAt }).catch(fail));"]],
  },
  { name: 'the version of the deadline is not stored', quick: true, edits: [[DEPOSITS, 'deadlineVersion: consultation.deadlineVersion,\n      documentsVersion', 'deadlineVersion: 1,\n      documentsVersion']] },
  { name: 'a withdrawn bid is opened too', edits: [['src/bids/opening.service.ts', "findBy(Bid, { consultationId, status: 'sealed' })", "findBy(Bid, { consultationId, status: In(['sealed', 'withdrawn']) })"], [BID, "open: { from: ['sealed', 'admitted'], to: 'opened' }", "open: { from: ['sealed', 'admitted', 'withdrawn'], to: 'opened' }"]] },
  { name: 'an idempotency key belongs to everybody', edits: [[DEPOSITS, 'findOneBy(Bid, { organisationId: invitation.organisationId, idempotencyKey })', 'findOneBy(Bid, { idempotencyKey })']] },
  { name: 'a failure whose extent is unknown removes the manifest', edits: [[DEPOSITS, 'if (manifestBlob && error instanceof DomainError)', 'if (manifestBlob)']] },
  { name: 'a withdrawal after the deadline', edits: [[BID, 'if (at >= currentDeadline)', 'if (at > new Date(8e15))']] },
  { name: 'a deadline may come earlier', edits: [[CONSULTATION, "if (deadline <= this.deadline) throw Invalid.field('deadline', 'Une date limite ne se déplace que vers plus tard.');", '']] },
  { name: 'a deadline is extended after it has passed', edits: [[CONSULTATION, "if (!this.isInTime(now)) throw new Refused('deadline-passed', 'La date limite est déjà passée : elle ne se reporte plus. Il faudrait une nouvelle consultation.');", '']] },
  { name: 'an extension leaves the key where it was', edits: [['src/consultations/changes.service.ts', 'await this.custodian.postpone(act, id, consultation.opensAt);', '']] },
  { name: 'another establishment of the candidate is another candidate', edits: [['src/bids/candidate.ts', "scheme: 'FR-SIRET', siren: siren ? `${siren}%` : '-'", "scheme: 'FR-SIRET', siren: '-'"]] },
  { name: 'a colleague’s bid is replaced without a question', edits: [['src/bids/candidate.ts', 'if (how && !confirmed.includes(bid.id))', 'if (how && confirmed.includes("-"))']] },
  { name: 'a bid that an outage saved stays late', edits: [['src/bids/opening.service.ts', 'for (const bid of rejudge(bids, consultation)) {', 'for (const bid of rejudge(bids, consultation).slice(0, 0)) {']] },
  { name: 'a deposit waits, and is judged when it is written', quick: true, edits: [[DEPOSITS, 'const receivedAt = act.now;\n    const late = !consultation.isInTime(receivedAt);', 'const receivedAt = act.now;\n    const late = !consultation.isInTime((this.acts as unknown as { clock: { now(): Date } }).clock.now());']] },
];
