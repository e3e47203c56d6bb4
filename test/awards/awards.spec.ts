import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Award } from '../../src/awards/award.js';
import { awardReading, signUnderAward } from '../../src/awards/award-reading.js';
import { showAward, showOwnLetters } from '../../src/awards/award.view.js';
import type { InformForm } from '../../src/awards/award.forms.js';
import { CertificateReminders } from '../../src/awards/certificate-reminders.service.js';
import { AwardCertificate } from '../../src/awards/certificate.js';
import { DecisionService } from '../../src/awards/decision.service.js';
import { ExhibitsService } from '../../src/awards/exhibits.service.js';
import { AwardFollowUpService } from '../../src/awards/follow-up.service.js';
import { OwnLettersService } from '../../src/awards/own-letters.service.js';
import { ProposalsService } from '../../src/awards/proposals.service.js';
import { Consultation } from '../../src/consultations/consultation.js';
import { Assessment } from '../../src/evaluations/assessment.js';
import { Delegation, Letter } from '../../src/letters/letter.js';
import { Actor } from '../../src/platform/actor.js';
import { Mail } from '../../src/platform/mail.js';
import { Templates } from '../../src/platform/templates.js';
import { unpackedFiles } from '../../src/platform/zip.js';
import { DATABASES } from '../support/databases.js';
import { queriesOf } from '../support/queries.js';
import { type AwardWorld, analysedWorld } from './world.js';

const code = (expected: string) => expect.objectContaining({ code: expected });
const pdf = (name = 'piece.pdf') => ({ name, bytes: Buffer.from('%PDF-1.7 x') });
const templates = new Templates('templates');
const PLAIN: InformForm = { byPost: '', waive: '', waiver: '' };
const text = (bytes: Buffer) => bytes.toString().replaceAll(/<[^>]+>/g, ' ').replaceAll(/(&nbsp;|&#8239;|\s|\u00a0|\u202f)+/g, ' ');

describe.each(DATABASES)('attribution d’un marché subséquent (%s)', (kind) => {
  let world: AwardWorld;
  let proposals: ProposalsService;
  let decisions: DecisionService;
  let own: OwnLettersService;
  let followUp: AwardFollowUpService;
  const both = new Actor('officer', 'Odile Agent', [{ organisationId: 'ddets', organisationName: 'DDETS', role: 'dept-officer', territory: '67' }, { organisationId: 'ddets', organisationName: 'DDETS', role: 'dept-signatory', territory: '67' }]);

  beforeAll(async () => {
    world = await analysedWorld(kind, [{ company: 'atelier', note: '15', price: '30 000' }, { company: 'bureau', note: '18', price: '36 000' }, { company: 'cabinet', note: null, price: '20 000' }], { lock: false, late: ['delta'] });
    [proposals, decisions, own, followUp] = [world.module.get(ProposalsService), world.module.get(DecisionService), world.module.get(OwnLettersService), world.module.get(AwardFollowUpService)];
  });
  afterAll(() => world.close());
  const reading = () => world.acts.look(Actor.system, 'test.reading', async (act) => {
    act.see(true);
    return awardReading(act, world.id);
  });
  const sign = () => world.acts.perform(Actor.system, 'test.sign', async (act) => {
    act.require(true);
    return signUnderAward(act, await act.load(Consultation, world.id));
  });
  const redo = async (form: InformForm = PLAIN) => {
    await proposals.propose(world.officer, world.id);
    await proposals.ask(world.officer, world.id, { certificates: [], due: '', held: 'L’acheteur les détient déjà (art. R. 2143-14)' });
    await decisions.decide(world.signatory, world.id);
    await decisions.inform(world.signatory, world.id, form);
  };
  const pieces = () => world.source.manager.find(AwardCertificate, { where: { organisationId: 'bureau' }, order: { kind: 'ASC' } });

  it('ne se propose ni avant la fin de l’analyse, ni tant qu’un pli hors délai attend, ni par un autre', async () => {
    for (const stranger of [world.bidder.atelier, world.sysadmin, world.stranger]) await expect(proposals.propose(stranger, world.id)).rejects.toEqual(code('not-found'));
    await expect(proposals.propose(world.opener, world.id)).rejects.toEqual(code('forbidden'));
    await expect(proposals.propose(world.officer, world.id)).rejects.toEqual(code('late-undecided'));
    await world.source.manager.query(`update bid set status = 'eliminated' where status = 'late'`);
    await expect(proposals.propose(world.officer, world.id)).rejects.toEqual(code('not-locked'));
    await world.evaluations.lock(world.officer, world.id);
    expect(await reading()).toBeNull();
    await expect(sign()).rejects.toEqual(code('not-informed'));
  });

  it('deux propositions à la fois : une passe, l’autre reçoit 409', async () => {
    const results = await Promise.allSettled([1, 2].map(() => proposals.propose(world.officer, world.id)));
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    expect(results.find((one) => one.status === 'rejected')).toMatchObject({ reason: { status: 409 } });
    expect(await reading()).toMatchObject({ operator: 'Société bureau', amountCents: 36_000_00, status: 'proposed', procedure: 'subsequent-contract' });
  });

  it('les pièces ne se demandent qu’à l’attributaire pressenti, qui seul les voit et les envoie', async () => {
    await expect(decisions.decide(world.signatory, world.id)).rejects.toEqual(code('wrong-state'));
    await expect(proposals.ask(world.officer, world.id, { certificates: [], due: '', held: '' })).rejects.toEqual(code('invalid'));
    await expect(proposals.ask(world.officer, world.id, { certificates: ['social'], due: '2023-07-27', held: '' })).rejects.toEqual(code('invalid'));
    await proposals.ask(world.officer, world.id, { certificates: ['social', 'powers'], due: '2023-08-05', held: '' });
    expect((await own.show(world.bidder.atelier, world.id)).certificates).toEqual([]);
    expect((await own.show(world.bidder.bureau, world.id)).certificates).toHaveLength(2);
    await expect(own.show(world.officer, world.id)).rejects.toEqual(code('not-found'));
    const [powers, social] = await pieces();
    await expect(own.upload(world.bidder.atelier, world.id, social?.id ?? '', pdf())).rejects.toEqual(code('not-found'));
    await expect(own.upload(world.bidder.bureau, world.id, social?.id ?? '', { name: 'x.pdf', bytes: Buffer.from('MZ') })).rejects.toEqual(code('invalid'));
    for (const one of [powers, social]) await own.upload(world.bidder.bureau, world.id, one?.id ?? '', pdf());
    await expect(proposals.check(world.officer, world.id, social?.id ?? '', { outcome: 'accepted', expiresOn: '2023-07-01', note: '' })).rejects.toEqual(code('invalid'));
    await proposals.check(world.officer, world.id, social?.id ?? '', { outcome: 'refused', expiresOn: '', note: 'Attestation de plus de six mois' });
    await own.upload(world.bidder.bureau, world.id, social?.id ?? '', pdf('bonne.pdf'));
    await proposals.check(world.officer, world.id, powers?.id ?? '', { outcome: 'accepted', expiresOn: '', note: '' });
    await proposals.check(world.officer, world.id, social?.id ?? '', { outcome: 'accepted', expiresOn: '2023-12-31', note: '' });
    await expect(own.upload(world.bidder.bureau, world.id, social?.id ?? '', pdf())).rejects.toEqual(code('wrong-state'));
    expect(await reading()).toMatchObject({ status: 'certified' });
    expect((await world.source.manager.findBy(Mail, { kind: 'certificates' })).map((one) => one.organisationId)).toEqual(['bureau', 'bureau']);
  });

  it('faute de preuve, la suivante du classement prend la place, avec le motif ; le retrait et la nouvelle proposition se suivent', async () => {
    await proposals.pass(world.officer, world.id, { ground: 'unproven', reason: 'Attestation fiscale jamais produite', bidId: '', reasons: '' });
    expect(await reading()).toMatchObject({ organisationId: 'atelier', status: 'proposed' });
    expect((await own.show(world.bidder.bureau, world.id)).certificates).toEqual([]);
    await expect(proposals.pass(world.officer, world.id, { ground: 'excluded', reason: 'Condamnation, art. L. 2141-1', bidId: '', reasons: '' })).rejects.toEqual(code('nobody'));
    await proposals.withdraw(world.officer, world.id, 'Les pièces sont enfin arrivées');
    await proposals.propose(both, world.id);
    await proposals.ask(world.officer, world.id, { certificates: [], due: '', held: 'L’acheteur les détient déjà (art. R. 2143-14)' });
    expect((await world.source.manager.find(Award, { order: { number: 'ASC' } })).map((one) => [one.number, one.status])).toEqual([[1, 'withdrawn'], [2, 'certified']]);
  });

  it('se décide sous délégation, par un autre que celui qui a proposé', async () => {
    await expect(decisions.decide(world.officer, world.id)).rejects.toEqual(code('forbidden'));
    await expect(decisions.decide(world.bidder.bureau, world.id)).rejects.toEqual(code('not-found'));
    await world.source.manager.update(Delegation, { id: 'delegation-1' }, { kinds: ['late-bid'] });
    await expect(decisions.decide(world.signatory, world.id)).rejects.toEqual(code('no-delegation'));
    await world.source.manager.update(Delegation, { id: 'delegation-1' }, { kinds: ['award-decision'], delegateId: 'officer' });
    await expect(decisions.decide(both, world.id)).rejects.toEqual(code('same-person'));
    await world.source.manager.update(Delegation, { id: 'delegation-1' }, { kinds: ['award-decision', 'rejection', 'reasons'], delegateId: 'signatory' });
    await world.source.manager.update(Assessment, { id: world.bids.bureau }, { priceCents: 1 });
    await expect(decisions.decide(world.signatory, world.id)).rejects.toEqual(code('outdated'));
    await world.source.manager.update(Assessment, { id: world.bids.bureau }, { priceCents: 36_000_00 });
    await expect(decisions.inform(world.signatory, world.id, PLAIN)).rejects.toEqual(code('wrong-state'));
    await decisions.decide(world.signatory, world.id);
    expect(await world.source.manager.findOneByOrFail(Consultation, { id: world.id })).toMatchObject({ status: 'awarded' });
    await expect(proposals.propose(world.officer, world.id)).rejects.toEqual(code('already'));
    await world.jobs.finishAll();
    const decision = text(await decisions.preview(world.officer, world.id, 'decision'));
    expect(decision).toMatch(/attribué à Société bureau , pour un montant total de 36 000 € hors taxes/);
    expect(decision).toMatch(/Société atelier : classée 2e[\s\S]*Société cabinet : offre irrégulière \(art. L. 2152-2\), éliminée/);
  });

  it('une lettre dont un champ obligatoire est vide ne part pas, ni aucune autre', async () => {
    await world.source.manager.update(Assessment, { id: world.bids.bureau }, { advantages: null });
    await expect(decisions.inform(world.signatory, world.id, PLAIN)).rejects.toMatchObject({ code: 'blank', message: expect.stringContaining('les caractéristiques et avantages de l’offre retenue') });
    expect(await world.source.manager.countBy(Letter, { kind: 'rejection' })).toBe(0);
    await world.source.manager.update(Assessment, { id: world.bids.bureau }, { advantages: 'Équipe implantée dans le département.' });
  });

  it('toutes les lettres partent en un acte ; chacune dit ce qu’elle doit, et rien d’autre', async () => {
    await expect(decisions.inform(world.officer, world.id, PLAIN)).rejects.toEqual(code('forbidden'));
    await expect(decisions.inform(world.signatory, world.id, { ...PLAIN, waive: 'oui' })).rejects.toEqual(code('invalid'));
    const results = await Promise.allSettled([1, 2].map(() => decisions.inform(world.signatory, world.id, PLAIN)));
    expect(results.filter((one) => one.status === 'fulfilled')).toMatchObject([{ value: { letters: 3 } }]);
    await world.jobs.finishAll();
    const letters = await world.source.manager.find(Letter, { where: { subjectId: (await reading())?.awardId }, order: { chrono: 'ASC' } });
    expect(letters.map((one) => [one.kind, one.status, one.chrono])).toEqual([['award-decision', 'sent', 'DDETS67/2023/0001'], ['award-letter', 'sent', 'DDETS67/2023/0002'], ['rejection', 'sent', 'DDETS67/2023/0003'], ['rejection', 'sent', 'DDETS67/2023/0004']]);
    const read = async (company: 'atelier' | 'bureau' | 'cabinet') => {
      const { letters: mine } = await own.show(world.bidder[company], world.id);
      expect(mine).toHaveLength(1);
      return text(await own.letter(world.bidder[company], world.id, mine[0]?.id ?? ''));
    };
    const [winner, second, irregular] = [await read('bureau'), await read('atelier'), await read('cabinet')];
    expect(winner).toMatch(/36 000 € hors taxes . Votre offre est classée 1re .[\s\S]*ne vous engage pas/);
    expect(winner).not.toContain('Société atelier');
    for (const part of ['classée 2e sur 2', 'avec 85,00 points', 'en obtient 87,33', 'Valeur technique 60 % 15,00 / 20 2e 18,00 / 20', 'Prix 40 % 40,00 / 40 1re 33,33 / 40', 'Méthode de atelier claire', 'attribué à Société bureau', '36 000 € hors taxes', 'Équipe implantée', 'jusqu’au 6 août 2023 inclus', 'à partir du 7 août 2023', 'tribunal administratif de Strasbourg', 'L. 551-1', 'R. 421-1']) expect(second).toContain(part);
    expect(second).not.toMatch(/Méthode de bureau|Société cabinet/);
    for (const part of ['irrégulière au sens de l’article L. 2152-2', 'Le mémoire technique exigé manque', 'attribué à Société bureau', 'tribunal administratif de Strasbourg']) expect(irregular).toContain(part);
    expect(irregular).not.toMatch(/36 000|Équipe implantée|Votre note/);
    await expect(own.letter(world.bidder.cabinet, world.id, letters[2]?.id ?? '')).rejects.toEqual(code('not-found'));
    await expect(own.show(world.stranger, world.id)).rejects.toEqual(code('not-found'));
    const mails = await world.source.manager.findBy(Mail, { consultationId: world.id, state: 'sent' });
    expect(mails.filter((one) => one.kind === 'rejection').map((one) => one.organisationId)).toEqual(expect.arrayContaining(['atelier', 'cabinet']));
    expect(mails.filter((one) => one.kind === 'award').map((one) => one.recipient)).toEqual(['bureau@organisme.example']);
  });

  it('montre où en est le dossier, en cinq questions ; chacun n’y voit que ce qui le regarde', async () => {
    const shown = async (actor: Actor) => showAward(await followUp.show(actor, world.id));
    expect((await queriesOf(world.source, () => followUp.show(world.officer, world.id))).length).toBeLessThanOrEqual(5);
    expect((await queriesOf(world.source, () => own.show(world.bidder.atelier, world.id))).length).toBeLessThanOrEqual(5);
    const page = text(Buffer.from(templates.render('pages/awards/show', { award: await shown(world.signatory), errorOf: {}, typed: {} })));
    for (const part of ['Candidats informés', 'Société bureau , 36 000 € hors taxes, classé 1er', 'Délai de suspension jusqu’au 6 août 2023 inclus', 'Décidé par Simone Signataire', 'Rapporter la décision', 'Lettre de rejet, offre irrégulière', 'Proposition retirée', 'Aucun recours']) expect(page).toContain(part);
    expect((await shown(world.officer)).can).toMatchObject({ reverse: false, inform: false, follow: true });
    for (const stranger of [world.bidder.bureau, world.sysadmin, world.stranger]) await expect(followUp.show(stranger, world.id)).rejects.toEqual(code('not-found'));
    const mine = text(Buffer.from(templates.render('pages/awards/own-letters', { ...showOwnLetters(await own.show(world.bidder.atelier, world.id)), errorOf: {}, typed: {} })));
    expect(mine).toContain('Suite donnée à votre offre (PDF)');
    expect(mine).not.toMatch(/Société (bureau|cabinet)/);
  });

  it('une demande de motifs se suit quinze jours, et se répond par lettre signée', async () => {
    await expect(own.askReasons(world.bidder.bureau, world.id, '')).rejects.toEqual(code('no-rejection'));
    await own.askReasons(world.bidder.atelier, world.id, 'Pourquoi la note technique ?');
    await expect(own.askReasons(world.bidder.atelier, world.id, 'Encore')).rejects.toEqual(code('already'));
    await expect(followUp.recordRequest(world.officer, world.id, { organisationId: 'bureau', text: '' })).rejects.toEqual(code('invalid'));
    await followUp.recordRequest(world.officer, world.id, { organisationId: 'cabinet', text: 'Reçue par courrier' });
    const { consultation } = await followUp.show(world.officer, world.id);
    const [first] = consultation.requests.filter((one) => one.organisationId === 'atelier');
    expect(first?.dueOn).toBe('2023-08-11');
    await expect(followUp.answer(world.officer, world.id, first?.id ?? '', { answer: 'Une réponse assez longue pour être lue.' })).rejects.toEqual(code('forbidden'));
    await followUp.answer(world.signatory, world.id, first?.id ?? '', { answer: 'L’offre retenue mobilise une équipe plus nombreuse.' });
    await world.jobs.finishAll();
    const { letters } = await own.show(world.bidder.atelier, world.id);
    const reply = letters.find((one) => one.kind === 'reasons');
    expect(text(await own.letter(world.bidder.atelier, world.id, reply?.id ?? ''))).toMatch(/27 juillet 2023 , vous avez demandé les motifs|Le 27 juillet 2023, vous avez demandé les motifs/);
    await expect(own.letter(world.bidder.cabinet, world.id, reply?.id ?? '')).rejects.toEqual(code('not-found'));
  });

  it('un référé précontractuel empêche de signer ; l’ordonnance renvoie à une étape, et tout reste au dossier', async () => {
    const filed = { kind: 'precontractual', court: 'Tribunal administratif de Strasbourg', number: '2305678', applicant: 'Société atelier', filedOn: '2023-07-27' } as const;
    await expect(followUp.record(world.officer, world.id, { ...filed, filedOn: '2023-07-28' })).rejects.toEqual(code('invalid'));
    await followUp.record(world.officer, world.id, filed);
    expect(await reading()).toMatchObject({ blocked: true });
    await expect(sign()).rejects.toEqual(code('suspended'));
    const [remedy] = (await followUp.show(world.officer, world.id)).consultation.remedies;
    const granted = { outcome: 'granted', on: '2023-07-27', ruling: 'Enjoint de reprendre l’analyse des offres', sentBackTo: 'analysis' } as const;
    await expect(followUp.close(world.officer, world.id, remedy?.id ?? '', granted)).rejects.toEqual(code('forbidden'));
    await followUp.close(world.signatory, world.id, remedy?.id ?? '', granted);
    expect(await reading()).toMatchObject({ blocked: false, reversed: true });
    await expect(proposals.propose(world.officer, world.id)).rejects.toEqual(code('not-locked'));
    const { stream } = await world.module.get(ExhibitsService).build(world.officer, world.id);
    const chunks: Buffer[] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
    const members = unpackedFiles(Buffer.concat(chunks), 10_000_000) ?? [];
    expect(members[0]?.name).toBe('00-bordereau-et-chronologie.pdf');
    const slip = text(members[0]?.content ?? Buffer.alloc(0));
    for (const part of ['Référé précontractuel (art. L. 551-1', 'n° 2305678', 'la procédure reprend à l’analyse des offres', 'Lettre de rejet – Société atelier (DDETS67/2023/0003)', 'Pièce 1']) expect(slip).toContain(part);
    expect(members.map((one) => one.name).filter((name) => /lettre-de-rejet|decision-d-attribution|proces-verbal|rapport/.test(name)).length).toBeGreaterThanOrEqual(5);
    await expect(world.module.get(ExhibitsService).build(world.bidder.atelier, world.id)).rejects.toEqual(code('not-found'));
    await world.evaluations.lock(world.officer, world.id);
    await redo();
  });

  it('ne se signe qu’après le délai ; se rapporte tant que rien n’est signé, sans rien effacer', async () => {
    expect(await reading()).toMatchObject({ signableFrom: '2023-08-07', blocked: false, reversed: false });
    world.clock.moveTo('2023-08-06T21:59:59.000Z');
    await expect(sign()).rejects.toEqual(code('standstill'));
    await expect(decisions.reverse(world.officer, world.id, { reason: 'Erreur de classement', backTo: 'analysis' })).rejects.toEqual(code('forbidden'));
    await decisions.reverse(world.signatory, world.id, { reason: 'Erreur de classement', backTo: 'award' });
    expect(await reading()).toMatchObject({ reversed: true, status: 'reversed' });
    expect(await world.source.manager.findOneByOrFail(Consultation, { id: world.id })).toMatchObject({ status: 'opened' });
    await redo({ ...PLAIN, waive: 'oui', waiver: 'Prise en charge à assurer sans attendre' });
    expect(await sign()).toMatchObject({ organisationId: 'bureau', amountCents: 36_000_00, number: 4 });
    await expect(decisions.reverse(world.signatory, world.id, { reason: 'Erreur de classement', backTo: 'analysis' })).rejects.toEqual(code('signed'));
    expect((await own.show(world.bidder.atelier, world.id)).letters).toHaveLength(4);
  });
});

describe.each(DATABASES)('attribution d’une commande, par comparaison (%s)', (kind) => {
  let world: AwardWorld;
  beforeAll(async () => {
    world = await analysedWorld(kind, [{ company: 'atelier', note: '', price: '24 000' }, { company: 'bureau', note: '', price: '22 000' }], { scored: false });
  });
  afterAll(() => world.close());

  it('suit le choix motivé, rappelle une pièce qui manque, puis informe chacun sans délai de suspension', async () => {
    const proposals = world.module.get(ProposalsService);
    const decisions = world.module.get(DecisionService);
    const own = world.module.get(OwnLettersService);
    const reminders = world.module.get(CertificateReminders);
    await proposals.propose(world.officer, world.id);
    await proposals.ask(world.officer, world.id, { certificates: ['tax'], due: '2023-08-05', held: '' });
    expect(await reminders.tick()).toBe(0);
    world.clock.moveTo('2023-08-02T08:00:00.000Z');
    expect([await reminders.tick(), await reminders.tick()]).toEqual([1, 0]);
    await expect(proposals.pass(world.officer, world.id, { ground: 'unproven', reason: 'Attestation fiscale jamais produite', bidId: world.bids.bureau ?? '', reasons: 'court' })).rejects.toEqual(code('invalid'));
    await proposals.pass(world.officer, world.id, { ground: 'unproven', reason: 'Attestation fiscale jamais produite', bidId: world.bids.bureau ?? '', reasons: 'Seconde offre recevable, au juste prix et disponible.' });
    await proposals.ask(world.officer, world.id, { certificates: [], due: '', held: 'L’acheteur les détient déjà (art. R. 2143-14)' });
    await decisions.decide(world.signatory, world.id);
    await decisions.inform(world.signatory, world.id, PLAIN);
    await world.jobs.finishAll();
    const [letter] = (await own.show(world.bidder.atelier, world.id)).letters;
    const rejection = text(await own.letter(world.bidder.atelier, world.id, letter?.id ?? ''));
    for (const part of ['écartée au sens de l’article R. 2144-7', 'Attestation fiscale jamais produite', 'attribué à Société bureau', 'Seconde offre recevable', 'à partir du 2 août 2023']) expect(rejection).toContain(part);
    expect(rejection).not.toMatch(/délai de suspension|points sur 100/);
  });
});
