import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Award, AWARD_MOVES, type AwardStatus } from '../../src/awards/award.js';
import { AwardCertificate, mustBeProven } from '../../src/awards/certificate.js';
import { choiceOf, pathOf } from '../../src/awards/choice.js';
import { COURTS, courtOf } from '../../src/awards/courts.js';
import { ReasonsRequest } from '../../src/awards/reasons-request.js';
import { Remedy } from '../../src/awards/remedy.js';
import { standstillOf } from '../../src/awards/decision.service.js';
import { defaultStandstill, lastDay, signableFrom } from '../../src/awards/standstill.js';
import type { RankedBid, Ranking } from '../../src/evaluations/ranking-reading.js';
import { DEPARTMENTS } from '../../src/people/departments.js';
import { addDays, dayOf } from '../../src/platform/working-days.js';

const NOW = new Date('2023-11-06T09:00:00.000Z');
const code = (expected: string) => expect.objectContaining({ code: expected });
const award = (facts: Partial<Award> = {}) => Object.assign(new Award(), { procedure: 'subsequent-contract', bidId: 'a', organisationId: 'a', amountCents: 1, reasons: 'r', participants: 3, proposedById: 'officer', ...facts });
const certificate = (kind: AwardCertificate['kind']) => Object.assign(new AwardCertificate(), { id: kind, kind, awardId: 'w', organisationId: 'a' });

describe('délai de suspension', () => {
  it('compte le jour de l’envoi et le dernier jour, en entier (CE 347526 : 28 décembre, seize jours, fin le 12 janvier au soir)', () => {
    const sent = new Date('2009-12-28T15:00:00.000Z');
    expect(lastDay(sent, 16, 'Europe/Paris')).toBe('2010-01-12');
    expect(signableFrom(sent, 16, 'Europe/Paris')).toBe('2010-01-13');
    expect(signableFrom(NOW, 11, 'Europe/Paris')).toBe('2023-11-17');
  });

  it('se compte sur les horloges de l’acheteur', () => {
    const evening = new Date('2023-11-06T23:30:00.000Z');
    expect(signableFrom(evening, 11, 'Europe/Paris')).toBe('2023-11-18');
    expect(signableFrom(evening, 11, 'America/Martinique')).toBe('2023-11-17');
  });

  it('onze jours, seize hors voie électronique ; aucun pour une commande, un seul participant, ou une renonciation motivée', () => {
    expect(defaultStandstill('subsequent-contract', 3, true).days).toBe(11);
    expect(defaultStandstill('subsequent-contract', 3, false).days).toBe(16);
    expect(defaultStandstill('subsequent-contract', 1, true)).toMatchObject({ days: 0, ground: expect.stringContaining('R. 2182-2, 1°') });
    expect(defaultStandstill('commission', 5, false).days).toBe(0);
    const facts = award();
    expect(() => standstillOf(facts, { byPost: '', waive: 'oui', waiver: 'bref' })).toThrow(code('invalid'));
    expect(standstillOf(facts, { byPost: 'oui', waive: 'oui', waiver: 'Urgence de la prise en charge' })).toMatchObject({ days: 0, waived: 'Urgence de la prise en charge' });
    expect(standstillOf(facts, { byPost: 'oui', waive: '', waiver: '' }).days).toBe(16);
  });

  it('propriété : jamais de signature avant la fin du délai, toujours après', () => {
    fc.assert(fc.property(fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }), fc.constantFrom(0, 11, 16), fc.integer({ min: -3, max: 30 }), (sent, days, later) => {
      const one = award({ status: 'decided' });
      one.inform({ days, electronic: true, ground: 'g', waived: null }, 'Europe/Paris', sent);
      const today = addDays(dayOf(sent, 'Europe/Paris'), later);
      if (later < days) expect(() => one.mustBeSignable(today, false)).toThrow(code('standstill'));
      else expect(() => one.mustBeSignable(today, false)).not.toThrow();
      expect(() => one.mustBeSignable(today, true)).toThrow(code('suspended'));
    }), { numRuns: 200 });
  });
});

describe('attribution', () => {
  const STATES: AwardStatus[] = ['proposed', 'asked', 'certified', 'decided', 'informed', 'withdrawn', 'reversed'];
  const moves: Record<keyof typeof AWARD_MOVES, (one: Award) => void> = {
    ask: (one) => one.ask('2023-11-20', '2023-11-06', NOW),
    certify: (one) => one.certify('', NOW),
    pass: (one) => one.pass({ operator: 'A', ground: 'unproven', reason: 'Attestation jamais reçue', byId: 'x' }, { bidId: 'b', organisationId: 'b', rank: 2, amountCents: 2, reasons: 'r' }, NOW),
    decide: (one) => one.decide('signatory', 'letter', NOW),
    inform: (one) => one.inform({ days: 11, electronic: true, ground: 'g', waived: null }, 'Europe/Paris', NOW),
    withdraw: (one) => one.withdraw('Analyse à reprendre', 'x', NOW),
    reverse: (one) => one.reverse('Erreur dans l’analyse', 'x', NOW),
  };
  it.each(Object.entries(AWARD_MOVES))('%s part de ses états, et d’eux seuls', (move, { from, to }) => {
    for (const status of STATES) {
      const one = award({ status });
      const run = () => moves[move as keyof typeof moves](one);
      if ((from as string[]).includes(status)) {
        run();
        expect(one.status).toBe(to);
      } else {
        expect(run).toThrow(code('wrong-state'));
        expect(one.status).toBe(status);
      }
    }
  });

  it('celui qui a proposé ne décide pas seul', () => {
    expect(() => award({ status: 'certified' }).decide('officer', 'l', NOW)).toThrow(code('same-person'));
  });

  it('ne se rapporte plus une fois le marché signé, ni ne se signe avant les lettres', () => {
    const one = award({ status: 'informed', signableFrom: '2023-11-17' });
    expect(() => one.signContract('2023-11-16', false, NOW)).toThrow(code('standstill'));
    one.signContract('2023-11-17', false, NOW);
    expect(() => one.reverse('Trop tard désormais', 'x', NOW)).toThrow(code('signed'));
    expect(() => award({ status: 'decided' }).mustBeSignable('2023-11-17', false)).toThrow(code('not-informed'));
    expect(() => award({ status: 'decided' }).reverse('bref', 'x', NOW)).toThrow(code('invalid'));
  });

  it('les pièces : reçues, contrôlées, encore valables le jour de la décision', () => {
    const social = certificate('social');
    const powers = certificate('powers');
    expect(() => mustBeProven([social], '2023-11-06')).toThrow(/n’est pas reçue/);
    expect(() => social.accept('2023-12-31', '2023-11-06', 'x', NOW)).toThrow(code('wrong-state'));
    for (const one of [social, powers]) one.receive({ id: 'f', name: 'a.pdf', size: 1 }, 'b', NOW);
    expect(() => social.accept('', '2023-11-06', 'x', NOW)).toThrow(code('invalid'));
    expect(() => social.accept('2023-11-05', '2023-11-06', 'x', NOW)).toThrow(/expiré/);
    expect(() => social.refuse('non', 'x', NOW)).toThrow(code('invalid'));
    social.accept('2023-11-06', '2023-11-06', 'x', NOW);
    powers.accept('', '2023-11-06', 'x', NOW);
    expect(() => social.receive({ id: 'g', name: 'b.pdf', size: 1 }, 'b', NOW)).toThrow(code('wrong-state'));
    mustBeProven([social, powers], '2023-11-06');
    expect(() => mustBeProven([social, powers], '2023-11-07')).toThrow(code('unproven'));
  });
});

describe('choix', () => {
  const row = (id: string, rank: number | null, bidClass: string | null, priceCents: number | null = 100) =>
    ({ bid: { id, organisationId: id }, operator: `Société ${id}`, organisation: null, waiting: [], assessment: { bidClass, priceCents, ranked: bidClass === 'admissible' }, notes: {}, justifications: {}, ranked: rank === null ? null : { bidId: id, points: {}, total: 0n, rank, tied: [] } }) as unknown as RankedBid;
  const ranking = (rows: RankedBid[], more: object = {}, missing: string[] = []) => ({ evaluation: { status: 'locked', chosenBidId: null, reasons: null, ...more }, rows, missing }) as unknown as Ranking;

  it('la première du classement, puis la suivante, puis plus personne', () => {
    const three = ranking([row('c', null, 'irregular'), row('b', 2, 'admissible'), row('a', 1, 'admissible')]);
    expect(choiceOf(three, [])).toMatchObject({ rank: 1, row: { bid: { id: 'a' } }, amountCents: 100 });
    expect(choiceOf(three, ['a'])).toMatchObject({ rank: 2, reasons: expect.stringContaining('2e') });
    expect(() => choiceOf(three, ['a', 'b'])).toThrow(code('nobody'));
  });

  it('refuse une analyse ouverte ou incomplète, un prix inconnu, une offre écartée', () => {
    expect(() => choiceOf(ranking([row('a', 1, 'admissible')], { status: 'open' }), [])).toThrow(code('not-locked'));
    expect(() => choiceOf(ranking([row('a', 1, 'admissible')], {}, ['il manque la note « Prix ».']), [])).toThrow(/il manque la note/);
    expect(() => choiceOf(ranking([row('a', 1, 'admissible', null)]), [])).toThrow(code('no-price'));
    expect(() => choiceOf(ranking([row('a', null, 'irregular'), row('b', null, 'admissible')], { chosenBidId: 'a' }), [])).toThrow(code('no-choice'));
  });

  it('une comparaison suit le choix motivé, puis celui qui le remplace', () => {
    const two = ranking([row('a', null, 'admissible'), row('b', null, 'admissible')], { chosenBidId: 'a', reasons: 'La plus pertinente.' });
    expect(choiceOf(two, [])).toMatchObject({ rank: null, reasons: 'La plus pertinente.', row: { bid: { id: 'a' } } });
    expect(() => choiceOf(two, ['a'])).toThrow(code('no-choice'));
    expect(choiceOf(two, ['a'], { bidId: 'b', reasons: 'La seconde.' })).toMatchObject({ reasons: 'La seconde.' });
  });

  it('un titulaire, une offre, plusieurs : chacun son chemin', () => {
    expect(pathOf('subsequent-contract', 1, 1)).toContain('R. 2162-9');
    expect(pathOf('subsequent-contract', 3, 1)).toContain('seule offre');
    expect(pathOf('subsequent-contract', 3, 2)).toContain('R. 2162-10');
    expect(pathOf('commission', 18, 4)).toContain('R. 2122-8');
  });
});

describe('recours et motifs', () => {
  const remedy = (kind: Remedy['kind']) => Object.assign(new Remedy(), { id: 'r', kind, filedOn: '2023-11-10' });
  it('seul un référé précontractuel sans issue empêche de signer', () => {
    const one = remedy('precontractual');
    expect([one.blocks, remedy('contractual').blocks, remedy('validity').blocks, remedy('ultra-vires').blocks]).toEqual([true, false, false, false]);
    const close = (facts: Partial<Parameters<Remedy['close']>[0]>) => one.close({ outcome: 'granted', on: '2023-11-20', ruling: 'Analyse à reprendre', sentBackTo: 'analysis', ...facts }, 'x', '2023-11-21', NOW);
    expect(() => close({ on: '2023-11-09' })).toThrow(code('invalid'));
    expect(() => close({ on: '2023-11-22' })).toThrow(code('invalid'));
    expect(() => close({ outcome: 'rejected' })).toThrow(code('invalid'));
    expect(() => close({ ruling: '' })).toThrow(code('invalid'));
    close({});
    expect(one.blocks).toBe(false);
    expect(() => close({})).toThrow(code('closed'));
  });

  it('une demande de motifs se répond dans les quinze jours (R. 2181-2)', () => {
    const request = ReasonsRequest.received({ id: 'q', consultationId: 'c', organisationId: 'o', text: '', recordedById: 'x' }, 'Europe/Paris', new Date('2023-11-06T23:30:00.000Z'));
    expect(request.dueOn).toBe('2023-11-22');
    expect(() => request.answerWith('non', 'l', 'x', NOW)).toThrow(code('invalid'));
    request.answerWith('Voici les avantages de l’offre retenue.', 'l', 'x', NOW);
    expect(() => request.answerWith('Voici les avantages de l’offre retenue.', 'l', 'x', NOW)).toThrow(code('answered'));
  });

  it('chaque département a son tribunal administratif (art. R. 221-3 du CJA)', () => {
    expect([...COURTS.keys()].toSorted()).toEqual([...DEPARTMENTS.keys()].toSorted());
    expect(courtOf('67')).toEqual({ name: 'tribunal administratif de Strasbourg', seat: 'Strasbourg' });
    expect([courtOf('83').seat, courtOf('48').seat, courtOf('32').seat, courtOf('93').seat, courtOf('02').name]).toEqual(['Toulon', 'Nîmes', 'Pau', 'Montreuil', 'tribunal administratif d’Amiens']);
    expect(() => courtOf('977')).toThrow();
  });
});
