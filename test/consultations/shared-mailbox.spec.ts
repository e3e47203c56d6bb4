import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { Bid } from '../../src/bids/bid.js';
import { DepositsService } from '../../src/bids/deposits.service.js';
import { BidUploadsService } from '../../src/bids/uploads.service.js';
import { SendingService } from '../../src/commissions/sending.service.js';
import { Invitation } from '../../src/consultations/consultation.js';
import { Organisation, Person, SignInLink } from '../../src/people/people.js';
import { Sessions } from '../../src/people/sessions.js';
import { Mail } from '../../src/platform/mail.js';
import { Outbox } from '../../src/platform/outbox.js';
import { DATABASES } from '../support/databases.js';
import { startApp, type TestApp } from '../support/app.js';
import { agentsOf, called, fault, seedDepartment } from './world.js';

const MAILBOX = 'accueil@maison-des-associations.example';

/** Two associations of one house, one mailbox: allowed, said, and never mixed up. */
describe.each(DATABASES)('une boîte partagée (%s)', (kind) => {
  let t: TestApp;
  let id = '';
  let commissionId = '';
  beforeAll(async () => {
    t = await startApp(kind);
    await seedDepartment(t, '67');
    ({ consultationId: id, commissionId } = await called(t, { code: '67', deadline: '2023-07-26T23:59', addressees: `Bienvenue ; ${MAILBOX}\nAncrage ; ${MAILBOX.toUpperCase()}\nAutre ; autre@autre.example` }));
  }, 60_000);
  afterAll(() => t.close());

  const organisation = (name: string) => t.source.manager.findOneByOrFail(Organisation, { name });
  const enter = async (name: string) => {
    const { id: organisationId } = await organisation(name);
    const mail = await t.source.manager.findOneByOrFail(Mail, { kind: 'invitation', organisationId });
    const path = new URL(/http\S+\/lien\/\S+/.exec(t.app.get(Outbox).words(mail).text)?.[0] ?? '').pathname;
    const answer = await t.anonymous().post(path).expect(303);
    const token = /souspli=([\w-]+)/.exec(answer.headers['set-cookie'] ?? '')?.[1] ?? '';
    const session = await t.app.get(Sessions).read(token);
    if (!session) throw new Error('no session');
    return { token, actor: session.actor, csrf: session.csrf };
  };

  it('écrit à chacune, et le dit à l’agent', async () => {
    const mails = await t.source.manager.findBy(Mail, { kind: 'invitation', recipient: MAILBOX });
    expect(new Set(mails.map((one) => one.organisationId)).size).toBe(2);
    expect(await t.source.manager.countBy(Person, { email: MAILBOX })).toBe(1);
    const officer = await t.browser('agent@prefecture67.example');
    expect((await officer.get(`/consultations/${id}/suivi`)).text).toContain('Bienvenue et Ancrage partagent l’adresse');
    expect((await officer.get(`/commandes/${commissionId}`)).text).toContain('partagent l’adresse');
  });

  it('chaque lien fait agir pour l’organisation à qui il fut écrit ; on en change soi-même', async () => {
    const ancrage = await enter('Ancrage');
    const bienvenue = await enter('Bienvenue');
    expect(ancrage.actor.organisations('bidder')[0]).toBe((await organisation('Ancrage')).id);
    expect(bienvenue.actor.organisations('bidder')[0]).toBe((await organisation('Bienvenue')).id);
    const page = (await t.anonymous().get('/mon-organisation').set('cookie', `souspli=${ancrage.token}`).set('accept', 'text/html').expect(200)).text;
    expect(page).toMatch(/Ancrage[\s\S]*Bienvenue/);
    const act = (organisationId: string) => t.anonymous().post('/mon-organisation').set('cookie', `souspli=${ancrage.token}`).type('form').send({ _csrf: ancrage.csrf, organisation: organisationId });
    await act((await organisation('Autre')).id).expect(404);
    await act((await organisation('Bienvenue')).id).expect(303);
    expect((await t.app.get(Sessions).read(ancrage.token))?.actor.organisations('bidder')[0]).toBe((await organisation('Bienvenue')).id);
    expect((await t.anonymous().get(`/consultations/${id}`).set('cookie', `souspli=${ancrage.token}`).set('accept', 'text/html').expect(200)).text).toContain('Agir pour une autre organisation');
    expect(await t.source.manager.findOneBy(SignInLink, { organisationId: (await organisation('Autre')).id })).toMatchObject({ usedAt: null });
  });

  it('deux plis, deux organisations : l’un ne remplace pas l’autre', async () => {
    const person = await t.actor(MAILBOX);
    const [first, second] = person.mandates;
    const uploads = t.app.get(BidUploadsService);
    for (const [index, mandates] of [[first, second], [second, first]].entries()) {
      const actor = Object.assign(Object.create(Object.getPrototypeOf(person)), person, { mandates });
      await uploads.receive(actor, id, { name: 'Offre.pdf', mediaType: 'application/pdf' }, Readable.from([Buffer.from('offre')]));
      await t.app.get(DepositsService).deposit(actor, id, `cle-de-depot-numero-${index}`, t.clock.now());
    }
    const bids = await t.source.manager.findBy(Bid, { consultationId: id });
    expect(bids.map((one) => one.status)).toEqual(['sealed', 'sealed']);
    expect(new Set(bids.map((one) => one.organisationId)).size).toBe(2);
  });

  it('la même organisation, ou la même adresse en majuscules, n’est pas invitée deux fois', async () => {
    const officer = await agentsOf(t, '67').officer();
    const add = (typed: string) => fault(t.app.get(SendingService).add(officer, commissionId, typed));
    expect(await add('BIENVENUE ; une.autre@adresse.example')).toBe('addressees');
    expect(await add(`Bienvenue ; ${MAILBOX.toUpperCase()}`)).toBe('addressees');
    expect(await add(`Troisième ; ${MAILBOX.toUpperCase()}`)).toBe('done');
    expect(await t.source.manager.countBy(Invitation, { consultationId: id, email: MAILBOX })).toBe(3);
  });
});
