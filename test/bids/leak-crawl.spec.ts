// Principle 1.6: before the opening, what anybody but the depositor is answered is the same with 0 and with 50 bids.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DepositsService } from '../../src/bids/deposits.service.js';
import { Bid } from '../../src/bids/bid.js';
import { OpeningService } from '../../src/bids/opening.service.js';
import { sendFile } from '../support/upload.js';
import { BidUploadsService } from '../../src/bids/uploads.service.js';
import { Invitation } from '../../src/consultations/consultation.js';
import { Actor } from '../../src/platform/actor.js';
import { Log } from '../../src/platform/log.js';
import { ask, canariesIn, everythingKept, type Facts, fill, type LeakWorld, type Question, questions, ROLES, twoWorlds, UUID } from './leak-worlds.js';

describe('rien ne transpire avant l’ouverture', () => {
  let empty: LeakWorld;
  let busy: LeakWorld;
  let facts: Facts;
  let known: Set<string>;
  let all: ReturnType<typeof questions>;

  beforeAll(async () => {
    ({ empty, busy, facts } = await twoWorlds());
    known = new Set((await everythingKept(empty)).toString('latin1').match(UUID));
    const ids = await fill(busy, facts);
    for (const id of ids) known.add(id);
    empty.clock.moveTo(busy.clock.now());
    all = questions(busy.app, facts, ids);
  }, 120_000);
  afterAll(() => Promise.all([empty.close(), busy.close()]));

  /** @returns routes whose answers differ, or hold a canary */
  async function crawl(asked: readonly Question[], roles: readonly (typeof ROLES)[number][] = ROLES): Promise<{ answers: number; differing: string[]; singing: string[]; broken: string[] }> {
    const result = { answers: 0, differing: [] as string[], singing: [] as string[], broken: [] as string[] };
    for (const question of asked) {
      for (const role of roles) {
        const [one = '', two = ''] = await Promise.all([empty, busy].map((world) => ask(world, facts, role, question, known)));
        const name = `${role} ${question.method} ${question.path}`;
        result.answers += 2;
        if (one !== two) result.differing.push(`${name}\n${firstDifference(one, two)}`);
        if (canariesIn(two).length > 0) result.singing.push(name);
        if (two.startsWith('500')) result.broken.push(name);
      }
    }
    return result;
  }

  it('50 dépôts dans l’un des deux mondes, aucun dans l’autre', async () => {
    expect(await busy.source.manager.countBy(Bid, {})).toBe(51);
    expect(await empty.source.manager.countBy(Bid, {})).toBe(0);
    expect(all.reads.length + all.writes.length + all.last.length).toBeGreaterThan(250);
  });

  /** In the suite, by two roles in turn; with LEAKS=all, by every role. */
  const shares = process.env.LEAKS === 'all' ? [ROLES] : ROLES.map((role, n) => [role, ROLES[(n + 3) % ROLES.length] ?? role]);
  const crawlInTurn = async (asked: readonly Question[]) => {
    let total = 0;
    for (const [n, roles] of shares.entries()) {
      const { answers, ...wrong } = await crawl(asked.filter((_, index) => index % shares.length === n), roles);
      expect(wrong).toEqual({ differing: [], singing: [], broken: [] });
      total += answers;
    }
    return total;
  };
  const ofTheCall = ({ path }: Question) => [facts.id, facts.commissionId, facts.contractId].some((one) => path.includes(one)) || /^\/(api\/)?[\w-]*$/.test(path);

  it('toute lecture de la consultation, tout rôle, et les autres à tour de rôle : la même réponse, et aucun canari', async () => {
    const { answers, ...wrong } = await crawl(all.reads.filter(ofTheCall));
    expect(wrong).toEqual({ differing: [], singing: [], broken: [] });
    expect(answers).toBeGreaterThan(500);
    expect(await crawlInTurn(all.reads.filter((one) => !ofTheCall(one)))).toBeGreaterThan(100);
  }, 300_000);

  it('toute écriture : de même, chacune à tour de rôle', async () => {
    expect(await crawlInTurn(all.writes)).toBeGreaterThan(400);
  }, 300_000);

  it('après la date limite, avec un pli hors délai de plus, et jusqu’à l’instant de l’ouverture : de même', async () => {
    const at = new Date(facts.opensAt.getTime() - 1);
    for (const world of [empty, busy]) world.clock.moveTo(at);
    const invitation = await busy.source.manager.findOneByOrFail(Invitation, { consultationId: facts.id, number: 5 });
    const late = new Actor(invitation.personId, invitation.name, [{ organisationId: invitation.organisationId, organisationName: invitation.name, role: 'bidder', territory: '*' }]);
    await sendFile(busy.app.get(BidUploadsService), late, facts.id, 'tard.pdf', Buffer.from('tard'));
    await busy.app.get(DepositsService).deposit(late, facts.id, 'cle-hors-delai-0001', at);
    const reads = all.reads.filter(({ path }) => path.includes(facts.id) || /^\/(api\/)?[\w-]*$/.test(path));
    expect(reads.length).toBeGreaterThan(30);
    expect(await crawl([...reads, ...all.last], ['officer', 'signatory', 'opener1', 'admin', 'ensemble'])).toMatchObject({ differing: [], singing: [], broken: [] });
  }, 120_000);

  it('ni la base, ni les fichiers, ni le journal technique, ni les courriels des agents ne contiennent un canari', async () => {
    const kept = await everythingKept(busy);
    expect(kept.length).toBeGreaterThan(1_000_000);
    expect(canariesIn(kept)).toEqual([]);
    expect(busy.logged.filter((line) => canariesIn(line).length > 0)).toEqual([]);
    // A receipt goes to its depositor by mail; to nobody else, and no other mail speaks of it.
    const mails = busy.mails.map((mail) => mail as { to: string });
    const agents = mails.filter(({ to }) => /bas-rhin\.gouv|prefecture67|pfra44|ministere|plateforme/.test(to));
    expect(canariesIn(JSON.stringify(agents))).toEqual([]);
    expect(JSON.stringify(agents.map((mail) => ({ ...mail, messageId: '' })))).toBe(JSON.stringify(empty.mails.map((mail) => mail as { to: string }).filter(({ to }) => agents.some((one) => one.to === to)).map((mail) => ({ ...mail, messageId: '' }))));
    expect(mails.length).toBeGreaterThan(45);
  });

  it('une fuite plantée est vue : un compte dans une page, un nom dans le journal technique', async () => {
    const opening = busy.app.get(OpeningService);
    const original = opening.state.bind(opening);
    opening.state = async (...given) => ({ ...(await original(...given)), confirmed: await busy.source.manager.countBy(Bid, { consultationId: facts.id }) });
    const page = [{ method: 'get', path: `/consultations/${facts.id}/ouverture` }];
    expect((await crawl(page, ['opener1'])).differing).toEqual([expect.stringContaining('opener1 get')]);
    opening.state = original;
    expect((await crawl(page, ['opener1'])).differing).toEqual([]);
    busy.app.get(Log).info('envoi reçu', { name: 'Kanarinom7Q 1.pdf' });
    expect(canariesIn(await everythingKept(busy))).toEqual(['Kanarinom7Q']);
    busy.logged.pop();
    expect(canariesIn(Buffer.from('Kanaricontenu8W').toString('base64'))).toEqual(['Kanaricontenu8W']);
  });
});

function firstDifference(one: string, two: string): string {
  let at = 0;
  while (at < one.length && one[at] === two[at]) at += 1;
  const from = Math.max(0, at - 60);
  return `« ${one.slice(from, at + 80)} » / « ${two.slice(from, at + 80)} »`.replaceAll(/\s+/g, ' ');
}
