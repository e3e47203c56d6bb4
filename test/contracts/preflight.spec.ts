import { describe, expect, it } from '@jest/globals';
import { consultationLetter, type ContractLetterFacts } from '../../src/contracts/contract-letters.js';
import { alreadyGone, blockingOf, preflight, type PreflightFacts } from '../../src/contracts/preflight.js';
import { startOf } from '../../src/contracts/writing-start.js';
import { Programme } from '../../src/agreements/framework-agreement.js';

const AMLI = { organisationId: 'o1', name: 'Amli' };
const APPUIS = { organisationId: 'o2', name: 'Appuis' };
const CRITERIA = [{ label: 'Qualité', min: 40, max: 60 }, { label: 'Prix', min: 40, max: 60 }];

/** Everything is right on Thursday 13 July 2023. */
const facts = (more: Partial<PreflightFacts> = {}): PreflightFacts => ({
  day: '2023-07-13',
  departmentCode: '67',
  framework: { id: 'f', title: 'AGIR', status: 'in-force', startsOn: '2022-06-01', endsOn: '2026-05-31', renewableUntil: null, criteria: CRITERIA, method: 'withReopeningCompetition' },
  lot: { number: 5, active: true, reached: false, exceeded: false },
  holders: [AMLI, APPUIS],
  invited: [AMLI, APPUIS],
  withoutContact: [],
  greenLight: { id: 'g', conditions: '' },
  diagnostic: { id: 'd', status: 'published', missing: [] },
  weights: [{ label: 'Qualité', weight: 60 }, { label: 'Prix', weight: 40 }],
  budget: true,
  deadlineDay: '2023-09-14',
  deadlineHour: '12:00',
  deadlinePassed: false,
  delegation: true,
  signatory: null,
  openers: 2,
  quorum: 2,
  documents: 1,
  overrides: [],
  contractId: 'c',
  ...more,
});
const framework = (more: Partial<PreflightFacts['framework']>) => ({ framework: { ...facts().framework, ...more } });
const lot = (more: Partial<PreflightFacts['lot']>) => ({ lot: { ...facts().lot, ...more } });

describe('le contrôle avant lancement', () => {
  it('ne dit rien quand tout est en ordre', () => expect(preflight(facts())).toEqual([]));

  const EACH: [string, Partial<PreflightFacts>, string, boolean, RegExp][] = [
    ['l’accord-cadre a pris fin', framework({ endsOn: '2023-07-12' }), 'framework-ended', true, /12\sjuillet 2023.*R\. 2162-5/],
    ['il n’est pas en vigueur', framework({ status: 'terminated' }), 'framework-not-in-force', true, /pas en vigueur/],
    ['il n’a pas commencé', framework({ startsOn: '2023-07-14' }), 'framework-not-started', true, /commence le/],
    ['il va prendre fin', framework({ endsOn: '2023-10-11' }), 'framework-ending', false, /dans 90 jours/],
    ['la date limite vient après sa fin', framework({ endsOn: '2023-09-13' }), 'deadline-after-framework', true, /ne pourrait plus être conclu/],
    ['elle vient après sa fin, mais il se reconduit', framework({ endsOn: '2023-09-13', renewableUntil: '2024-09-13' }), 'deadline-after-framework', false, /ne pourrait plus être conclu/],
    ['il ne remet pas en concurrence', framework({ method: 'withoutReopeningCompetition' }), 'no-reopening', false, /sans remise en concurrence/],
    ['le lot n’est pas actif', lot({ active: false }), 'lot-not-active', true, /lot 5 n’est pas actif/],
    ['son maximum est atteint', lot({ reached: true }), 'lot-maximum', false, /maximum du lot 5 est atteint/],
    ['ce marché dépasserait son maximum', lot({ exceeded: true }), 'lot-maximum', false, /serait dépassé/],
    ['le lot n’a aucun titulaire actif', { holders: [], invited: [] }, 'no-holder', true, /aucun titulaire actif/],
    ['il n’en a qu’un', { holders: [AMLI], invited: [AMLI] }, 'single-holder', false, /R\. 2162-9/],
    ['un titulaire manque aux invités', { invited: [AMLI] }, 'wrong-invitees', true, /manquent Appuis.*R\. 2162-10/],
    ['un invité est de trop', { holders: [AMLI], invited: [AMLI, APPUIS] }, 'wrong-invitees', true, /sont en trop Appuis/],
    ['un titulaire n’a pas d’adresse', { withoutContact: [AMLI] }, 'no-contact', true, /Amli/],
    ['aucun feu vert', { greenLight: null }, 'no-green-light', true, /Aucun feu vert/],
    ['un feu vert sous conditions', { greenLight: { id: 'g', conditions: 'Démarrage en janvier\n60 places' } }, 'green-light-conditions', false, /Démarrage en janvier ; 60 places\.$/],
    ['aucun diagnostic', { diagnostic: null }, 'no-diagnostic', true, /Aucun diagnostic/],
    ['le diagnostic n’est pas remis à tous', { diagnostic: { id: 'd', status: 'published', missing: ['Appuis'] } }, 'diagnostic-not-shared', true, /Appuis.*R\. 2111-2/],
    ['un critère hors de l’accord-cadre', { weights: [{ label: 'Qualité', weight: 60 }, { label: 'Couleur', weight: 40 }] }, 'criteria', true, /Couleur/],
    ['des poids qui ne font pas 100', { weights: [{ label: 'Qualité', weight: 50 }, { label: 'Prix', weight: 40 }] }, 'criteria', true, /90/],
    ['aucun document', { documents: 0 }, 'no-document', true, /Aucun document/],
    ['trop peu d’ouvreurs', { openers: 1 }, 'openers', true, /1 désignés, 2 requis/],
    ['aucune délégation', { delegation: false }, 'no-delegation', true, /Aucune délégation/],
    ['pas de délégation pour le signataire nommé', { delegation: false, signatory: 'Ange Modèle' }, 'no-delegation', true, /signataire désigné, Ange Modèle,/],
    ['pas de budget', { budget: false }, 'no-budget', false, /L\. 2152-3/],
    ['pas de date limite', { deadlineDay: null }, 'deadline', true, /n’est pas fixée/],
    ['une date limite passée', { deadlinePassed: true }, 'deadline', true, /déjà passée/],
  ];
  it.each(EACH)('quand %s, une phrase, un remède et un lien', (_, more, code, blocking, sentence) => {
    const found = preflight(facts(more)).find((one) => one.code === code);
    expect(found).toMatchObject({ code, blocking });
    expect(found?.sentence).toMatch(sentence);
    expect(found?.sentence).toMatch(/\.$/);
    expect(found?.remedy).toMatch(/.{15,}\.$/);
    expect(found?.href).toMatch(/^\/[a-z-]+/);
    expect(blockingOf(preflight(facts(more))).length > 0).toBe(preflight(facts(more)).some((one) => one.blocking));
  });

  it('laisse lancer jusqu’au dernier jour de l’accord-cadre, celui-là compris', () => {
    const codes = (day: string) => preflight(facts({ ...framework({ endsOn: '2023-07-13' }), day })).map((one) => one.code);
    expect(codes('2023-07-13')).not.toContain('framework-ended');
    expect(codes('2023-07-14')).toContain('framework-ended');
  });

  it('avertit d’un délai court, d’un jour férié du département, d’un week-end, d’une heure tardive', () => {
    const codes = (more: Partial<PreflightFacts>) => preflight(facts(more)).map((one) => one.sentence).join(' ');
    expect(codes({ deadlineDay: '2023-07-21' })).toMatch(/8 jours, dont 4 ouvrés/);
    // The 26th of December is a holiday in Alsace and Moselle, nowhere else.
    expect(codes({ deadlineDay: '2023-12-26' })).toMatch(/Saint-Étienne/);
    expect(codes({ deadlineDay: '2023-12-26', departmentCode: '88' })).toBe('');
    expect(codes({ deadlineDay: '2023-09-16' })).toMatch(/fin de semaine/);
    expect(codes({ deadlineHour: '23:59' })).not.toBe('');
  });

  it('dit d’un marché lancé, ou terminé, qu’il ne se lance plus', () => {
    expect(alreadyGone({ id: 'c', live: true })).toMatchObject({ code: 'already-launched', blocking: true, href: '/marches/c' });
    expect(alreadyGone({ id: 'c', live: false })).toMatchObject({ code: 'ended', blocking: true, remedy: expect.stringContaining('Relancez-le') });
  });

  it('ne laisse déroger qu’au feu vert et au diagnostic', () => {
    const worst = facts({ greenLight: null, diagnostic: null, holders: [], invited: [], documents: 0, overrides: ['green-light', 'diagnostic'] });
    const overridable = preflight({ ...worst, overrides: [] }).filter((one) => one.overridable).map((one) => one.code);
    expect(overridable).toEqual(['no-green-light', 'no-diagnostic']);
    const left = preflight(worst).filter((one) => one.blocking && !one.overridden).map((one) => one.code);
    expect(left).toEqual(['no-holder', 'no-document']);
    const both = facts({ greenLight: null, diagnostic: null });
    const refused = (overrides: PreflightFacts['overrides']) => blockingOf(preflight({ ...both, overrides }));
    expect(refused([])).toHaveLength(2);
    expect(refused(['green-light'])).toEqual([expect.stringContaining('Aucun diagnostic')]);
    expect(refused(['diagnostic'])).toEqual([expect.stringContaining('Aucun feu vert')]);
    expect(refused(['green-light', 'diagnostic'])).toEqual([]);
  });
});

describe('ce que les documents reprennent', () => {
  const programme = Object.assign(new Programme(), {
    code: 'AGIR', name: 'accompagnement', objective: 'Un parcours d’intégration.', audience: 'Réfugiés signataires du contrat.', orientation: 'Par l’OFII.', services: ['accompagnement', 'coordination'], fundedItems: ['le binôme'], pathMaxMonths: 24, supportMaxMonths: 20,
  });
  const letter = (names: string[]) =>
    consultationLetter(
      {
        contract: { title: 'Marché AGIR du Bas-Rhin', departmentCode: '67', weights: [], documents: [], validityDays: 120, questionsBefore: '2023-09-01', overridden: () => false, framework: { title: 'AGIR', reference: 'AC', programme }, lot: { number: 5, name: 'Grand Est' } },
        consultation: { reference: 'R', object: 'x', contact: {}, localDeadline: '2023-09-14T12:00', timeZone: 'Europe/Paris', deadline: new Date('2023-09-14T10:00:00Z'), expected: [{ label: 'Mémoire technique' }] },
        authority: { letterhead: { brandLines: [], motto: [], serviceLines: [], authorTitles: [], delegationLine: '', footerLines: [] }, hourStyle: 'tight', place: 'Strasbourg', timeZone: 'Europe/Paris' },
        config: { demo: true, baseUrl: 'http://x', maxFileBytes: 1, maxBidBytes: 1 },
        diagnostic: null,
        invitations: names.map((name) => ({ name, address: [] })),
        signed: null,
      } as unknown as ContractLetterFacts,
      { mode: 'in-fine', names },
    );

  it('la lettre cite l’objectif, le public et les durées du programme', () => {
    const text = letter(['Amli', 'Appuis']).programme.join(' ');
    for (const words of ['Un parcours d’intégration.', 'réfugiés signataires du contrat', 'Par l’OFII.', '24 mois', '20 mois']) expect(text).toContain(words);
    expect(letter(['Amli']).expected).toEqual(['Mémoire technique']);
  });

  it('la lettre à un seul titulaire lui demande de compléter son offre (R2162-9)', () => {
    expect(letter(['Amli']).single).toBe(true);
    expect(letter(['Amli', 'Appuis']).single).toBeUndefined();
  });

  it('le cahier des charges part de la fiche du programme, le règlement des critères du marché', () => {
    const text = startOf('specifications', programme, null);
    for (const words of ['Un parcours d’intégration.', 'Public : Réfugiés', '- coordination', 'Sont financés', '24 mois', 'Présentez le territoire.']) expect(text).toContain(words);
    expect(startOf('specifications', null, null)).toContain('Présentez le territoire et le programme.');
    expect(startOf('rules', programme, { weights: [{ label: 'Prix', weight: 40 }] })).toContain('- Prix : 40 %');
  });
});
