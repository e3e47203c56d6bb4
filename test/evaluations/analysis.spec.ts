import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Consultation } from '../../src/consultations/consultation.js';
import { AnalysisService } from '../../src/evaluations/analysis.service.js';
import { Assessment } from '../../src/evaluations/assessment.js';
import { scoredRule } from '../../src/evaluations/award-rule.js';
import { assessmentOf } from '../../src/evaluations/evaluation.forms.js';
import { showAnalysedBid, showAnalysis } from '../../src/evaluations/evaluation.view.js';
import { EvaluationsModule } from '../../src/evaluations/evaluations.module.js';
import { EvaluationsService } from '../../src/evaluations/evaluations.service.js';
import { ScoringService } from '../../src/evaluations/scoring.service.js';
import { Membership } from '../../src/people/people.js';
import { Actor } from '../../src/platform/actor.js';
import { JournalEntry } from '../../src/platform/journal-entry.js';
import { readSheet } from '../../src/platform/spreadsheet.js';
import { bytes, DEADLINE, newWorld, type World } from '../bids/world.js';
import { DATABASES } from '../support/databases.js';
import { queriesOf } from '../support/queries.js';

const before = (ms: number) => new Date(DEADLINE.getTime() - ms);
const WEIGHTS = [{ label: 'Valeur technique', weight: 60 }, { label: 'Prix', weight: 40 }];
const code = (expected: string) => expect.objectContaining({ code: expected });

describe.each(DATABASES)('analyse des offres (%s)', (kind) => {
  let world: World;
  let evaluations: EvaluationsService;
  let scoring: ScoringService;
  let analysis: AnalysisService;
  const signatory = new Actor('signatory', 'Sylvie Signataire', [{ organisationId: 'ddets', organisationName: 'DDETS', role: 'dept-signatory', territory: '67' }]);

  beforeEach(async () => {
    world = await newWorld(kind, {}, [EvaluationsModule]);
    [evaluations, scoring, analysis] = [world.module.get(EvaluationsService), world.module.get(ScoringService), world.module.get(AnalysisService)];
    await world.acts.perform(Actor.system, 'test.rule', async (act) => {
      act.require(true);
      await act.db.update(Consultation, { id: world.id }, { awardRule: scoredRule(WEIGHTS), budgetCents: 40_000_00, expected: [{ label: 'Mémoire technique' }, { label: '=HYPERLINK("x")' }] });
      await act.add(...[world.opener, world.second].map((one) => Object.assign(new Membership(), { id: `m-${one.id}`, personId: one.id, organisationId: 'ddets', role: 'opener', territory: '67', validFrom: act.now })));
    });
    world.clock.moveTo(before(3_600_000));
  });
  afterEach(() => world.close());

  const opened = async (...companies: Parameters<World['deposit']>[0][]) => {
    for (const company of companies) {
      await world.upload(company, `${company}.pdf`, bytes(1000));
      await world.deposit(company, before(60_000));
    }
    await world.openAll();
    await evaluations.begin(world.officer, world.id);
    const { rows } = await analysis.show(world.officer, world.id);
    return Object.fromEntries(rows.map((row) => [row.bid.organisationId, row.bid.id]));
  };
  const price = (bidId: string, typed: string) => evaluations.assess(world.officer, world.id, bidId, assessmentOf({ price: typed, advantages: 'Équipe implantée.' }, ['Mémoire technique', '=HYPERLINK("x")']));
  const classify = (bidId: string, bidClass: 'admissible' | 'irregular' | 'unacceptable' | 'abnormally-low') => evaluations.classify(world.officer, world.id, bidId, { bidClass, reason: 'Motif écrit pour la lettre' });
  const ready = async (...people: Actor[]) => {
    await evaluations.name(world.officer, world.id, people.map((one) => one.id));
    for (const one of people) await evaluations.declare(one, world.id, { outcome: 'none', reason: '' });
  };
  const note = (typed: string) => ({ 'note-c1': typed, 'why-c1': 'Méthode claire et détaillée' });

  it('ne commence qu’après l’ouverture, et ne se montre à personne d’autre', async () => {
    await expect(evaluations.begin(world.officer, world.id)).rejects.toEqual(code('not-found'));
    await expect(analysis.show(world.officer, world.id)).rejects.toEqual(code('not-found'));
    const bids = await opened('atelier', 'bureau');
    for (const stranger of [world.bidder.atelier, world.sysadmin, world.stranger]) {
      await expect(analysis.show(stranger, world.id)).rejects.toEqual(code('not-found'));
      await expect(scoring.score(stranger, world.id, bids.atelier ?? '', note('10'))).rejects.toEqual(code('not-found'));
    }
    await expect(evaluations.classify(world.opener, world.id, bids.atelier ?? '', { bidClass: 'admissible', reason: '' })).rejects.toEqual(code('forbidden'));
    await evaluations.begin(world.officer, world.id); // asked twice
    expect(await world.source.manager.count(Assessment)).toBe(2);
  });

  it('de deux évaluateurs : chacun seul, puis en commun, puis arrêtée ; le rapport et le tableau en sortent', async () => {
    const bids = await opened('atelier', 'bureau', 'cabinet');
    const [a, b, c] = [bids.atelier ?? '', bids.bureau ?? '', bids.cabinet ?? ''];
    await expect(evaluations.name(world.officer, world.id, ['inconnu'])).rejects.toEqual(code('invalid'));
    await evaluations.name(world.officer, world.id, [world.opener.id, world.second.id]);
    await expect(scoring.score(world.opener, world.id, a, note('10'))).rejects.toEqual(code('no-declaration'));
    await ready(world.opener, world.second);
    await expect(scoring.score(world.officer, world.id, a, note('10'))).rejects.toEqual(code('forbidden'));
    await expect(scoring.score(world.opener, world.id, a, note('20,01'))).rejects.toMatchObject({ code: 'invalid', errors: [{ field: 'note-c1' }] });
    await expect(scoring.score(world.opener, world.id, a, { 'note-c1': '12' })).rejects.toMatchObject({ errors: [{ field: 'why-c1' }], typed: { 'note-c1': '12' } });
    await expect(scoring.score(world.opener, world.id, a, {})).rejects.toEqual(code('invalid'));
    await scoring.score(world.opener, world.id, a, note('12,5'));
    await scoring.score(world.second, world.id, a, note('8.5'));
    const alone = showAnalysedBid(await analysis.bid(world.opener, world.id, a));
    expect(alone.notes).toMatchObject([{ note: '12,50', others: [] }]);

    await scoring.gather(world.officer, world.id);
    await expect(scoring.score(world.opener, world.id, a, note('1'))).rejects.toEqual(code('wrong-state'));
    const together = showAnalysedBid(await analysis.bid(world.opener, world.id, a));
    expect(together.notes).toMatchObject([{ note: '', others: [{ name: 'Paul Premier', note: '12,50' }, { name: 'Denise Deuxième', note: '8,50' }] }]);
    await scoring.agree(world.second, world.id, a, note('10'));
    await scoring.agree(world.officer, world.id, b, note('20'));

    await expect(price(a, '12,345')).rejects.toMatchObject({ code: 'invalid', errors: [{ field: 'price' }], typed: { price: '12,345' } });
    await expect(price(a, '0')).rejects.toEqual(code('invalid'));
    await price(a, '30 000');
    await price(b, '36 000,00');
    await price(c, '1 000');
    await classify(a, 'admissible');
    await classify(b, 'admissible');
    await expect(classify(c, 'abnormally-low')).rejects.toEqual(code('not-asked'));
    await expect(classify(c, 'unacceptable')).rejects.toEqual(code('invalid'));
    await expect(evaluations.lock(world.officer, world.id)).rejects.toMatchObject({ code: 'incomplete' });
    await classify(c, 'irregular');

    const shown = showAnalysis(await analysis.show(world.officer, world.id));
    expect(shown.missing).toEqual([]);
    expect(shown.bids.map((one) => [one.operator, one.rank, one.total, one.bidClass])).toEqual([
      ['Société bureau', 1, '93,33', 'admissible'],
      ['Société atelier', 2, '70,00', 'admissible'],
      ['Société cabinet', null, null, 'irregular'],
    ]);
    await expect(analysis.report(world.officer, world.id)).rejects.toEqual(code('not-locked'));
    await evaluations.lock(world.officer, world.id);
    for (const late of [() => price(a, '1'), () => classify(a, 'irregular'), () => scoring.agree(world.second, world.id, a, note('1')), () => evaluations.name(world.officer, world.id, ['opener-1'])]) await expect(late()).rejects.toEqual(code('locked'));

    await world.jobs.finishAll();
    const report = (await analysis.report(world.officer, world.id)).toString();
    expect(report).toMatch(/Société bureau[\s\S]*Classée 1re[\s\S]*93,33[\s\S]*Société atelier[\s\S]*Classée 2e[\s\S]*Société cabinet[\s\S]*Irrégulière/);
    expect(report).toContain('Offre proposée\u00a0: Société bureau');
    const sheet = await readSheet(await analysis.table(world.officer, world.id), 'file');
    expect(JSON.stringify(sheet)).toContain('93.33');

    await expect(evaluations.reopen(world.officer, world.id, 'Ordonnance du juge')).rejects.toEqual(code('forbidden'));
    await evaluations.reopen(signatory, world.id, 'Ordonnance du juge des référés');
    expect(showAnalysis(await analysis.show(world.officer, world.id)).stage.label).toBe('En cours');
    const entries = await world.source.manager.findBy(JournalEntry, { chain: world.id, act: 'evaluation.reopen' });
    expect(entries.map((one) => one.details)).toMatchObject([{ reason: 'Ordonnance du juge des référés' }]);
  });

  it('d’un seul évaluateur : ses notes sont celles de tous, aussi une fois arrêtées', async () => {
    const bids = await opened('atelier');
    await ready(world.opener);
    await scoring.score(world.opener, world.id, bids.atelier ?? '', note('15'));
    await price(bids.atelier ?? '', '30 000');
    await classify(bids.atelier ?? '', 'admissible');
    await evaluations.lock(world.officer, world.id);
    expect(showAnalysis(await analysis.show(world.officer, world.id)).bids).toMatchObject([{ rank: 1, total: '85,00' }]);
  });

  it('une égalité attend la décision écrite du signataire', async () => {
    const bids = await opened('atelier', 'bureau');
    const [a, b] = [bids.atelier ?? '', bids.bureau ?? ''];
    await ready(world.opener);
    for (const one of [a, b]) {
      await scoring.score(world.opener, world.id, one, note('15'));
      await price(one, '30 000');
      await classify(one, 'admissible');
    }
    await expect(evaluations.lock(world.officer, world.id)).rejects.toMatchObject({ code: 'incomplete', message: expect.stringContaining('Égalité') });
    const reason = 'L’équipe du second est présente dans le département.';
    await expect(evaluations.settleTie(world.officer, world.id, { order: [b, a], reason })).rejects.toEqual(code('forbidden'));
    for (const order of [[b], [b, b], [b, 'autre']]) await expect(evaluations.settleTie(signatory, world.id, { order, reason })).rejects.toEqual(code('invalid'));
    await evaluations.settleTie(signatory, world.id, { order: [b, a], reason });
    await evaluations.lock(world.officer, world.id);
    expect(showAnalysis(await analysis.show(world.officer, world.id)).bids.map((one) => one.id)).toEqual([b, a]);
  });

  it('deux agents arrêtent à la fois : un seul y parvient', async () => {
    const bids = await opened('atelier');
    await ready(world.opener);
    await scoring.score(world.opener, world.id, bids.atelier ?? '', note('15'));
    await price(bids.atelier ?? '', '30 000');
    await classify(bids.atelier ?? '', 'admissible');
    const results = await Promise.allSettled([1, 2, 3].map(() => evaluations.lock(world.officer, world.id)));
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  });

  it('un petit achat se choisit par comparaison, avec ses raisons', async () => {
    await world.source.manager.update(Consultation, { id: world.id }, { awardRule: null });
    const bids = await opened('atelier', 'bureau');
    await expect(scoring.gather(world.officer, world.id)).rejects.toEqual(code('not-scored'));
    await classify(bids.bureau ?? '', 'irregular');
    const reasons = 'Offre la plus pertinente, au juste prix, et l’opérateur change cette année.';
    await expect(evaluations.choose(world.officer, world.id, { bidId: bids.bureau ?? '', reasons })).rejects.toEqual(code('invalid'));
    await classify(bids.atelier ?? '', 'admissible');
    await expect(evaluations.choose(world.officer, world.id, { bidId: bids.atelier ?? '', reasons: 'court' })).rejects.toEqual(code('invalid'));
    await expect(evaluations.lock(world.officer, world.id)).rejects.toEqual(code('incomplete'));
    await evaluations.choose(world.officer, world.id, { bidId: bids.atelier ?? '', reasons });
    await evaluations.lock(world.officer, world.id);
    await world.jobs.finishAll();
    expect((await analysis.report(world.officer, world.id)).toString()).toContain('l’opérateur change cette année');
  });

  it('sans aucune offre, s’arrête et le constate', async () => {
    await opened();
    expect(showAnalysis(await analysis.show(world.officer, world.id))).toMatchObject({ count: 0, chart: null, missing: [], can: { lock: true } });
    await evaluations.lock(world.officer, world.id);
    await world.jobs.finishAll();
    expect((await analysis.report(world.officer, world.id)).toString()).toContain('peut être déclarée infructueuse');
  });

  it('pose cinq questions à la base, quel que soit le nombre d’offres', async () => {
    await opened('atelier', 'bureau', 'cabinet');
    expect((await queriesOf(world.source, () => analysis.show(world.officer, world.id))).length).toBeLessThanOrEqual(5);
  });
});
