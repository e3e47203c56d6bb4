import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import yauzl from 'yauzl';
import { DepositsService } from '../../src/bids/deposits.service.js';
import { BidUploadsService } from '../../src/bids/uploads.service.js';
import { ChangesService } from '../../src/consultations/changes.service.js';
import { Consultation, ConsultationDocument, DeadlineVersion, Invitation } from '../../src/consultations/consultation.js';
import { ConsultationsService } from '../../src/consultations/consultations.service.js';
import { Notice, Question } from '../../src/consultations/exchange.js';
import { FollowUpService } from '../../src/consultations/follow-up.service.js';
import { QuestionsService } from '../../src/consultations/questions.service.js';
import { Membership } from '../../src/people/people.js';
import type { Actor } from '../../src/platform/actor.js';
import { Acts } from '../../src/platform/acts.js';
import { Actor as Actors } from '../../src/platform/actor.js';
import { Mail } from '../../src/platform/mail.js';
import { SealingKey } from '../../src/sealing/sealing-key.js';
import { DATABASES } from '../support/databases.js';
import { queriesOf } from '../support/queries.js';
import { launched, startApp, type TestApp } from '../support/app.js';
import { officerOf } from '../contracts/world.js';
import { Readable } from 'node:stream';
import { Files } from '../../src/platform/files.js';
import { StoredFile } from '../../src/platform/stored-file.js';
import { namesIn } from '../../src/platform/zip.js';

const fault = (work: Promise<unknown>) => work.then(() => 'done', (error: { errors?: { field: string }[]; code?: string; message: string }) => error.errors?.map((one) => one.field).join() ?? error.code ?? error.message);
const PDF = { name: 'annexe.pdf', bytes: Buffer.from('%PDF-1.4 annexe') };

describe.each(DATABASES)('la vie d’une consultation (%s)', (kind) => {
  let t: TestApp;
  let id = '';
  let officer: Actor;
  let passerelle: Actor;
  let parcours: Actor;
  let neighbour: Actor;
  const get = <T>(type: Function & { prototype: T }): T => t.app.get(type);
  const told = (mailKind: string) => t.source.manager.countBy(Mail, { kind: mailKind, consultationId: id });

  beforeAll(async () => {
    t = await startApp(kind);
    id = (await launched(t)).consultationId;
    [officer, passerelle, parcours] = await Promise.all([t.actor('officer'), t.actor('passerelle'), t.actor('parcours')]);
    neighbour = await officerOf(t, '68');
  }, 60_000);
  afterAll(() => t.close());

  it('reçoit des questions, en cache l’auteur à tous sauf à l’acheteur, et répond à tous dans le même acte', async () => {
    const questions = get(QuestionsService);
    await questions.ask(passerelle, id, 'Le diagnostic couvre-t-il les communes rurales ?');
    await questions.record(officer, id, { text: 'Faut-il une version modifiable ?', channel: 'telephone', organisationId: '', receivedOn: '' });
    expect(await fault(questions.ask(officer, id, 'x'))).toBe('not-found');
    expect(await fault(questions.list(neighbour, id))).toBe('not-found');
    const forOther = await questions.list(parcours, id);
    expect(forOther.questions).toHaveLength(0);
    const forOfficer = await questions.list(officer, id);
    expect(forOfficer.questions.map((one) => [one.number, one.organisation?.name ?? null])).toEqual([[1, 'Passerelle Rhénane (association fictive)'], [2, null]]);
    expect(await fault(questions.publish(officer, id))).toBe('nothing-drafted');
    for (const one of forOfficer.questions) await questions.draft(officer, id, one.id, { answer: `Réponse ${one.number}.`, publicText: '' });
    expect(await questions.publish(officer, id)).toEqual({ published: 2 });
    expect(await told('notice')).toBe(23);
    const page = await (await t.browser('parcours')).get(`/consultations/${id}/questions`);
    expect(page.text).toContain('communes rurales');
    expect(page.text).not.toContain('Passerelle');
    expect((await (await t.browser('officer')).get(`/consultations/${id}/questions`)).text).toContain('Passerelle');
    expect((await questions.pdf(parcours, id)).toString()).toMatch(/Question\s+1.*Réponse 2\./s);
    expect(await fault(questions.draft(officer, id, forOfficer.questions[0]?.id ?? '', { answer: 'Autre', publicText: '' }))).toBe('wrong-state');
  });

  it('garde une question tardive, signalée, et une question retirée n’a plus de réponse', async () => {
    const questions = get(QuestionsService);
    await t.app.get(Acts).perform(Actors.system, 'test.cut-off', async (act) => {
      act.require(true);
      await act.db.update(Consultation, { id }, { questionsBefore: '2023-07-12' });
    });
    expect(await questions.ask(parcours, id, 'Trop tard ?')).toEqual({ number: 3, late: true });
    const mine = (await questions.list(parcours, id)).questions.find((one) => one.number === 3);
    expect(await fault(questions.withdraw(passerelle, id, mine?.id ?? ''))).toBe('not-found');
    await questions.withdraw(parcours, id, mine?.id ?? '');
    expect(await fault(questions.draft(officer, id, mine?.id ?? '', { answer: 'x', publicText: '' }))).toBe('wrong-state');
  });

  it('reporte la date limite vers plus tard seulement, et prévient chacun', async () => {
    const changes = get(ChangesService);
    const before = await told('notice');
    expect(await fault(changes.extend(officer, id, { deadline: '2023-07-25T12:00', reason: 'x', questionsBefore: '' }))).toBe('deadline');
    expect(await fault(changes.extend(officer, id, { deadline: '2023-03-26T02:30', reason: 'x', questionsBefore: '' }))).toBe('deadline');
    expect(await fault(changes.extend(officer, id, { deadline: '2063-07-28T12:00', reason: 'x', questionsBefore: '' }))).toBe('deadline'); // a slip that nothing could take back
    expect(await fault(changes.extend(officer, id, { deadline: '2023-07-28T12:00', reason: 'x', questionsBefore: '2023-07-12' }))).toBe('questionsBefore'); // yesterday
    expect(await fault(changes.extend(neighbour, id, { deadline: '2023-07-28T12:00', reason: 'x', questionsBefore: '' }))).toBe('not-found');
    await changes.extend(officer, id, { deadline: '2023-07-28T12:00', reason: 'Un document est complété.', questionsBefore: '' });
    const consultation = await t.source.manager.findOneByOrFail(Consultation, { id });
    expect(consultation).toMatchObject({ localDeadline: '2023-07-28T12:00', deadlineVersion: 2 });
    expect(await t.source.manager.countBy(DeadlineVersion, { consultationId: id })).toBe(2);
    expect((await t.source.manager.findOneByOrFail(SealingKey, { id })).notBefore).toEqual(consultation.opensAt);
    expect(await told('notice')).toBe(before + 23);
    await t.jobs.finishAll();
    const notice = await t.source.manager.findOneByOrFail(Notice, { consultationId: id, kind: 'deadline' });
    expect(notice.fileId).not.toBeNull();
    expect(notice.body).toMatch(/28\s+juillet/);
  });

  it('remplace un document avec sa différence ; un pli déjà déposé devient « à confirmer »', async () => {
    const uploads = get(BidUploadsService);
    await uploads.receive(passerelle, id, { name: 'Offre.pdf', mediaType: 'application/pdf' }, Readable.from([Buffer.from('offre')]));
    await get(DepositsService).deposit(passerelle, id, 'cle-de-test-numero-1', t.clock.now());
    const changes = get(ChangesService);
    const former = await t.source.manager.findOneByOrFail(ConsultationDocument, { consultationId: id, kind: 'specifications' });
    const form = { kind: 'annex' as const, title: '', replaces: former.id, note: '', significant: 'oui' };
    expect(await fault(changes.addDocument(officer, id, form, PDF))).toBe('note');
    expect(await fault(changes.addDocument(officer, id, { ...form, note: 'x' }, { name: 'annexe.pdf', bytes: Buffer.from('MZ') }))).toBe('document');
    expect(await fault(changes.addDocument(officer, id, { ...form, note: 'x' }, null))).toBe('document');
    await changes.addDocument(officer, id, { ...form, note: 'Le chapitre 3 est complété.' }, PDF);
    expect(await fault(changes.addDocument(officer, id, { ...form, note: 'x' }, PDF))).toBe('replaces'); // what was typed comes back
    const { documents, former: old } = await get(ConsultationsService).find(parcours, id);
    expect(documents.find((one) => one.kind === 'specifications')?.version).toBe(2);
    expect(old.map((one) => one.version)).toEqual([1]);
    expect((await (await t.browser('passerelle')).get(`/consultations/${id}/pli`)).text).toContain('à confirmer');
    expect((await (await t.browser('parcours')).get(`/consultations/${id}/pli`)).text).not.toContain('à confirmer');
    await get(DepositsService).confirm(passerelle, id);
    expect((await (await t.browser('passerelle')).get(`/consultations/${id}/pli`)).text).not.toContain('à confirmer');
    expect(await fault(get(DepositsService).confirm(passerelle, id))).toBe('nothing-to-confirm');
  });

  it('donne tous les documents en un ZIP, et tient le registre des retraits', async () => {
    const browser = await t.browser('parcours');
    const answer = await browser.get(`/consultations/${id}/documents.zip`).buffer(true).parse((response, done) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => done(null, Buffer.concat(chunks)));
    });
    expect(answer.status).toBe(200);
    const names = await new Promise<string[]>((resolve, reject) => {
      yauzl.fromBuffer(answer.body as Buffer, { lazyEntries: false }, (error, zip) => {
        if (error) return reject(error);
        const found: string[] = [];
        zip.on('entry', (entry: { fileName: string }) => found.push(entry.fileName));
        zip.on('end', () => resolve(found));
      });
    });
    expect(names).toEqual(['01 Lettre de commande.pdf', '02 Cahier des charges (version 2).pdf', 'Versions précédentes/Cahier des charges.pdf', 'Avis/02 Date limite reportée.pdf', 'Avis/01 Réponses aux questions.pdf', 'SHA256SUMS']);
    await browser.get(`/consultations/${id}/documents.zip`);
    const { withdrawals } = await get(FollowUpService).show(officer, id);
    expect(withdrawals.map((one) => one.organisation.name)).toEqual(['Maison des Parcours (association fictive)', 'Maison des Parcours (association fictive)']);
  });

  it('garde chaque version dans le ZIP, même de deux documents du même titre, ou d’un fichier sans nom', async () => {
    const changes = get(ChangesService);
    const form = { kind: 'annex' as const, title: 'é'.repeat(200), replaces: '', note: 'x', significant: '' };
    for (const _ of [1, 2]) await changes.addDocument(officer, id, form, PDF);
    const twins = await t.source.manager.findBy(ConsultationDocument, { consultationId: id, title: form.title });
    for (const { id: replaces } of twins) await changes.addDocument(officer, id, { ...form, replaces }, PDF);
    await changes.addDocument(officer, id, { ...form, title: '' }, { ...PDF, name: '.pdf' });
    expect(await t.source.manager.countBy(ConsultationDocument, { consultationId: id, title: 'Annexe' })).toBe(1);
    const { stream } = await get(ConsultationsService).archive(parcours, id);
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const names = namesIn(Buffer.concat(chunks));
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((one) => one.startsWith('Versions précédentes/é'))).toHaveLength(2);
    for (const name of names) expect(Buffer.byteLength(name.split('/').at(-1) ?? '')).toBeLessThanOrEqual(255);
  });

  it('un fichier que le disque ne rend plus : une erreur pour qui le demande, et pour personne d’autre', async () => {
    const { documents } = await get(ConsultationsService).find(parcours, id);
    const [lost] = documents;
    const files = get(Files);
    const bytes = await files.read(lost?.file.blob ?? '');
    await files.remove(lost?.file.blob ?? '');
    const browser = await t.browser('parcours');
    const archive = await browser.get(`/consultations/${id}/documents.zip`).buffer(true).then(({ status }) => status, () => 'cut');
    expect([500, 'cut']).toContain(archive); // as the disk answers before or after the first bytes
    const answer = await browser.get(`/consultations/${id}/documents/${lost?.id}`).expect(500);
    expect(answer.text).toContain('Une erreur de notre côté');
    expect(answer.text).not.toContain('ENOENT');
    await browser.get(`/consultations/${id}`).expect(200);
    const kept = await files.write(bytes);
    await t.source.manager.update(StoredFile, { id: lost?.fileId ?? '' }, { blob: kept });
  });

  it('prouve l’envoi à chacun, et répare une adresse', async () => {
    await t.jobs.finishAll();
    await (await t.browser('parcours')).get(`/consultations/${id}`);
    const { invitations } = await get(FollowUpService).show(officer, id);
    expect(invitations.find((one) => one.name.startsWith('Maison'))?.openedAt).not.toBeNull();
    const target = invitations.find((one) => one.name === 'KODIKO');
    const repair = (email: string) => fault(get(FollowUpService).repair(officer, id, target?.id ?? '', email));
    expect(await repair('sebastien.bouche@bas-rhin.gouv.fr')).toBe('email');
    expect(await repair('bonne-adresse@kodiko.example')).toBe('done');
    const again = await t.source.manager.findOneByOrFail(Mail, { kind: 'invitation-again' });
    expect(again).toMatchObject({ recipient: 'bonne-adresse@kodiko.example' });
    expect(again.attachments.length).toBeGreaterThan(0);
  });

  it('une organisation dit si elle compte répondre, et donne accès à un collègue', async () => {
    const follow = get(FollowUpService);
    await follow.intent(parcours, id, 'no');
    expect((await t.source.manager.findOneByOrFail(Invitation, { consultationId: id, organisationId: parcours.mandates[0]?.organisationId ?? '' })).intent).toBe('no');
    await follow.addColleague(parcours, id, 'Collegue@maison-parcours.example');
    expect(await fault(follow.addColleague(parcours, id, 'collegue@maison-parcours.example'))).toBe('email');
    expect(await fault(follow.addColleague(parcours, id, 'sebastien.bouche@bas-rhin.gouv.fr'))).toBe('email');
    const colleague = await t.actor('collegue@maison-parcours.example');
    expect((await get(ConsultationsService).find(colleague, id)).invited).toBe(true);
    expect(await fault(follow.addColleague(officer, id, 'x@y.example'))).toBe('not-found');
    const own = { organisationId: parcours.mandates[0]?.organisationId ?? '', role: 'bidder' as const };
    const db = t.source.manager;
    const known = await db.countBy(Membership, own);
    await db.insert(Membership, Array.from({ length: 30 - known }, (_, n) => Object.assign(new Membership(), { id: `foule-${n}`, personId: parcours.id, territory: '*', validFrom: new Date(0), ...own })));
    expect(await fault(follow.addColleague(parcours, id, 'un-de-trop@maison-parcours.example'))).toBe('email');
    await db.delete(Membership, Array.from({ length: 30 - known }, (_, n) => `foule-${n}`));
    await db.update(Consultation, { id }, { status: 'abandoned' });
    expect(await fault(follow.addColleague(parcours, id, 'apres@maison-parcours.example'))).toBe('ended');
    await db.update(Consultation, { id }, { status: 'launched' });
  });

  it('reste à cinq requêtes avec 149 questions', async () => {
    await t.app.get(Acts).perform(Actors.system, 'test.many', async (act) => {
      act.require(true);
      for (let number = 4; number <= 152; number += 1) await act.add(Object.assign(new Question(), { id: `q-${number}`, consultationId: id, number, text: `Question ${number}`, askedAt: act.now, channel: 'platform' }));
    });
    expect((await queriesOf(t.source, () => get(QuestionsService).list(officer, id))).length).toBeLessThanOrEqual(5);
    expect((await queriesOf(t.source, () => get(FollowUpService).show(officer, id))).length).toBeLessThanOrEqual(5);
    expect((await queriesOf(t.source, () => get(ConsultationsService).find(parcours, id))).length).toBeLessThanOrEqual(5);
    const first = await get(QuestionsService).list(officer, id);
    expect(first.questions).toHaveLength(50);
    const second = await get(QuestionsService).list(officer, id, first.next ?? 0);
    expect(second.questions[0]?.number).toBe(51);
  });

  it('ne change plus après la date limite', async () => {
    t.clock.moveTo('2023-07-28T10:00:00.000Z');
    expect(await fault(get(QuestionsService).ask(parcours, id, 'x'))).toBe('deadline-passed');
    expect(await fault(get(QuestionsService).publish(officer, id))).toBe('deadline-passed');
    expect(await fault(get(ChangesService).extend(officer, id, { deadline: '2023-07-30T12:00', reason: 'x', questionsBefore: '' }))).toBe('deadline-passed');
    expect(await fault(get(ChangesService).rectify(officer, id, { text: 'x', significant: '' }))).toBe('deadline-passed');
    expect(await fault(get(ChangesService).addDocument(officer, id, { kind: 'annex', title: 'x', replaces: '', note: 'x', significant: '' }, PDF))).toBe('deadline-passed');
    expect(await fault(get(FollowUpService).intent(parcours, id, 'yes'))).toBe('deadline-passed');
  });
});
