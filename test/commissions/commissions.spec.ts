import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readAddressees } from '../../src/commissions/addressee-list.js';
import { criterionOf } from '../../src/commissions/commission.forms.js';
import { centsOf, linesOf, paragraphsOf } from '../../src/platform/typed.js';
import { Commission, COMMISSION_MOVES, type CommissionStatus } from '../../src/commissions/commission.js';
import { CommissionsService } from '../../src/commissions/commissions.service.js';
import { agirTyped } from '../../src/commissions/programme.js';
import { SendingService } from '../../src/commissions/sending.service.js';
import { SignatureService } from '../../src/commissions/signature.service.js';
import { seedAuthority } from '../../src/demo/seed.js';
import { Delegation, Letter } from '../../src/letters/letter.js';
import { Consultation } from '../../src/consultations/consultation.js';
import { JournalEntry } from '../../src/platform/journal-entry.js';
import { Mail } from '../../src/platform/mail.js';
import { Membership, Person } from '../../src/people/people.js';
import { atSignature, launched, startApp, type TestApp } from '../support/app.js';
import { DATABASES } from '../support/databases.js';

describe('ce que l’agent tape', () => {
  it('lit une liste de destinataires, ou nomme chaque ligne fautive', () => {
    expect(readAddressees('Adoma ; Contact@Adoma.example\n\nCaritas;caritas@x.example', 'f')).toEqual([
      { name: 'Adoma', email: 'contact@adoma.example' },
      { name: 'Caritas', email: 'caritas@x.example' },
    ]);
    for (const [typed, sentence] of [
      ['', 'au moins un destinataire'],
      ['Adoma', 'point-virgule'],
      ['Adoma ; adoma', '« adoma » n’est pas une adresse électronique complète'],
      ['Croix-Rouge 67 ; a@b.example\ncroix rouge 67 ; autre@b.example', 'Ligne 2 : « croix rouge 67 » est déjà à la ligne 1'],
      ['Étoile ; a@b.example\nEtoile ; A@B.EXAMPLE', 'Ligne 2'],
    ] as const) {
      expect(() => readAddressees(typed, 'f')).toThrow(expect.objectContaining({ errors: [{ field: 'f', message: expect.stringContaining(sentence) }] }));
    }
  });

  it('lit un montant français au centime près', () => {
    expect(centsOf('24 000')).toBe(2_400_000);
    expect(centsOf('24\u202f000,5')).toBe(2_400_050);
    fc.assert(fc.property(fc.nat(99_999_999), (cents) => centsOf(`${Math.floor(cents / 100)},${String(cents % 100).padStart(2, '0')}`) === cents));
  });

  it('sépare paragraphes, lignes et critères', () => {
    expect(paragraphsOf('a\nb\n\n\nc')).toEqual(['a b', 'c']);
    expect(linesOf(' a \n\n b')).toEqual(['a', 'b']);
    expect(criterionOf('Prix : 30 %')).toEqual({ label: 'Prix', weight: '30 %' });
    expect(criterionOf('Prix')).toEqual({ label: 'Prix', weight: 'sans pondération' });
  });

  it('n’avance que par sa table d’états', () => {
    for (const state of ['draft', 'to-sign', 'sent', 'abandoned'] as CommissionStatus[]) {
      for (const [move, row] of Object.entries(COMMISSION_MOVES)) {
        const commission = Object.assign(new Commission(), { status: state });
        const act = () => (move === 'submit' ? commission.submit(new Date(0), []) : move === 'send' ? commission.send(new Date(0)) : move === 'abandon' ? commission.abandon('Motif') : commission.takeBack());
        if ((row.from as readonly string[]).includes(state)) {
          act();
          expect(commission.status).toBe(row.to);
        } else expect(act).toThrow(expect.objectContaining({ code: 'wrong-state' }));
      }
    }
  });
});

describe.each(DATABASES)('la commande (%s)', (kind) => {
  let t: TestApp;
  let id = '';
  const form = (given: object = {}) => ({ ...agirTyped(), ceiling: '24 000', deadline: '2023-07-26T23:59', ...given });

  beforeAll(async () => {
    t = await startApp(kind);
    id = await atSignature(t);
  }, 60_000);
  afterAll(() => t.close());

  it.each([
    ['2023-07-01T12:00', 'déjà passée'],
    ['2024-03-31T02:30', 'n’existe pas ce jour-là'],
    ['2023-10-29T02:30', 'existe deux fois'],
    ['2023-02-31T12:00', 'n’existe pas dans le calendrier'],
  ])('refuse la date limite %s', async (deadline, sentence) => {
    const officer = await t.actor('officer');
    await expect(t.app.get(CommissionsService).draft(officer, form({ deadline }))).rejects.toMatchObject({ errors: [{ field: 'deadline', message: expect.stringContaining(sentence) }] });
  });

  it('dérive l’instant de l’heure de Paris', async () => {
    expect((await t.source.manager.findOneByOrFail(Consultation, {})).deadline.toISOString()).toBe('2023-07-26T21:59:00.000Z');
  });

  it('ne se soumet pas incomplète : toutes les raisons d’un coup', async () => {
    const officer = await t.actor('officer');
    const { id: bare } = await t.app.get(CommissionsService).draft(officer, form());
    await expect(t.app.get(SignatureService).submit(officer, bare)).rejects.toMatchObject({
      code: 'incomplete',
      details: { missing: [expect.stringContaining('cahier des charges'), expect.stringContaining('destinataire'), expect.stringContaining('2 ouvreurs')] },
    });
  });

  it.each([
    ['vide', Buffer.alloc(0), 'vide'],
    ['qui n’est pas un PDF', Buffer.from('PK\u0003\u0004'), 'n’est pas au format PDF'],
  ])('refuse un cahier des charges %s', async (_, bytes, sentence) => {
    const officer = await t.actor('officer');
    await expect(t.app.get(CommissionsService).setSpecifications(officer, id, { name: 'x.pdf', bytes })).rejects.toThrow(sentence);
  });

  it('ne se signe pas sans délégation valable ce jour-là, et le dit', async () => {
    const signatory = await t.actor('signatory');
    const delegation = await t.source.manager.findOneByOrFail(Delegation, { delegateId: signatory.id });
    await t.source.manager.update(Delegation, { id: delegation.id }, { validTo: new Date('2023-07-01T00:00:00.000Z') });
    await expect(t.app.get(SignatureService).sign(signatory, id)).rejects.toMatchObject({ code: 'no-delegation' });
    expect(await t.source.manager.countBy(Letter, { subjectId: id, status: 'ready' })).toBe(20);
    expect(await t.source.manager.existsBy(JournalEntry, { act: 'commission.sign', outcome: 'refused' })).toBe(true);
    await t.source.manager.update(Delegation, { id: delegation.id }, { validTo: delegation.validTo });
  });

  it('dix signatures ensemble : une seule compte, les numéros se suivent', async () => {
    const signatory = await t.actor('signatory');
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => t.app.get(SignatureService).sign(signatory, id)));
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    const letters = await t.source.manager.find(Letter, { where: { subjectId: id }, order: { chrono: 'ASC' } });
    expect(letters.map((one) => one.chrono)).toEqual(Array.from({ length: 20 }, (_, i) => `DDETS67/2023/${String(i + 1).padStart(4, '0')}`));
  });

  it('ne part pas avant l’impression, puis part une seule fois, avec trois pièces jointes', async () => {
    const officer = await t.actor('officer');
    const sending = t.app.get(SendingService);
    await expect(sending.send(officer, id)).rejects.toMatchObject({ code: 'not-printed' });
    await t.jobs.finishAll();
    const results = await Promise.allSettled([sending.send(officer, id), sending.send(officer, id)]);
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    const mails = await t.source.manager.findBy(Mail, { kind: 'invitation' });
    expect(mails).toHaveLength(18);
    expect(mails.every((mail) => mail.attachments.length === 3)).toBe(true);
  });

  it('est invisible au département voisin : 404, journalisé', async () => {
    const [someone] = await t.source.manager.find(Person, { where: { email: 'camille.fictif@prefecture67.example' } });
    await t.source.manager.update(Membership, { personId: someone?.id ?? '' }, { territory: '68', role: 'dept-officer' });
    const stranger = await t.actor('opener1');
    const commissions = t.app.get(CommissionsService);
    await expect(commissions.find(stranger, id)).rejects.toMatchObject({ code: 'not-found' });
    await expect(commissions.edit(stranger, id, form())).rejects.toMatchObject({ code: 'not-found' });
    const browser = await t.browser('opener1');
    await browser.get(`/commandes/${id}`).expect(404);
    expect(await t.source.manager.countBy(JournalEntry, { act: 'commission.show', outcome: 'seen-refused' })).toBe(1);
  });
});

describe('les textes des autres', () => {
  it('HTML et Handlebars tapés restent du texte, dans la page comme dans la lettre', async () => {
    const t = await startApp('sqlite');
    await seedAuthority(t.app);
    const officer = await t.actor('officer');
    const title = '<script>alert(1)</script> {{constructor}} {{{x}}} « é »';
    const { id } = await t.app.get(CommissionsService).draft(officer, { ...agirTyped(), title, subject: title, ceiling: '1', deadline: '2023-07-26T23:59' });
    const browser = await t.browser('officer');
    const page = await browser.get(`/commandes/${id}`).expect(200);
    expect(page.text).not.toContain('<script>alert');
    expect(page.text).toContain('{{constructor}}');
    const pdf = await t.app.get(SignatureService).preview(officer, id, { kind: 'invitation', number: 0 });
    expect(pdf.toString()).toContain('&lt;script&gt;');
    await t.close();
  });

  it('les cinq organisations ajoutées ont leurs lettres 19 à 23, hors de la liste in fine', async () => {
    const t = await startApp('sqlite');
    const { commissionId } = await launched(t);
    const letters = await t.source.manager.find(Letter, { where: { subjectId: commissionId, form: 'individual' }, order: { number: 'ASC' } });
    expect(letters.map((one) => one.number)).toEqual(Array.from({ length: 23 }, (_, i) => i + 1));
    const inFine = await t.source.manager.findOneByOrFail(Letter, { subjectId: commissionId, form: 'in-fine' });
    expect(inFine.body).not.toContain('fictive');
    await t.close();
  });
});
