import fc from 'fast-check';
import { Readable } from 'node:stream';
import { Bid, rejudge } from '../../src/bids/bid.js';
import { showOwnDeposit } from '../../src/bids/bid.view.js';
import { checkAdmission, type Ground, GROUNDS, LateDecision, latenessInFrench } from '../../src/bids/late-decision.js';
import { LateBidsService } from '../../src/bids/late.service.js';
import { showLateBids, showLateCase } from '../../src/bids/late.view.js';
import { OpenedFile, Opening } from '../../src/bids/opening.js';
import { SessionsService } from '../../src/bids/sessions.service.js';
import { Consultation, DeadlineVersion } from '../../src/consultations/consultation.js';
import { Delegation, Letter } from '../../src/letters/letter.js';
import { Actor } from '../../src/platform/actor.js';
import { JournalEntry } from '../../src/platform/journal-entry.js';
import { Mail } from '../../src/platform/mail.js';
import { Custodian } from '../../src/sealing/custodian.js';
import { SealingRelease } from '../../src/sealing/sealing-key.js';
import { bytes, DEADLINE, newWorld, type World } from './world.js';

const at = (ms: number) => new Date(DEADLINE.getTime() + ms);
const code = (value: string) => expect.objectContaining({ code: value });
const WHY = { reasons: 'Le pli est parvenu 200 ms trop tard.\n\nAucune panne n’est établie.' };

describe('admettre un pli hors délai', () => {
  const copy = (ms: number) => ({ receivedAt: at(ms) });
  const of = (ground: Ground, more: Partial<Parameters<typeof checkAdmission>[0]> = {}) => checkAdmission({ ground, reference: '', bid: { startedAt: at(-60_000), late: true }, copy: null, deadline: DEADLINE, ...more });

  it('la plateforme en cause se motive ; une décision de justice se cite', () => {
    expect(() => of('platform')).not.toThrow();
    expect(() => of('court-order')).toThrow(expect.objectContaining({ errors: [expect.objectContaining({ field: 'reference' })] }));
    expect(() => of('court-order', { reference: 'TA Strasbourg, 2 août 2023, n° 2305001' })).not.toThrow();
  });

  it('la copie de sauvegarde sert si elle est arrivée à temps et si l’envoi avait commencé avant la clôture : strictement', () => {
    fc.assert(
      fc.property(fc.integer({ min: -3, max: 3 }), fc.option(fc.integer({ min: -3, max: 3 })), (received, started) => {
        const check = () => of('backup-copy', { copy: copy(received), bid: { startedAt: started === null ? null : at(started), late: true } });
        if (received < 0 && started !== null && started < 0) expect(check).not.toThrow();
        else expect(check).toThrow(expect.objectContaining({ status: 409 }));
      }),
    );
    expect(() => of('backup-copy')).toThrow(code('no-copy'));
  });

  it('ce qui est arrivé à temps et retrouvé après l’ouverture a son motif, et n’a que lui', () => {
    for (const ground of Object.keys(GROUNDS) as Ground[]) {
      const check = (late: boolean) => () => of(ground, { reference: 'x', copy: copy(-1), bid: { startedAt: at(-1), late } });
      if (ground === 'found') expect(check(true)).toThrow(code('late'));
      else expect(check(false)).toThrow(code('in-time'));
    }
  });

  it.each([
    [0, 'à l’instant même de la date limite'],
    [1, '1 milliseconde après la date limite'],
    [200, '200 millisecondes après la date limite'],
    [1000, '1 seconde après la date limite'],
    [123_456, '2 minutes et 3 secondes après la date limite'],
    [3_600_000, '1 heure après la date limite'],
    [90_061_000, '1 jour et 1 heure après la date limite'],
  ])('un retard de %d ms se dit en français', (ms, words) => expect(latenessInFrench(ms).replaceAll('\u00a0', ' ')).toBe(words));
});

describe('une date limite que la règle annoncée a reportée après une panne', () => {
  const MOVED = { deadline: at(100_000), deadlineVersion: 2 };
  const bid = (ms: number, status: Bid['status'], more: Partial<Bid> = {}) => Object.assign(new Bid(), { id: `${ms}`, receivedAt: at(ms), deadline: DEADLINE, deadlineVersion: 1, status, ...more });

  it('graine 7 : un pli jugé hors délai avant que la panne ne reporte la limite est à temps à l’ouverture, et le nouveau verdict est celui de la nouvelle version', () => {
    const late = bid(200, 'late');
    expect(rejudge([late], MOVED)).toEqual([late]);
    expect(late).toMatchObject({ status: 'sealed', late: false, deadlineVersion: 2, deadline: MOVED.deadline });
    // After the new limit it stays late, whatever happened before.
    expect(rejudge([bid(100_000, 'late')], MOVED)).toEqual([]);
  });

  it('un pli déposé dans la milliseconde de son retrait, et deux arrivées dans la même : le dernier écrit tient', () => {
    const [again, saved] = [bid(-10, 'sealed'), bid(5, 'late')];
    const withdrawn = bid(-20, 'withdrawn', { withdrawnAt: at(-10) });
    rejudge([withdrawn, again, bid(200_000, 'late')], MOVED);
    expect(again.status).toBe('sealed');
    const [first, second] = [bid(7, 'replaced'), bid(7, 'late')];
    rejudge([first, second, saved], MOVED);
    expect([first, second, saved].map((one) => one.status)).toEqual(['replaced', 'sealed', 'replaced']);
    const after = bid(30, 'sealed', { ...MOVED });
    rejudge([Object.assign(bid(40, 'withdrawn'), { withdrawnAt: at(30) }), after, bid(20, 'late')], MOVED);
    expect(after.status).toBe('sealed');
  });

  it('juge à nouveau : le dernier arrivé avant la nouvelle limite tient, comme s’il avait été jugé ainsi d’emblée', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: -200_000, max: 200_000 }), { minLength: 1, maxLength: 8 }), (offsets) => {
        const sorted = offsets.toSorted((a, b) => a - b);
        const latest = (from: number, to: number) => sorted.filter((ms) => ms >= from && ms < to).at(-1);
        const bids = offsets.map((ms) => bid(ms, ms < 0 ? (ms === latest(-Infinity, 0) ? 'sealed' : 'replaced') : ms === latest(0, Infinity) ? 'late' : 'replaced'));
        rejudge(bids, MOVED);
        const standing = bids.filter((one) => one.status === 'sealed').map((one) => one.receivedAt);
        const expected = latest(-Infinity, 100_000);
        expect(standing).toEqual(expected === undefined ? [] : [at(expected)]);
        for (const one of bids.filter((other) => other.status === 'late')) expect(one.receivedAt >= MOVED.deadline).toBe(true);
      }),
    );
  });

  it('ne change rien quand elle n’a pas bougé, ni à ce qui fut retiré', () => {
    const former = bid(-10, 'sealed');
    expect(rejudge([former, bid(200, 'late')], { deadline: DEADLINE, deadlineVersion: 1 })).toEqual([]);
    const withdrawn = bid(50_000, 'withdrawn', { withdrawnAt: at(60_000) });
    const bids = [bid(-10, 'replaced'), withdrawn, bid(200, 'late')];
    rejudge(bids, MOVED);
    expect(bids.map((one) => one.status)).toEqual(['replaced', 'withdrawn', 'replaced']);
  });
});

describe.each(['sqlite', 'postgres'])('plis hors délai (%s)', (kind) => {
  let world: World;
  let late: LateBidsService;
  let sessions: SessionsService;
  let bidId = '';
  const bidOf = (organisationId: string) => world.source.manager.findOneByOrFail(Bid, { organisationId });
  const openedTexts = async (number: number, which: 'minutes' | 'register') => (await world.opened.document(world.officer, world.id, which, number)).toString();

  beforeEach(async () => {
    world = await newWorld(kind);
    late = world.module.get(LateBidsService);
    sessions = world.module.get(SessionsService);
    world.clock.moveTo(at(-60_000));
    await world.upload('atelier', 'a-temps.pdf', bytes(10));
    await world.deposit('atelier', at(-1));
    await world.upload('delta', 'tardif.pdf', bytes(2000));
    await world.deposit('delta', at(200));
    bidId = (await bidOf('delta')).id;
  });
  afterEach(() => world.close());

  it('avant l’ouverture, personne n’en sait rien et rien ne se décide', async () => {
    for (const who of [world.signatory, world.officer, world.opener]) {
      await expect(late.list(who, world.id)).rejects.toEqual(code('sealed'));
      await expect(late.find(who, world.id, bidId)).rejects.toEqual(code('sealed'));
      await expect(sessions.state(who, world.id, 2)).rejects.toEqual(code('sealed'));
    }
    await expect(late.eliminate(world.signatory, world.id, bidId, WHY)).rejects.toEqual(code('sealed'));
    await expect(late.admit(world.signatory, world.id, bidId, { ...WHY, ground: 'platform', reference: '' })).rejects.toEqual(code('sealed'));
    // An id that does not exist gets the same answer.
    await expect(late.eliminate(world.signatory, world.id, 'rien', WHY)).rejects.toEqual(code('sealed'));
    for (const who of [world.sysadmin, world.stranger, world.bidder.delta]) await expect(late.list(who, world.id)).rejects.toEqual(code('not-found'));
    expect((await bidOf('delta')).status).toBe('late');
  });

  it('la liste « à décider » dit qui, quand et de combien ; jamais quoi', async () => {
    await world.openAll();
    const shown = showLateBids(await late.list(world.officer, world.id));
    expect(shown).toMatchObject({ toDecide: [{ operator: 'Société delta', receivedAt: at(200), lateness: '200\u00a0millisecondes après la date limite', begunBefore: true, copies: [] }], decided: [], can: { decide: false } });
    expect(JSON.stringify(shown)).not.toMatch(/tardif|sealHash/);
    const one = showLateCase(await late.find(world.signatory, world.id, bidId));
    expect(one).toMatchObject({ can: { decide: true, eliminate: true } });
    expect(one.suggested).toContain('200\u00a0millisecondes');
    await expect(late.find(world.signatory, world.id, (await bidOf('atelier')).id)).rejects.toEqual(code('not-found'));
  });

  it('élimine : la lettre est signée, numérotée, envoyée, conservée ; le pli reste scellé', async () => {
    await world.openAll();
    await expect(late.eliminate(world.officer, world.id, bidId, WHY)).rejects.toEqual(code('forbidden'));
    const draft = (await late.letter(world.signatory, world.id, bidId, WHY.reasons)).toString().replaceAll('\u00a0', ' ');
    for (const words of ['Projet', '200 ms trop tard', 'R.&nbsp;2151-5', 'Société delta']) expect(draft).toContain(words);
    await late.eliminate(world.signatory, world.id, bidId, WHY);
    await world.jobs.finishAll();
    expect((await bidOf('delta')).status).toBe('eliminated');
    const letter = await world.source.manager.findOneByOrFail(Letter, { kind: 'late-bid' });
    expect(letter).toMatchObject({ subjectId: bidId, status: 'sent', chrono: 'DDETS67/2023/0001', signedById: 'signatory', delegationId: 'delegation-1', fileId: expect.any(String) });
    const text = (await late.letter(world.officer, world.id, bidId, '')).toString().replaceAll('\u00a0', ' ');
    for (const words of ['Votre pli est donc arrivé 200', 'avant le <strong>26', 'Aucune panne n’est établie', 'recours pour excès de pouvoir', 'Simone SIGNATAIRE', '27.07.2023']) expect(text).toContain(words);
    expect(text).not.toContain('Projet');
    expect((await late.ownLetter(world.bidder.delta, world.id, bidId)).toString().replaceAll('\u00a0', ' ')).toBe(text);
    for (const other of [world.bidder.atelier, world.stranger, world.sysadmin]) await expect(late.ownLetter(other, world.id, bidId)).rejects.toEqual(code('not-found'));
    const mail = await world.source.manager.findOneByOrFail(Mail, { kind: 'late-bid' });
    expect(mail).toMatchObject({ recipient: 'delta@organisme.example', state: 'sent', attachments: [{ name: 'lettre-hors-delai.pdf', fileId: letter.fileId }] });
    expect(showOwnDeposit(await world.own.show(world.bidder.delta, world.id), world.config)).toMatchObject({ state: 'eliminated', bid: { letterHref: expect.stringContaining('lettre-hors-delai.pdf') } });
    // For ever: neither twice, nor the other way round; and nothing of it was read.
    await expect(late.eliminate(world.signatory, world.id, bidId, WHY)).rejects.toEqual(code('wrong-state'));
    await expect(late.admit(world.signatory, world.id, bidId, { ...WHY, ground: 'platform', reference: '' })).rejects.toEqual(code('wrong-state'));
    expect(await world.source.manager.findBy(OpenedFile, { bidId })).toEqual([]);
    const { envelope } = await bidOf('delta');
    const read = world.module.get(Custodian).read(world.source.manager, world.id, bidId, Readable.from([await world.files.read(envelope.parts[0]?.id ?? '')]));
    await expect(read.next()).rejects.toEqual(code('sealed'));
    const lines = await world.source.manager.find(JournalEntry, { where: { chain: world.id }, order: { seq: 'ASC' } });
    expect(lines.map((line) => line.act)).toEqual(expect.arrayContaining(['late.eliminate', 'late.letter-sent']));
    expect(await world.opened.chain(world.officer, world.id)).toMatchObject({ ok: true });
  });

  it('sans délégation qui couvre cette lettre, rien n’est décidé', async () => {
    await world.openAll();
    await world.acts.perform(Actor.system, 'test.delegation', async (act) => {
      act.require(true);
      await act.db.update(Delegation, { id: 'delegation-1' }, { kinds: ['invitation'] });
    });
    await expect(late.eliminate(world.signatory, world.id, bidId, WHY)).rejects.toEqual(code('no-delegation'));
    expect((await bidOf('delta')).status).toBe('late');
    expect(await world.source.manager.count(LateDecision)).toBe(0);
    expect(await world.source.manager.count(Letter)).toBe(0);
  });

  it('admet : une séance complémentaire, ses propres confirmations, son procès-verbal, sa ligne au registre', async () => {
    await world.openAll();
    await expect(late.admit(world.signatory, world.id, bidId, { ...WHY, ground: 'backup-copy', reference: '' })).rejects.toEqual(code('no-copy'));
    await expect(late.admit(world.officer, world.id, bidId, { ...WHY, ground: 'platform', reference: '' })).rejects.toEqual(code('forbidden'));
    world.clock.moveTo('2023-07-28T08:00:00.000Z');
    const decision = { ground: 'court-order' as const, reasons: 'Le juge des référés l’ordonne.', reference: 'TA Strasbourg, 27 juillet 2023, n° 2305001' };
    expect(await late.admit(world.signatory, world.id, bidId, decision)).toEqual({ session: 2 });
    expect((await bidOf('delta')).status).toBe('admitted');
    // Decided is not opened: neither page nor key gives anything of it.
    expect((await world.opened.list(world.officer, world.id)).files.map((file) => file.name)).toEqual(['a-temps.pdf']);
    expect(await sessions.state(world.opener, world.id, 2)).toMatchObject({ confirmed: 0, can: { confirm: true, open: false }, subjects: [{ organisation: { name: 'Société delta' } }] });
    await expect(sessions.open(world.opener, world.id, 2)).rejects.toEqual(code('quorum'));
    await sessions.confirm(world.opener, world.id, 2);
    await expect(sessions.open(world.opener, world.id, 2)).rejects.toEqual(code('quorum'));
    await expect(sessions.confirm(world.officer, world.id, 2)).rejects.toEqual(code('forbidden'));
    await expect(sessions.confirm(world.sysadmin, world.id, 2)).rejects.toEqual(code('not-found'));
    await expect(sessions.confirm(world.opener, world.id, 3)).rejects.toEqual(code('not-found'));
    await sessions.confirm(world.substitute, world.id, 2);
    world.clock.moveTo('2023-07-28T09:00:00.000Z');
    const results = await Promise.allSettled(Array.from({ length: 4 }, () => sessions.open(world.opener, world.id, 2)));
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    await world.jobs.finishAll();
    expect(await bidOf('delta')).toMatchObject({ status: 'opened', session: 2, openedAt: new Date('2023-07-28T09:00:00.000Z') });
    expect((await bidOf('atelier')).session).toBe(1);
    const { files, openings } = await world.opened.list(world.officer, world.id);
    expect(files.map((file) => [file.name, file.intact])).toEqual(expect.arrayContaining([['a-temps.pdf', true], ['tardif.pdf', true]]));
    expect(openings).toMatchObject([{ number: 1 }, { number: 2, anomalies: [], minutesFileId: expect.any(String) }]);
    const minutes = await openedTexts(2, 'minutes');
    for (const words of ['Séance complémentaire n°\u00a02', 'Sophie Suppléante', 'TA Strasbourg, 27 juillet 2023, n° 2305001', 'Le juge des référés l’ordonne.', 'tardif.pdf', 'hors délai, admis par décision']) expect(minutes).toContain(words);
    for (const words of ['Denise Deuxième', '<p>a-temps.pdf']) expect(minutes).not.toContain(words);
    // The minutes of the opening do not change; the register of the session is that of its day.
    expect(await openedTexts(1, 'minutes')).not.toContain('Séance complémentaire');
    expect(await openedTexts(2, 'register')).toContain('Admis le 28\u00a0juillet 2023 par Simone Signataire');
    expect(await world.source.manager.find(SealingRelease, { order: { session: 'ASC' } })).toMatchObject([{ session: 1 }, { id: bidId, session: 2 }]);
    expect(await world.source.manager.findOneByOrFail(Mail, { kind: 'late-admitted' })).toMatchObject({ recipient: 'delta@organisme.example' });
    expect(showOwnDeposit(await world.own.show(world.bidder.delta, world.id), world.config)).toMatchObject({ state: 'admitted' });
    expect(await world.opened.chain(world.officer, world.id)).toMatchObject({ ok: true });
  });

  it('deux décisions à la fois : une seule tient', async () => {
    await world.openAll();
    const both = await Promise.allSettled([late.eliminate(world.signatory, world.id, bidId, WHY), late.admit(world.signatory, world.id, bidId, { ...WHY, ground: 'platform', reference: '' })]);
    expect(both.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    expect(await world.source.manager.count(LateDecision)).toBe(1);
  });

  it('après le report d’une panne, ce qui est arrivé entre les deux dates s’ouvre avec les autres', async () => {
    await world.acts.perform(Actor.system, 'test.outage', async (act) => {
      act.require(true);
      const consultation = await act.load(Consultation, world.id);
      const version = Object.assign(consultation, { localDeadline: '2023-07-27T12:00', deadline: new Date('2023-07-27T10:00:00.000Z'), deadlineVersion: 2 });
      await act.add(DeadlineVersion.of(version, 2, 'Panne', act.now));
      await act.db.save(consultation);
      await world.module.get(Custodian).postpone(act, world.id, consultation.opensAt);
    });
    world.clock.moveTo('2023-07-27T11:00:00.000Z');
    await world.opening.confirm(world.opener, world.id);
    await world.opening.confirm(world.second, world.id);
    expect(await world.opening.open(world.second, world.id)).toEqual({ opened: 2 });
    await world.jobs.finishAll();
    expect(await bidOf('delta')).toMatchObject({ status: 'opened', deadlineVersion: 2 });
    expect(await openedTexts(1, 'minutes')).toContain('à temps pour celle que la panne a reportée');
    expect(await world.source.manager.count(Opening)).toBe(1);
    expect(showLateBids(await late.list(world.signatory, world.id)).toDecide).toEqual([]);
  });
});

