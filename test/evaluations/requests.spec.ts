import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { In } from 'typeorm';
import { Consultation, Invitation } from '../../src/consultations/consultation.js';
import type { Answer } from '../../src/evaluations/answer-upload.js';
import { scoredRule } from '../../src/evaluations/award-rule.js';
import { assessmentOf } from '../../src/evaluations/evaluation.forms.js';
import { EvaluationsModule } from '../../src/evaluations/evaluations.module.js';
import { EvaluationsService } from '../../src/evaluations/evaluations.service.js';
import { OwnRequestsService } from '../../src/evaluations/own-requests.service.js';
import { PresentationService } from '../../src/evaluations/presentation.service.js';
import { requestOf } from '../../src/evaluations/request.forms.js';
import { RequestSigningService } from '../../src/evaluations/request-signing.service.js';
import { showNewRequest, showOwnRequest, showOwnRequests, showRequest, showRequests } from '../../src/evaluations/request.view.js';
import { BidRequestsService } from '../../src/evaluations/requests.service.js';
import { Membership } from '../../src/people/people.js';
import { Actor } from '../../src/platform/actor.js';
import { Mail } from '../../src/platform/mail.js';
import { StoredFile } from '../../src/platform/stored-file.js';
import { bytes, type Company, DEADLINE, newWorld, type World } from '../bids/world.js';
import { DATABASES } from '../support/databases.js';
import { queriesOf } from '../support/queries.js';

const code = (expected: string) => expect.objectContaining({ code: expected });
const field = (name: string) => expect.objectContaining({ code: 'invalid', errors: [expect.objectContaining({ field: name })] });
const plain = (pdf: Buffer) => pdf.toString().replace(/<[^>]+>/g, ' ').replace(/&nbsp;|[\s\u00a0\u202f]+/g, ' ').replaceAll(/ +/g, ' ');
const REASON = 'Votre dossier est incomplet sur ce point.';
const DUE = '2023-08-04T12:00';

/** One world, opened once; the tests follow the file in its order, as the agents do. */
describe.each(DATABASES)('demandes aux candidats (%s)', (kind) => {
  let world: World;
  let requests: BidRequestsService;
  let signing: RequestSigningService;
  let own: OwnRequestsService;
  let evaluations: EvaluationsService;
  const bids = {} as Record<Company, string>;

  beforeAll(async () => {
    world = await newWorld(kind, {}, [EvaluationsModule]);
    [requests, signing, own, evaluations] = [world.module.get(BidRequestsService), world.module.get(RequestSigningService), world.module.get(OwnRequestsService), world.module.get(EvaluationsService)];
    await world.acts.perform(Actor.system, 'test.rule', async (act) => {
      act.require(true);
      await act.db.update(Consultation, { id: world.id }, { awardRule: scoredRule([{ label: 'Valeur technique', weight: 60 }, { label: 'Prix', weight: 40 }]), expected: [{ label: 'Mémoire technique' }] });
      await act.add(...[world.opener, world.second].map((one) => Object.assign(new Membership(), { id: `m-${one.id}`, personId: one.id, organisationId: 'ddets', role: 'opener', territory: '67', validFrom: act.now })));
    });
    world.clock.moveTo(new Date(DEADLINE.getTime() - 3_600_000));
    for (const company of ['atelier', 'bureau', 'cabinet'] as const) {
      await world.upload(company, `${company}.pdf`, bytes(1000));
      await world.deposit(company, new Date(DEADLINE.getTime() - 60_000));
    }
    await world.openAll();
    await evaluations.begin(world.officer, world.id);
    for (const { bid } of (await requests.list(world.officer, world.id)).rows) bids[bid.organisationId as Company] = bid.id;
    await assess('atelier', 'missing', '30 000');
    await assess('bureau', 'incomplete', '28 000');
    await assess('cabinet', 'present', '9 000');
  }, 60_000);
  afterAll(() => world.close());

  const assess = (company: Company, state: string, price: string) => evaluations.assess(world.officer, world.id, bids[company], assessmentOf({ price, 'document-0': state, 'document-0-note': 'annexe 2' }, ['Mémoire technique']));
  const classify = (company: Company, bidClass: 'admissible' | 'irregular' | 'abnormally-low') => evaluations.classify(world.officer, world.id, bids[company], { bidClass, reason: 'Motif écrit pour la lettre' });
  const ask = (nature: string, companies: Company[], more: object = {}) =>
    requests.prepare(world.officer, world.id, requestOf({ kind: nature, reason: REASON, deadline: DUE, bids: companies.map((one) => bids[one]), ...Object.fromEntries(companies.map((one) => [`items-${bids[one]}`, `- Le mémoire de ${one}`])), ...more }));
  const requestOfCompany = async (company: Company, nature: string) => {
    const found = (await requests.list(world.officer, world.id)).requests.find((one) => one.organisationId === company && one.kind === nature && one.status !== 'cancelled');
    if (!found) throw new Error(`no request of ${company}`);
    return found;
  };
  const answer = async (text: string, name?: string): Promise<Answer> => {
    if (!name) return { text, files: [] };
    const content = bytes(5000);
    return { text, files: [Object.assign(new StoredFile(), { id: world.acts.constructor.name + name, name, mediaType: 'application/octet-stream', size: content.length, sha256: 'x'.repeat(64), blob: await world.files.write(content) })] };
  };

  it('le formulaire dit chaque faute à sa place, et ne perd rien', () => {
    const typed = { kind: 'autre', reason: 'court', deadline: '', bids: 'b1', 'items-b1': ' ' };
    expect(() => requestOf(typed)).toThrow(expect.objectContaining({ typed, errors: ['kind', 'reason', 'deadline', 'items-b1'].map((name) => expect.objectContaining({ field: name })) }));
    expect(() => requestOf(null)).toThrow(code('invalid'));
  });

  it('pièces manquantes : tous les candidats concernés, avec le même délai (R2144-2)', async () => {
    const form = showNewRequest(await requests.list(world.officer, world.id), 'missing-documents');
    expect(form.bids.map((one) => [one.label, one.checked, one.items]).toSorted((x, y) => String(x).localeCompare(String(y)))).toEqual([['Société atelier', true, 'Mémoire technique : annexe 2'], ['Société bureau', true, 'Mémoire technique : annexe 2']]);
    await expect(ask('missing-documents', ['atelier'])).rejects.toEqual(field('bids'));
    await expect(ask('missing-documents', ['atelier', 'bureau', 'cabinet'])).rejects.toEqual(field('bids'));
    await expect(ask('missing-documents', [])).rejects.toEqual(field('bids'));
    for (const deadline of ['2023-07-01T12:00', '2023-02-30T12:00', 'demain']) await expect(ask('missing-documents', ['atelier', 'bureau'], { deadline })).rejects.toEqual(field('deadline'));
    await expect(requests.prepare(world.opener, world.id, requestOf({ kind: 'clarification', reason: REASON, deadline: DUE, bids: [bids.atelier], [`items-${bids.atelier}`]: 'x' }))).rejects.toEqual(code('forbidden'));
    await expect(requests.list(world.bidder.atelier, world.id)).rejects.toEqual(code('not-found'));
    await ask('missing-documents', ['atelier', 'bureau']);
    await expect(own.list(world.bidder.atelier, world.id).then(({ requests: mine }) => mine)).resolves.toEqual([]);
  });

  it('le signataire relit puis signe ensemble : une lettre numérotée par candidat, qui part aussitôt', async () => {
    const { batches } = showRequests(await requests.list(world.signatory, world.id));
    expect(batches).toMatchObject([{ kindLabel: 'Demande de pièces manquantes', can: { sign: true } }]);
    const batchId = batches[0]?.id ?? '';
    const draft = await requestOfCompany('atelier', 'missing-documents');
    expect((await signing.letter(world.officer, world.id, draft.id)).toString()).toContain('Projet');
    await expect(own.show(world.bidder.atelier, world.id, draft.id)).rejects.toEqual(code('not-found'));
    await expect(signing.sign(world.officer, world.id, batchId)).rejects.toEqual(code('forbidden'));
    await expect(signing.sign(world.signatory, world.id, 'autre')).rejects.toEqual(code('not-found'));
    expect(await signing.sign(world.signatory, world.id, batchId)).toEqual({ signed: 2 });
    await expect(signing.sign(world.signatory, world.id, batchId)).rejects.toEqual(code('wrong-state'));
    await expect(requests.cancel(world.officer, world.id, batchId)).rejects.toEqual(code('wrong-state'));
    await world.jobs.finishAll();
    const letter = (await own.letter(world.bidder.atelier, world.id, draft.id)).toString();
    expect(letter).toMatch(/R\.\u00a02144-2[\s\S]*Le mémoire de atelier\.[\s\S]*4 août 2023 à 12\u00a0?h\u00a0?00|4\u00a0août 2023/);
    expect(letter).toContain('article\u00a0R.\u00a02144-2');
    expect(letter).not.toContain('bureau');
    const mails = await world.source.manager.findBy(Mail, { kind: 'bid-request' });
    expect(mails.map((one) => one.recipient).toSorted()).toEqual(['atelier@organisme.example', 'bureau@organisme.example']);
  });

  it('un candidat ne lit que ses demandes ; l’acheteur lit la réponse aussitôt', async () => {
    const mine = await requestOfCompany('atelier', 'missing-documents');
    const theirs = await requestOfCompany('bureau', 'missing-documents');
    expect(showOwnRequests(await own.list(world.bidder.atelier, world.id)).requests.map((one) => one.id)).toEqual([mine.id]);
    for (const stranger of [world.bidder.bureau, world.stranger, world.officer]) {
      await expect(own.show(stranger, world.id, mine.id)).rejects.toEqual(code('not-found'));
      await expect(own.answer(stranger, world.id, mine.id, await answer('x'))).rejects.toEqual(code('not-found'));
    }
    await expect(own.answer(world.bidder.atelier, world.id, mine.id, await answer(''))).rejects.toEqual(field('answer'));
    const given = await answer('Voici le mémoire.', 'memoire.pdf');
    await own.answer(world.bidder.atelier, world.id, mine.id, given);
    const read = showRequest(await requests.show(world.officer, world.id, mine.id));
    expect(read.request).toMatchObject({ answer: 'Voici le mémoire.', stage: { label: 'Répondue, à trancher' }, files: [{ name: 'memoire.pdf' }] });
    const file = await requests.file(world.opener, world.id, mine.id, given.files[0]?.id ?? '');
    expect((await file.stream.toArray()).reduce((sum: number, chunk: Buffer) => sum + chunk.length, 0)).toBe(5000);
    await expect(requests.file(world.officer, world.id, theirs.id, given.files[0]?.id ?? '')).rejects.toEqual(code('not-found'));
    await expect(own.file(world.bidder.bureau, world.id, mine.id, given.files[0]?.id ?? '')).rejects.toEqual(code('not-found'));
    await requests.decide(world.officer, world.id, mine.id, { outcome: 'accepted', reason: 'Le mémoire est complet.', price: '' });
    expect(showOwnRequest(await own.show(world.bidder.atelier, world.id, mine.id))).toMatchObject({ request: { stage: { label: 'Réponse examinée' } }, can: { answer: false } });
  });

  it('une régularisation ne change pas le prix (R2152-2)', async () => {
    await expect(ask('regularisation', ['bureau'])).rejects.toEqual(field('bids'));
    await classify('bureau', 'irregular');
    await ask('regularisation', ['bureau']);
    const request = await requestOfCompany('bureau', 'regularisation');
    await signing.sign(world.signatory, world.id, request.batchId);
    await own.answer(world.bidder.bureau, world.id, request.id, await answer('Offre régularisée.'));
    const decide = (price: string, outcome: 'accepted' | 'refused' = 'accepted') => requests.decide(world.officer, world.id, request.id, { outcome, reason: 'Le bordereau est signé.', price });
    for (const price of ['', '27 999,99', '0', 'gratuit']) await expect(decide(price)).rejects.toEqual(field('price'));
    await decide('28 000,00');
    await expect(decide('28 000', 'refused')).rejects.toEqual(code('wrong-state'));
    await expect(ask('regularisation', ['bureau'])).rejects.toEqual(field('bids'));
  });

  it('le prix d’une offre que l’on a demandé de régulariser ou de justifier ne se ressaisit plus', async () => {
    await expect(assess('bureau', 'incomplete', '27 000')).rejects.toEqual(field('price'));
    await assess('bureau', 'present', '28 000');
  });

  it('anormalement basse : la demande écrite, puis la réponse ou le silence, précèdent le rejet (L2152-6)', async () => {
    await expect(classify('cabinet', 'abnormally-low')).rejects.toEqual(code('not-asked'));
    await ask('abnormally-low', ['cabinet']);
    const request = await requestOfCompany('cabinet', 'abnormally-low');
    await signing.sign(world.signatory, world.id, request.batchId);
    await expect(classify('cabinet', 'abnormally-low')).rejects.toEqual(code('not-asked'));
    const refuse = () => requests.decide(world.officer, world.id, request.id, { outcome: 'refused', reason: 'Aucune réponse dans le délai.', price: '' });
    await expect(refuse()).rejects.toEqual(code('too-early'));
    expect((await requests.list(world.officer, world.id)).missing.join(' ')).toContain('Demande de justification du prix à Société cabinet');
    await expect(evaluations.lock(world.officer, world.id)).rejects.toEqual(code('incomplete'));
    world.clock.moveTo(new Date(request.deadline.getTime()));
    const kept = await world.source.manager.count(StoredFile);
    await expect(own.mayStillAnswer(world.bidder.cabinet, world.id, request.id)).rejects.toMatchObject({ code: 'deadline-passed', message: expect.stringMatching(/4.août.2023/) });
    await expect(own.answer(world.bidder.cabinet, world.id, request.id, await answer('Trop tard', 'tard.pdf'))).rejects.toEqual(code('deadline-passed'));
    expect(await world.source.manager.count(StoredFile)).toBe(kept);
    expect(showOwnRequest(await own.show(world.bidder.cabinet, world.id, request.id))).toMatchObject({ late: true, can: { answer: false } });
    await expect(requests.decide(world.officer, world.id, request.id, { outcome: 'accepted', reason: 'Admettons tout de même.', price: '' })).rejects.toEqual(code('wrong-state'));
    await refuse();
    await classify('cabinet', 'abnormally-low');
  });

  it('une demande dont la date passe avant la signature ne part pas, et s’annule', async () => {
    await ask('clarification', ['atelier'], { deadline: '2023-08-05T12:00' });
    const request = await requestOfCompany('atelier', 'clarification');
    world.clock.moveTo('2023-08-06T10:00:00.000Z');
    await expect(signing.sign(world.signatory, world.id, request.batchId)).rejects.toEqual(code('deadline-passed'));
    await requests.cancel(world.officer, world.id, request.batchId);
    await expect(own.show(world.bidder.atelier, world.id, request.id)).rejects.toEqual(code('not-found'));
  });

  it('le rapport de présentation dit ce qui est au dossier, et l’attribution quand il y en a une (R2184-2, R2184-3)', async () => {
    const presentation = world.module.get(PresentationService);
    await expect(presentation.print(world.bidder.atelier, world.id)).rejects.toEqual(code('not-found'));
    const text = plain(await presentation.print(world.officer, world.id));
    expect(text).toMatch(/Préfecture du Bas-Rhin.*3 plis reçus.*Valeur technique : 60 %/);
    expect(text).toMatch(/Société cabinet : offre anormalement basse \(art\. L\. 2152-6\)\. Motif écrit/);
    expect(text).toMatch(/Demande de régularisation \(art\. R\. 2152-2\), Société bureau.*réponse admise\. Le bordereau est signé/);
    expect(text).toContain('Aucune attribution n’est prononcée à cette date');
    presentation.awardOf = () => Promise.resolve({ operator: 'Société atelier', amountCents: 30_000_00, reasons: ['Meilleure offre au regard des critères.'], decidedOn: new Date('2023-08-10T08:00:00.000Z'), subcontractors: [{ name: 'Société delta', share: '10 %' }], priorStudies: ['Le diagnostic a été remis à tous.'] });
    const awarded = plain(await presentation.print(world.signatory, world.id));
    expect(awarded).toMatch(/Société atelier, 30.000 € hors taxes, décision du jeudi 10 août 2023.*Société delta : 10 %.*Le diagnostic a été remis à tous/);
  });

  it('compléter une offre ne se demande qu’au titulaire unique d’un lot (R2162-9)', async () => {
    await expect(ask('completion', ['atelier'], { deadline: '2023-09-01T12:00' })).rejects.toEqual(field('bids'));
    expect(showRequests(await requests.list(world.officer, world.id)).kinds).toHaveLength(4);
    await world.source.manager.delete(Invitation, { consultationId: world.id, organisationId: In(['bureau', 'cabinet', 'delta', 'equipe']) });
    expect(showRequests(await requests.list(world.officer, world.id)).kinds).toHaveLength(5);
    await ask('completion', ['atelier'], { deadline: '2023-09-01T12:00' });
    const request = await requestOfCompany('atelier', 'completion');
    expect(plain(await signing.letter(world.officer, world.id, request.id))).toContain('Vous êtes le seul titulaire du lot');
    expect(plain(await world.module.get(PresentationService).print(world.officer, world.id))).toContain('Le lot n’a qu’un titulaire');
  });

  it('pose cinq questions à la base, quel que soit le nombre de demandes', async () => {
    expect((await queriesOf(world.source, () => requests.list(world.officer, world.id))).length).toBeLessThanOrEqual(5);
    expect((await queriesOf(world.source, () => own.list(world.bidder.atelier, world.id))).length).toBeLessThanOrEqual(5);
  });
});
