import { Bid } from '../../src/bids/bid.js';
import { stoodInFor } from '../../src/bids/opening-member.js';
import { OpeningMembersService } from '../../src/bids/opening-members.service.js';
import { OpeningPlanningService } from '../../src/bids/opening-planning.service.js';
import { recusedFrom } from '../../src/bids/opening-reading.js';
import { OpeningSession } from '../../src/bids/opening-session.js';
import { showOpening } from '../../src/bids/opening.view.js';
import { QuorumService } from '../../src/bids/quorum.pages.js';
import { Consultation } from '../../src/consultations/consultation.js';
import { Authority, Membership } from '../../src/people/people.js';
import { EvaluationsModule } from '../../src/evaluations/evaluations.module.js';
import { EvaluationsService } from '../../src/evaluations/evaluations.service.js';
import { ScoringService } from '../../src/evaluations/scoring.service.js';
import { Actor } from '../../src/platform/actor.js';
import { JournalEntry } from '../../src/platform/journal-entry.js';
import { Mail } from '../../src/platform/mail.js';
import { Outbox } from '../../src/platform/outbox.js';
import { SealingKey } from '../../src/sealing/sealing-key.js';
import { bytes, DEADLINE, newWorld, OPENS, START, type World } from './world.js';

const code = (value: string) => expect.objectContaining({ code: value });
const field = (name: string, words: RegExp) => expect.objectContaining({ code: 'invalid', errors: [{ field: name, message: expect.stringMatching(words) }] });
const after = (minutes: number) => new Date(OPENS.getTime() + minutes * 60_000);
/** 10 h in Strasbourg, the day after. */
const AT_TEN = { startsAt: '2023-07-27T10:00', mode: 'place' as const, place: 'Salle 204', link: '', substitutes: ['opener-3'], secretary: 'officer' };
const TEN = new Date('2023-07-27T08:00:00.000Z');
const WHY = 'Congé de maladie depuis la veille.';

async function settle(world: World) {
  await world.acts.perform(Actor.system, 'test.people', async (act) => {
    act.require(true);
    const member = (personId: string, role: string, organisationId = 'ddets') => Object.assign(new Membership(), { id: `${personId}-${role}`, personId, organisationId, role, title: null, territory: organisationId === 'ddets' ? '67' : '*', validFrom: START, validTo: null });
    await act.add(...['opener-1', 'opener-2', 'opener-3'].map((id) => member(id, 'opener')), member('officer', 'dept-officer'), member('officer', 'opener'), member('signatory', 'dept-signatory'));
  });
}

const member = (personId: string, role: string, organisationId: string) => Object.assign(new Membership(), { id: `${personId}-${role}`, personId, organisationId, role, title: null, territory: '*', validFrom: START, validTo: null });

it('a substitute steps in for an opener who is absent, while somebody is missing', () => {
  expect(stoodInFor({ openers: ['a', 'b'], come: ['a'], standIns: [], quorum: 2 })).toBe('b');
  expect(stoodInFor({ openers: ['a'], come: ['a'], standIns: [], quorum: 2 })).toBeNull();
  expect(stoodInFor({ openers: ['a', 'b', 'c'], come: ['a', 's'], standIns: ['b'], quorum: 3 })).toBe('c');
  expect(() => stoodInFor({ openers: ['a', 'b'], come: ['a', 'b'], standIns: [], quorum: 2 })).toThrow('requis est atteint');
  expect(stoodInFor({ openers: ['a', 'b'], come: ['a', 'b'], standIns: [], quorum: 3 })).toBeNull(); // one was recused
});

describe.each(['sqlite', 'postgres'])('séance d’ouverture (%s)', (kind) => {
  let world: World;
  let planning: OpeningPlanningService;
  let members: OpeningMembersService;
  beforeEach(async () => {
    world = await newWorld(kind, {}, [EvaluationsModule]);
    [planning, members] = [world.module.get(OpeningPlanningService), world.module.get(OpeningMembersService)];
    await settle(world);
  });
  afterEach(() => world.close());

  const plain = (html: string) => html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ').replaceAll(/[\u00a0\u202f]/g, ' ');
  const minutes = async () => plain((await world.opened.document(world.officer, world.id, 'minutes')).toString());
  const session = () => world.source.manager.findOneByOrFail(OpeningSession, { id: world.id });
  const shown = async (actor = world.officer) => showOpening(await world.opening.state(actor, world.id));

  it('planned, convened by letter and calendar file, told in the minutes with all that happened, closed', async () => {
    for (const company of ['atelier', 'bureau'] as const) {
      await world.upload(company, `${company}.pdf`, bytes(100));
      await world.deposit(company, new Date(DEADLINE.getTime() - 1000));
    }
    await planning.plan(world.officer, world.id, AT_TEN);
    await world.jobs.finishAll();

    const mails = await world.source.manager.findBy(Mail, { kind: 'convocation' });
    expect(mails.map((mail) => mail.recipient).toSorted()).toEqual(['officer', 'opener-1', 'opener-2', 'opener-3'].map((id) => `${id}@ddets.example`));
    expect(mails.every((mail) => mail.state === 'sent' && mail.attachments.map((one) => one.name).join() === 'convocation.pdf,seance.ics')).toBe(true);
    const letter = plain((await world.opening.convocation(world.opener, world.id, 'letter')).toString());
    for (const words of ['jeudi 27 juillet 2023 à 10', 'Salle 204', 'Paul Premier, ouvreur désigné', 'Sophie Suppléante, suppléant', 'Odile Agent, secrétaire de séance', 'Deux personnes désignées doivent']) expect(letter).toContain(words);
    const ics = (await world.opening.convocation(world.opener, world.id, 'calendar')).toString();
    expect(ics).toMatch(/DTSTART:20230727T080000Z[\s\S]*UID:consultation-1-seance@souspli|UID:consultation-1-seance@souspli[\s\S]*DTSTART:20230727T080000Z/);
    const text = world.module.get(Outbox).words(mails[0]).text;
    for (const told of [letter, ics, text]) expect(told).not.toMatch(/atelier|bureau/i);

    // Moved before anybody came: the same event, one sequence later.
    await planning.plan(world.officer, world.id, AT_TEN);
    await world.jobs.finishAll();
    expect((await world.opening.convocation(world.opener, world.id, 'calendar')).toString()).toContain('SEQUENCE:1');

    world.clock.moveTo(after(5));
    await expect(world.opening.confirm(world.opener, world.id)).rejects.toEqual(code('before-session'));
    world.clock.moveTo(TEN);
    expect(await shown(world.opener)).toMatchObject({ ready: true, live: true, total: 0, progress: [], can: { confirm: true, open: false } });
    await world.opening.confirm(world.opener, world.id);
    await expect(world.opening.confirm(world.opener, world.id)).rejects.toEqual(code('already-present'));
    await expect(planning.plan(world.officer, world.id, { ...AT_TEN, startsAt: '2023-07-28T10:00' })).rejects.toEqual(code('present'));
    await world.opening.confirm(world.officer, world.id); // the secretary: neither quorum nor key
    await expect(world.opening.open(world.opener, world.id)).rejects.toEqual(code('quorum'));
    await expect(world.opening.open(world.officer, world.id)).rejects.toEqual(code('forbidden'));
    await world.opening.confirm(world.substitute, world.id);
    await planning.observe(world.opener, world.id, { text: 'La lumière a manqué <deux> minutes.' });
    await world.opening.open(world.opener, world.id);
    await world.jobs.finishAll();

    expect(await shown()).toMatchObject({ checked: 2, total: 2, checking: false, minutes: null, can: { close: true, observe: true } });
    const bid = await world.source.manager.findOneByOrFail(Bid, { organisationId: 'bureau' });
    await planning.declareUnreadable(world.opener, world.id, bid.id, { reason: 'password', note: 'Deux logiciels demandent un mot de passe.' });
    await planning.close(world.officer, world.id);
    await world.jobs.finishAll();
    await expect(planning.observe(world.opener, world.id, { text: 'Trop tard.' })).rejects.toEqual(code('closed'));
    await expect(planning.close(world.officer, world.id)).rejects.toEqual(code('closed'));
    const told = await minutes();
    for (const words of [
      'Séance convoquée pour le jeudi 27 juillet 2023 à 10',
      'fixée par l’acheteur avant le lancement',
      'Sophie Suppléante , suppléant.',
      'Entre en séance en l’absence de Denise Deuxième.',
      'Denise Deuxième, ouvreur désigné : absence.',
      'Odile Agent , secrétaire de séance.',
      'Paul Premier, le',
      'La lumière a manqué &lt;deux&gt; minutes.',
      'Société bureau : illisible : protégé par un mot de passe',
      'Deux logiciels demandent un mot de passe.',
    ]) expect(told).toContain(words);
    expect(await world.source.manager.findOneByOrFail(Bid, { id: bid.id })).toMatchObject({ status: 'unreadable', unreadableReason: 'password' });
  });

  it('refuses a session before the opening, without a place, by another; substitutes no longer change after the deadline', async () => {
    const plan = (more: object, actor = world.officer) => planning.plan(actor, world.id, { ...AT_TEN, ...more });
    await expect(plan({ startsAt: '2023-07-26T22:00' })).rejects.toEqual(field('startsAt', /ne peut pas commencer avant le jeudi/));
    await expect(plan({ startsAt: '2023-07-27T00:58' })).rejects.toEqual(field('startsAt', /ne peut pas commencer avant/));
    await expect(plan({ startsAt: '2023-10-29T02:30' })).rejects.toEqual(field('startsAt', /./));
    await expect(plan({ startsAt: '2029-07-27T10:00' })).rejects.toEqual(field('startsAt', /plus d’un an/));
    await expect(plan({ place: '' })).rejects.toEqual(field('place', /salle/));
    await expect(plan({ mode: 'visio', link: 'http://visio.example' })).rejects.toEqual(field('link', /https/));
    await expect(plan({ substitutes: ['opener-1'] })).rejects.toEqual(field('substitutes', /suppléant/));
    await expect(plan({ substitutes: ['person-atelier'] })).rejects.toEqual(field('substitutes', /ne peut pas ouvrir/));
    await expect(plan({ secretary: 'opener-1' })).rejects.toEqual(field('secretary', /quelqu’un d’autre/));
    await expect(plan({}, world.opener)).rejects.toEqual(code('forbidden'));
    await expect(plan({}, world.bidder.atelier)).rejects.toEqual(code('not-found'));
    expect(await world.source.manager.count(OpeningSession)).toBe(0);
    await plan({ startsAt: '2023-07-27T00:59', mode: 'visio', place: '', link: 'https://visio.example/salle', substitutes: [] });
    expect(await session()).toMatchObject({ startsAt: OPENS, link: 'https://visio.example/salle', place: null });
    expect(await world.source.manager.findOneByOrFail(SealingKey, { id: world.id })).toMatchObject({ substitutes: [] });
    world.clock.moveTo(DEADLINE);
    await expect(plan({ substitutes: ['opener-3'] })).rejects.toEqual(field('substitutes', /date limite est passée/));
    await plan({ startsAt: '2023-07-27T11:00', substitutes: [] });
    expect((await session()).version).toBe(2);

    // The quorum is the buyer's own rule, set by its signatory: one is possible, a call keeps its own.
    const quorum = world.module.get(QuorumService);
    await expect(quorum.set(world.officer, 'ddets', { quorum: '1' })).rejects.toEqual(code('forbidden'));
    await expect(quorum.set(world.stranger, 'ddets', { quorum: '1' })).rejects.toEqual(code('not-found'));
    await quorum.set(world.signatory, 'ddets', { quorum: '1' });
    expect(await world.source.manager.findOneByOrFail(Authority, { id: 'ddets' })).toMatchObject({ quorum: 1 });
    expect((await shown()).quorumRule).toBe('Deux personnes désignées doivent être présentes pour ouvrir les plis.');
  });

  it('a declared conflict removes the member at once, whatever was confirmed, also from the evaluators', async () => {
    await world.upload('atelier', 'a.pdf', bytes(10));
    await world.deposit('atelier', new Date(DEADLINE.getTime() - 1));
    await planning.plan(world.officer, world.id, { ...AT_TEN, substitutes: ['opener-3'] });
    world.clock.moveTo(TEN);
    await world.opening.confirm(world.opener, world.id);
    await world.opening.confirm(world.second, world.id);
    await members.recuse(world.second, world.id, { conflict: 'Je siège au conseil d’une organisation invitée.' });
    await expect(world.opening.open(world.opener, world.id)).rejects.toEqual(code('quorum'));
    for (const refused of [() => world.opening.confirm(world.second, world.id), () => world.opening.open(world.second, world.id), () => members.recuse(world.second, world.id, { conflict: 'Encore une fois.' })]) await expect(refused()).rejects.toEqual(code('forbidden'));
    expect(await world.acts.look(world.officer, 'test.read', (act) => (act.see(true), recusedFrom(act, world.id)))).toEqual(['opener-2']);
    await expect(members.recuse(world.signatory, world.id, { conflict: 'Je ne suis pas membre.' })).rejects.toEqual(code('forbidden'));
    expect((await world.source.manager.findBy(Mail, { kind: 'work' })).map((mail) => mail.recipient)).toContain('signatory@ddets.example');
    // A recused member never comes back, by any door.
    await expect(members.replace(world.signatory, world.id, { outgoing: 'opener-1', incoming: 'opener-2', reason: WHY })).rejects.toEqual(field('incoming', /récusée/));
    await world.opening.confirm(world.substitute, world.id);
    await world.opening.open(world.opener, world.id);
    await expect(members.recuse(world.opener, world.id, { conflict: 'Un candidat est mon cousin.' })).rejects.toEqual(code('already-opened'));
    await world.jobs.finishAll();
    await planning.close(world.opener, world.id);
    await world.jobs.finishAll();
    const evaluations = world.module.get(EvaluationsService);
    await evaluations.begin(world.officer, world.id);
    await expect(evaluations.name(world.officer, world.id, ['opener-1', 'opener-2'])).rejects.toEqual(field('evaluators', /récusée pour l’ouverture/));
    const { id } = await world.source.manager.findOneByOrFail(Bid, {});
    await expect(world.module.get(ScoringService).score(world.second, world.id, id, {})).rejects.toThrow('Vous vous êtes récusé pour l’ouverture');
    expect(await minutes()).toMatch(/Denise Deuxième, ouvreur désigné : récusation déclarée le .* Motif : Je siège au conseil/);
  });

  it('the signatory replaces an opener, even after the deadline, with a reason; the replaced one does not come back', async () => {
    const replace = (outgoing: string, incoming: string, actor = world.signatory, reason = WHY) => members.replace(actor, world.id, { outgoing, incoming, reason });
    world.clock.moveTo(after(1));
    await world.opening.confirm(world.second, world.id);
    await expect(replace('opener-2', 'officer', world.officer)).rejects.toEqual(code('forbidden'));
    await expect(replace('opener-2', 'opener-1')).rejects.toEqual(field('incoming', /déjà désignée/));
    await expect(replace('opener-3', 'officer')).rejects.toEqual(field('outgoing', /rechargez/));
    await expect(replace('opener-2', 'signatory')).rejects.toEqual(field('incoming', /ne peut pas ouvrir/));
    await world.acts.perform(Actor.system, 'test.member', async (act) => (act.require(true), act.add(member('officer', 'bidder', 'atelier'))));
    await expect(replace('opener-2', 'officer')).rejects.toEqual(field('incoming', /organisation candidate/));
    await world.acts.perform(Actor.system, 'test.member', async (act) => (act.require(true), void (await act.db.delete(Membership, { id: 'officer-bidder' }))));

    await replace('opener-2', 'officer');
    const key = await world.source.manager.findOneByOrFail(SealingKey, { id: world.id });
    expect(key).toMatchObject({ openers: ['opener-1', 'officer'], quorum: 2 });
    expect(key.confirmedBy()).toEqual([]);
    expect((await world.source.manager.findOneByOrFail(Consultation, { id: world.id })).openerIds).toEqual(['opener-1', 'officer']);
    await expect(world.opening.confirm(world.second, world.id)).rejects.toEqual(code('forbidden'));
    await expect(replace('opener-1', 'opener-2')).rejects.toEqual(field('incoming', /ne revient pas/));
    await expect(replace('opener-2', 'opener-3')).rejects.toEqual(field('outgoing', /rechargez/));
    const line = await world.source.manager.findOneByOrFail(JournalEntry, { act: 'opening.replace', outcome: 'done' });
    expect(line.details).toEqual({ afterDeadline: true, reason: expect.stringMatching(/^[0-9a-f]{64}$/) });

    await world.opening.confirm(world.opener, world.id);
    await world.opening.confirm(world.officer, world.id);
    await world.opening.open(world.opener, world.id);
    await world.jobs.finishAll();
    const told = await minutes();
    expect(told).toMatch(/Denise Deuxième, ouvreur désigné : remplacement par Odile Agent, décidé par Simone Signataire le .* Motif : Congé de maladie/);
    expect(told).toContain('En remplacement de Denise Deuxième, par décision du signataire.');
    await expect(replace('opener-1', 'opener-3')).rejects.toEqual(code('already-released'));
    expect((await world.source.manager.findBy(Mail, { kind: 'work' })).map((mail) => mail.recipient)).toEqual(expect.arrayContaining(['opener-2@ddets.example', 'officer@ddets.example']));
  });

  it('a substitute without need, an opener who is also a bidder’s member open nothing; two recusals leave the bids sealed until somebody is named', async () => {
    world.clock.moveTo(OPENS);
    const both = new Actor('opener-1', 'Paul Premier', [...world.opener.mandates, ...world.bidder.atelier.mandates]);
    await expect(world.opening.confirm(both, world.id)).rejects.toThrow('organisation candidate');
    await world.opening.confirm(world.opener, world.id);
    await world.opening.confirm(world.second, world.id);
    await expect(world.opening.confirm(world.substitute, world.id)).rejects.toEqual(code('no-need'));
    for (const one of [world.opener, world.second, world.substitute]) await members.recuse(one, world.id, { conflict: 'Un intérêt personnel.' });
    await members.replace(world.signatory, world.id, { outgoing: 'opener-1', incoming: 'officer', reason: WHY });
    await world.opening.confirm(world.officer, world.id);
    await expect(world.opening.open(world.officer, world.id)).rejects.toEqual(code('quorum'));
  });

  it('why a bid cannot be read is said once it is opened, by whoever may, and not after the award', async () => {
    await world.upload('atelier', 'a.pdf', bytes(10));
    await world.deposit('atelier', new Date(DEADLINE.getTime() - 1));
    const { id } = await world.source.manager.findOneByOrFail(Bid, {});
    const say = (actor = world.opener, bidId = id) => planning.declareUnreadable(actor, world.id, bidId, { reason: 'virus', note: 'L’antivirus a trouvé un programme.' });
    // The same words whether the bid exists or not (sealing.md 1.6).
    await expect(say()).rejects.toEqual(code('sealed'));
    await expect(say(world.opener, 'nothing')).rejects.toEqual(code('sealed'));
    await world.openAll();
    await expect(say(world.signatory)).rejects.toEqual(code('forbidden'));
    await expect(say(world.opener, 'nothing')).rejects.toEqual(code('not-found'));
    await say();
    await expect(say()).rejects.toEqual(code('wrong-state'));
    await expect(planning.close(world.opener, world.id)).rejects.toEqual(code('no-session'));
  });
});
