import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEMO_PASSWORD } from '../../src/demo/demo-data.js';
import { Session, SignInLink } from '../../src/people/people.js';
import { Mail } from '../../src/platform/mail.js';
import { Outbox } from '../../src/platform/outbox.js';
import { atSignature, launched, startApp, type TestApp } from '../support/app.js';
import { sha256 } from '../../src/platform/random.js';
import { DATABASES } from '../support/databases.js';
import { routesOf } from '../support/routes.js';

const OFFICER = 'sebastien.bouche@bas-rhin.gouv.fr';

describe.each(DATABASES)('les comptes (%s)', (kind) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(kind);
    await launched(t);
  }, 60_000);
  afterAll(() => t.close());

  const cookieOf = (answer: { headers: Record<string, unknown> }) => String(answer.headers['set-cookie']).match(/souspli=([\w-]+)/)?.[1] ?? '';

  it('ouvre une session, dont seule l’empreinte est gardée, et la ferme', async () => {
    const answer = await t.anonymous().post('/connexion').type('form').send({ email: OFFICER.toUpperCase(), password: DEMO_PASSWORD }).expect(303);
    const token = cookieOf(answer);
    expect(token.length).toBeGreaterThan(40);
    expect([answer.headers['set-cookie']].flat().join('')).toMatch(/HttpOnly; SameSite=Lax/);
    expect(await t.source.manager.existsBy(Session, { id: token })).toBe(false);
    const api = await t.anonymous().get('/api/session').set('authorization', `Bearer ${token}`).expect(200);
    expect(api.body).toMatchObject({ name: 'Sébastien Bouché' });
    await t.anonymous().post('/deconnexion').set('cookie', `souspli=${token}`).type('form').send({ _csrf: api.body.csrf }).expect(303);
    await t.anonymous().get('/api/session').set('authorization', `Bearer ${token}`).expect(401);
  });

  it('dit la même phrase pour une adresse inconnue et un mauvais mot de passe', async () => {
    const sentences = await Promise.all(
      [OFFICER, 'inconnu@x.example'].map(async (email) => (await t.anonymous().post('/api/session').send({ email, password: 'faux' }).expect(422)).body.errors),
    );
    expect(sentences[0]).toEqual(sentences[1]);
    await t.anonymous().post('/api/session').send({ email: 'pas-une-adresse', password: 'x' }).expect(422);
  });

  it('un lien ne s’use ni par GET, ni deux fois', async () => {
    const mail = await t.source.manager.findOneByOrFail(Mail, { recipient: 'offres@passerelle-rhenane.example', kind: 'invitation' });
    const path = new URL(/http\S+\/lien\/\S+/.exec(t.app.get(Outbox).words(mail).text)?.[0] ?? '').pathname;
    for (let i = 0; i < 3; i += 1) expect((await t.anonymous().get(path).expect(200)).text).toContain('Entrer dans mon espace');
    expect(cookieOf(await t.anonymous().post(path).expect(303))).not.toBe('');
    expect((await t.anonymous().post(path).set('accept', 'text/html').expect(409)).text).toContain('Ce lien a déjà servi ou a expiré');
    expect((await t.anonymous().get(path).expect(200)).text).toContain('Demander un nouveau lien');
  });

  it('un lien expiré n’ouvre rien', async () => {
    const mail = await t.source.manager.findOneByOrFail(Mail, { recipient: 'offres@maison-parcours.example', kind: 'invitation' });
    const path = new URL(/http\S+\/lien\/\S+/.exec(t.app.get(Outbox).words(mail).text)?.[0] ?? '').pathname;
    await t.source.manager.update(SignInLink, { id: sha256(path.split('/').at(-1) ?? '') }, { expiresAt: new Date(0) });
    expect((await t.anonymous().get(path).expect(200)).text).toContain('Demander un nouveau lien');
    const refused = await t.anonymous().post(path).expect(409);
    expect(cookieOf(refused)).toBe('');
  });

  it('demander un lien ne dit pas qui est connu', async () => {
    const before = await t.source.manager.count(SignInLink);
    const known = await t.anonymous().post('/demander-un-lien').type('form').send({ email: 'offres@lignes-claires.example' }).expect(303);
    const unknown = await t.anonymous().post('/demander-un-lien').type('form').send({ email: 'personne@x.example' }).expect(303);
    expect(known.headers.location).toBe(unknown.headers.location);
    expect((await t.source.manager.count(SignInLink)) - before).toBe(1);
  });

  it('l’administrateur gère les comptes, et rien d’autre', async () => {
    const admin = await t.browser('admin');
    expect((await admin.get('/comptes').expect(200)).text).toContain('Sébastien Bouché');
    await admin.get('/commandes').expect(404);
    await admin.get('/consultations').expect(404);
    const officer = await t.browser('officer');
    await officer.get('/comptes').expect(404);
  });

  it('en un clic, les comptes inventés seulement : les 18 organisations réelles sont destinataires et rien d’autre', async () => {
    const page = await t.anonymous().get('/connexion').expect(200);
    expect(page.text).toContain('Passerelle Rhénane');
    expect(page.text).not.toContain('Adoma');
  });
});

describe('les routes', () => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp('sqlite');
    await atSignature(t);
  }, 60_000);
  afterAll(() => t.close());

  it('ne répondent qu’aux personnes identifiées, sauf celles qui disent @Public()', async () => {
    const open: string[] = [];
    const all = routesOf(t.app);
    expect(all.length).toBeGreaterThan(60);
    for (const { method, path } of all) {
      const url = path.replaceAll(/:\w+/g, '00000000-0000-4000-8000-000000000000');
      const call = t.anonymous() as unknown as Record<string, (url: string) => ReturnType<ReturnType<TestApp['anonymous']>['get']>>;
      const answer = await call[method]?.(url);
      const asked = answer?.status === 401 || (answer?.status === 303 && (answer.headers.location ?? '').startsWith('/connexion?retour='));
      if (!asked) open.push(`${method} ${path}`);
      expect(answer?.status).not.toBe(500);
      expect(answer?.text ?? '').not.toMatch(/at .*\.(ts|js):\d+/);
    }
    expect(open.toSorted()).toEqual(
      [
        'get /',
        'get /accessibilite',
        'get /aide',
        'get /aide/:name',
        'get /cle-publique',
        'get /cle-publique.pem',
        'get /connexion',
        'get /demander-un-lien',
        'get /composants',
        'get /demonstration',
        'get /demonstration/courriels',
        'get /demonstration/etape',
        'get /demonstration/courriels/:kind',
        'get /lien/:token',
        'get /sante',
        'get /signaler-un-probleme',
        'get /signaler-un-probleme/:id',
        'get /tester-mon-poste',
        'get /tester-mon-poste/heure',
        'get /verifier-un-recu',
        'get /verifier-un-recu.html',
        'post /api/problems',
        'post /signaler-un-probleme',
        'post /tester-mon-poste/fichiers',
        'options /tester-mon-poste/envois',
        'post /tester-mon-poste/envois',
        'options /tester-mon-poste/envois/:id',
        'head /tester-mon-poste/envois/:id',
        'patch /tester-mon-poste/envois/:id',
        'delete /tester-mon-poste/envois/:id',
        'post /tester-mon-poste/envois/:id/recu',
        'post /api/session',
        'post /connexion',
        'post /connexion/demonstration',
        'post /demander-un-lien',
        'post /demonstration/avancer',
        'post /lien/:token',
      ].toSorted(),
    );
  });

  it('refusent une demande forgée ailleurs', async () => {
    const { token, csrf } = await t.browser('officer');
    const post = () => t.anonymous().post('/commandes').set('cookie', `souspli=${token}`).type('form');
    await post().send({}).expect(403);
    await post().send({ _csrf: 'x'.repeat(csrf.length) }).expect(403);
    await post().set('origin', 'https://evil.example').send({ _csrf: csrf }).expect(403);
    await post().set('sec-fetch-site', 'cross-site').send({ _csrf: csrf }).expect(403);
    await post().set('sec-fetch-site', 'same-origin').send({ _csrf: csrf }).expect(303);
  });

  it('portent des en-têtes stricts, sans casser http en démonstration', async () => {
    const { headers } = await t.anonymous().get('/connexion').expect(200);
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['strict-transport-security']).toBeUndefined();
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('limitent les essais de mot de passe', async () => {
    const answers = [];
    for (let i = 0; i < 25; i += 1) answers.push((await t.anonymous().post('/api/session').send({ email: 'a@b.example', password: 'x' })).status);
    expect(answers).toContain(429);
  });
});
