import { describe, expect, it } from '@jest/globals';
import { Bid } from '../../src/bids/bid.js';
import { Assessment } from '../../src/evaluations/assessment.js';
import { comparisonRule, ruleFaults, scoredRule } from '../../src/evaluations/award-rule.js';
import { BidRequest, mustAskAll, requestDeadline } from '../../src/evaluations/bid-request.js';
import { Evaluation } from '../../src/evaluations/evaluation.js';
import { Organisation } from '../../src/people/people.js';
import { justificationOf, noteOf, Score } from '../../src/evaluations/score.js';
import { ranking } from '../../src/evaluations/ranking-reading.js';

const NOW = new Date('2023-07-27T08:00:00.000Z');
const code = (expected: string) => expect.objectContaining({ code: expected });
const weights = [{ label: 'Valeur technique', weight: 60 }, { label: 'Prix', weight: 40 }];
const evaluation = (more: Partial<Evaluation> = {}) => Object.assign(new Evaluation(), { id: 'k', rule: scoredRule(weights), beganAt: NOW, evaluatorIds: ['e1', 'e2'], ...more });
const assessment = (more: Partial<Assessment> = {}) => Object.assign(new Assessment(), { id: 'b1', consultationId: 'k', ...more });

describe('règle de choix', () => {
  it('se tire des poids annoncés', () => {
    const rule = scoredRule(weights);
    expect(ruleFaults(rule)).toEqual([]);
    expect(rule.criteria.map(({ label, weight, max, kind }) => [label, weight, max, kind])).toEqual([['Valeur technique', 6000, 20, 'quality'], ['Prix', 4000, 40, 'price']]);
    expect(scoredRule([{ label: 'Prix', weight: 50 }, { label: 'Coût du transport', weight: 50 }]).criteria.map((one) => one.kind)).toEqual(['price', 'quality']);
    expect(ruleFaults(comparisonRule())).toEqual([]);
    expect(ruleFaults({ ...rule, tieOn: 'inconnu' })[0]).toContain('règle d’égalité');
    expect(ruleFaults({ ...rule, decimals: 9 })[0]).toContain('décimales');
    expect(ruleFaults(scoredRule([{ label: 'Prix', weight: 90 }]))[0]).toContain('100');
  });
});

describe('évaluateurs', () => {
  it('se déclarent avant de noter ; une récusation retire la personne', () => {
    const one = evaluation();
    expect(() => one.mustLetScore('e1')).toThrow(code('no-declaration'));
    one.declare('e1', 'none', '', NOW);
    expect(() => one.mustLetScore('e1')).not.toThrow();
    expect(() => one.mustLetScore('inconnu')).toThrow(code('forbidden'));
    expect(() => one.declare('inconnu', 'none', '', NOW)).toThrow(code('forbidden'));
    expect(() => one.declare('e2', 'recused', '', NOW)).toThrow(code('invalid'));
    one.declare('e2', 'recused', 'Ancien salarié d’un candidat', NOW);
    expect(one.evaluatorIds).toEqual(['e1']);
    expect(() => one.mustLetScore('e2')).toThrow(code('forbidden'));
    expect(() => one.name(['e1', 'e2'])).toThrow(code('invalid'));
    expect(() => one.name([])).toThrow(code('invalid'));
  });

  it('ne notent plus après la mise en commun, et plus rien ne change une fois l’analyse arrêtée', () => {
    const one = evaluation();
    one.declare('e1', 'none', '', NOW);
    one.gather();
    expect(() => one.mustLetScore('e1')).toThrow(code('wrong-state'));
    expect(() => one.lock(['Il manque une note.'], 's', NOW)).toThrow(code('incomplete'));
    expect(one.status).toBe('consensus');
    one.lock([], 's', NOW);
    for (const late of [() => one.mustLetScore('e1'), () => one.name(['e1']), () => one.declare('e1', 'none', '', NOW), () => one.settleTie(['b'], 'x'.repeat(30), 's', NOW)]) expect(late).toThrow(code('locked'));
    expect(() => one.lock([], 's', NOW)).toThrow(code('wrong-state'));
    one.reopen();
    expect(one).toMatchObject({ status: 'open', lockedAt: null });
  });
});

describe('classes d’offres', () => {
  const classify = (one: Assessment, bidClass: Parameters<Assessment['classify']>[0], budgetCents: number | null = null, justified = false) => one.classify(bidClass, 'Motif écrit au long', { budgetCents, justified }, 'o', NOW);
  it('portent leur motif', () => {
    expect(() => assessment().classify('irregular', 'non', { budgetCents: null, justified: false }, 'o', NOW)).toThrow(code('invalid'));
    const one = assessment();
    classify(one, 'irregular');
    expect(one).toMatchObject({ bidClass: 'irregular', ranked: false });
    classify(one, 'admissible');
    expect(one.ranked).toBe(true);
  });

  it('n’est inacceptable qu’au-dessus d’un budget enregistré avant le lancement (L2152-3)', () => {
    expect(() => classify(assessment({ priceCents: 100 }), 'unacceptable')).toThrow(code('no-budget'));
    expect(() => classify(assessment(), 'unacceptable', 100)).toThrow(code('invalid'));
    expect(() => classify(assessment({ priceCents: 100 }), 'unacceptable', 100)).toThrow(code('invalid'));
    expect(() => classify(assessment({ priceCents: 101 }), 'unacceptable', 100)).not.toThrow();
  });

  it('n’est rejetée comme anormalement basse qu’après une demande écrite (L2152-6)', () => {
    expect(() => classify(assessment({ priceCents: 1 }), 'abnormally-low')).toThrow(code('not-asked'));
    expect(() => classify(assessment({ priceCents: 1 }), 'abnormally-low', null, true)).not.toThrow();
  });
});

describe('demandes aux candidats', () => {
  const request = () => Object.assign(new BidRequest(), { id: 'r', kind: 'clarification', status: 'sent', deadline: new Date('2023-07-28T10:00:00.000Z'), timeZone: 'Europe/Paris' });
  it('se répondent strictement avant leur date, et se tranchent avec un motif', () => {
    const one = request();
    expect(() => one.decide(false, 'Sans réponse à ce jour', 'o', NOW)).toThrow(code('too-early'));
    expect(() => one.reply('', [], 'p', NOW)).toThrow(code('invalid'));
    one.reply('Voici la précision.', [], 'p', NOW);
    one.reply('Et une autre.', [{ fileId: 'f', name: 'a.pdf', size: 1, sha256: 'x' }], 'p', NOW);
    expect(one).toMatchObject({ answer: 'Voici la précision.\n\nEt une autre.', status: 'answered' });
    expect(() => one.reply('Trop tard', [], 'p', one.deadline)).toThrow(code('deadline-passed'));
    expect(() => one.decide(true, 'court', 'o', NOW)).toThrow(code('invalid'));
    one.decide(true, 'Réponse complète et claire', 'o', NOW);
    expect(() => one.reply('Encore', [], 'p', NOW)).toThrow(code('wrong-state'));
    expect(() => one.decide(false, 'Changement d’avis', 'o', NOW)).toThrow(code('wrong-state'));
  });

  it('sans réponse, se refusent après leur date ; rien ne s’admet', () => {
    const late = new Date('2023-07-29T00:00:00.000Z');
    const one = request();
    expect(() => one.decide(true, 'Admettons quand même', 'o', late)).toThrow(code('wrong-state'));
    one.decide(false, 'Aucune réponse dans le délai', 'o', late);
    expect(one.status).toBe('refused');
  });

  it('vont à tous les candidats concernés, avec le même délai (R2144-2, R2152-2)', () => {
    expect(() => mustAskAll('regularisation', ['a', 'b'], ['a'])).toThrow(code('invalid'));
    expect(() => mustAskAll('missing-documents', ['a', 'b'], ['b', 'a'])).not.toThrow();
    expect(() => mustAskAll('clarification', ['a', 'b'], ['a'])).not.toThrow();
  });

  it('ont une date qui existe et qui vient', () => {
    expect(requestDeadline('2023-07-28T12:00', 'Europe/Paris', NOW).toISOString()).toBe('2023-07-28T10:00:00.000Z');
    for (const local of ['2023-07-27T09:00', '2023-02-30T12:00', '2024-03-31T02:30', 'demain']) expect(() => requestDeadline(local, 'Europe/Paris', NOW)).toThrow(code('invalid'));
  });
});

describe('notes', () => {
  const leaf = { id: 'c1', label: 'Valeur technique', weight: 6000, max: 20, kind: 'quality' as const };
  it('vont de zéro au maximum, avec virgule ou point', () => {
    expect([noteOf('12,5', leaf, 2, 'note'), noteOf('12.5', leaf, 2, 'note'), noteOf('20', leaf, 2, 'note'), noteOf('0', leaf, 2, 'note')]).toEqual(['12.50', '12.50', '20.00', '0.00']);
    for (const typed of ['20,01', '21', '-1', '12,505', 'bien', '']) expect(() => noteOf(typed, leaf, 2, 'note')).toThrow(code('invalid'));
    expect(() => justificationOf('bien', 'why')).toThrow(code('invalid'));
  });
});

describe('état de l’analyse', () => {
  const bid = (id: string, priceCents: number | null, bidClass: Assessment['bidClass'] = 'admissible') =>
    Object.assign(new Bid(), { id, organisation: Object.assign(new Organisation(), { id, name: `Société ${id}` }), assessment: assessment({ id, priceCents, bidClass }) });
  const score = (bidId: string, note: string) => Object.assign(new Score(), { bidId, leafId: 'c1', personId: 'consensus', note, justification: 'Motif' });

  it('dit tout ce qui manque, et ne classe que ce qui est complet', () => {
    const none = ranking(evaluation(), [Object.assign(bid('a', null), { assessment: null }), bid('b', 100_00)], []);
    expect(none.missing.join(' ')).toMatch(/Société a n’est pas classée.*Société b.*note « Valeur technique »/);
    expect(none.rows.every((row) => row.ranked === null)).toBe(true);
    const unpriced = ranking(evaluation(), [bid('a', null), bid('b', 100_00)], [score('a', '10.00'), score('b', '12.00')]);
    expect(unpriced.missing).toEqual(['Le prix de Société a n’est pas saisi.']);
  });

  it('laisse hors du prix le plus bas une offre écartée', () => {
    const { rows, missing } = ranking(evaluation(), [bid('a', 100_00), bid('b', 120_00), bid('c', 10_00, 'irregular')], [score('a', '10.00'), score('b', '20.00')]);
    expect(missing).toEqual([]);
    expect(rows.map((row) => [row.bid.id, row.ranked?.rank, row.ranked?.total])).toEqual([['a', 2, 7000n], ['b', 1, 9333n], ['c', undefined, undefined]]);
  });

  it('s’arrête sur une égalité, jusqu’à une décision écrite', () => {
    const bids = [bid('a', 100_00), bid('b', 100_00)];
    const scores = [score('a', '10.00'), score('b', '10.00')];
    const one = evaluation();
    expect(ranking(one, bids, scores).missing[0]).toContain('Égalité entre Société a et Société b');
    one.settleTie(['b', 'a'], 'Le comité retient la proximité des équipes.', 's', NOW);
    const settled = ranking(one, bids, scores);
    expect(settled.missing).toEqual([]);
    expect(settled.rows.map((row) => row.ranked?.rank)).toEqual([2, 1]);
  });

  it('d’une comparaison sans notes, attend un choix et ses raisons', () => {
    const one = evaluation({ rule: comparisonRule() });
    expect(ranking(one, [bid('a', 100_00)], []).missing[0]).toContain('R. 2122-8');
    Object.assign(one, { chosenBidId: 'a', reasons: 'Offre pertinente.' });
    expect(ranking(one, [bid('a', 100_00)], []).missing).toEqual([]);
  });
});
