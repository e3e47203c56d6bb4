import { describe, expect, it } from '@jest/globals';
import { GreenLight } from '../../src/agreements/green-light.js';
import { Holder, Lot, LotDepartment } from '../../src/agreements/lot.js';
import { DeclaredStage } from '../../src/cockpit/declared-stage.js';
import { Diagnostic } from '../../src/commissions/diagnostic.js';
import { SubsequentContract } from '../../src/contracts/subsequent-contract.js';
import type { ImportKind } from '../../src/imports/data-import.js';
import type { Listed } from '../../src/imports/directory.js';
import { exampleOf, headerOf, KIND_LIST } from '../../src/imports/kinds.js';
import { type Facts, plan } from '../../src/imports/planner.js';
import { Organisation } from '../../src/people/people.js';
import { csvFile, readSheet, xlsxFile } from '../../src/platform/spreadsheet.js';
import { factsOf, FRAMEWORK, HEADERS, holderOf, sheetOf } from './world.js';

const run = (kind: ImportKind, lines: string[], facts: Partial<Facts> = {}) => plan(kind, sheetOf(kind, ...lines), factsOf(facts));
const known = (given: Partial<Organisation> & { emails?: string[] } = {}): Listed => {
  const { emails = [], ...rest } = given;
  return { organisation: Object.assign(new Organisation(), { id: 'o1', kind: 'company', name: 'Alpha', ...rest }), emails, entered: emails.length > 0 };
};
const SIRET = '73282932000074';
const OTHER_SIRET = '35600000000048';
const contractOf = (given: Partial<SubsequentContract> = {}) =>
  Object.assign(new SubsequentContract(), { id: 'c1', frameworkId: FRAMEWORK, lotId: 'l6', departmentCode: '67', slot: `${FRAMEWORK}/67`, title: 'Marché du Bas-Rhin', status: 'launched', ...given });

type Bad = [what: string, kind: ImportKind, lines: string[], error: { line: number; column: string; message: string }, facts?: Partial<Facts>];
const HOLDER = (given: Record<string, string> = {}) => headerOf('titulaires').map((name) => ({ Lot: '6', Titulaire: 'Alpha', Forme: 'seul', Entrée: '01/01/2023', ...given })[name] ?? '').join(';');
const BAD: Bad[] = [
  ['un lot sans région', 'lots', ['1;Nord;;59;;;'], { line: 2, column: 'Région', message: 'Indiquez la région' }],
  ['une région inconnue', 'lots', ['1;Nord;Gaule;59;;;'], { line: 2, column: 'Région', message: '« Gaule » n’est ni le nom ni le code' }],
  ['un lot sans département', 'lots', ['1;Nord;32;;;;'], { line: 2, column: 'Départements', message: 'au moins un département' }],
  ['un minimum en quantité au-dessus du maximum', 'lots', ['1;Nord;32;59;;;10;11'], { line: 2, column: 'Quantité minimum', message: 'le minimum dépasse' }],
  ['une notification avant la signature', 'titulaires', [HOLDER({ Signature: '02/01/2023', Notification: '01/01/2023' })], { line: 2, column: 'Notification', message: 'après la signature' }],
  ['un lot sans nom', 'lots', ['1;;32;59;;;'], { line: 2, column: 'Nom', message: 'Nommez le lot' }],
  ['un numéro de lot faux', 'lots', ['premier;Nord;32;59;;;'], { line: 2, column: 'Lot', message: '« premier » n’est pas un numéro de lot' }],
  ['un lot deux fois', 'lots', ['1;Nord;32;59;;;', '1;Nord;32;62;;;'], { line: 3, column: 'Lot', message: 'Le lot 1 est déjà à la ligne 2' }],
  ['un département inconnu', 'lots', ['1;Nord;32;59 99;;;'], { line: 2, column: 'Départements', message: '« 99 » n’est pas le code d’un département' }],
  ['un zéro perdu par le tableur', 'lots', ['1;Sud;93;4;;;'], { line: 2, column: 'Départements', message: 'Pour Alpes-de-Haute-Provence, écrivez 04' }],
  ['un département deux fois dans un lot', 'lots', ['1;Nord;32;59 59;;;'], { line: 2, column: 'Départements', message: 'Le département 59 est là deux fois' }],
  ['un département dans deux lots du fichier', 'lots', ['1;Nord;32;59;;;', '2;Nord bis;32;62, 59;;;'], { line: 3, column: 'Départements', message: 'Le département 59 est déjà à la ligne 2' }],
  ['un département d’un autre lot déjà là', 'lots', ['1;Nord;32;59 67;;;'], { line: 2, column: 'Départements', message: 'Le département 67 est déjà dans le lot 6' }],
  ['un département qui a un marché et quitte son lot', 'lots', ['6;Grand Est;44;68;;;'], { line: 2, column: 'Départements', message: 'Le département 67 a déjà un marché' }, { contracts: [contractOf()] }],
  ['un minimum au-dessus du maximum', 'lots', ['1;Nord;32;59;100;200;'], { line: 2, column: 'Minimum HT', message: 'le minimum dépasse le maximum' }],
  ['un montant faux', 'lots', ['1;Nord;32;59;1.234.567;;'], { line: 2, column: 'Maximum HT', message: '« 1.234.567 » n’est pas un montant' }],
  ['une quantité fausse', 'lots', ['1;Nord;32;59;;;12,5'], { line: 2, column: 'Quantité maximum', message: '« 12,5 » n’est pas une quantité' }],
  ['le lot d’une autre région', 'lots', ['12;Provence;93;13;;;'], { line: 2, column: 'Région', message: 'celui de la région' }, { regions: ['44'] }],
  ['un département d’une autre région', 'lots', ['6;Grand Est;44;67 68 75;;;'], { line: 2, column: 'Départements', message: 'Le département 75 n’est pas de votre région' }, { regions: ['44'] }],
  ['une formule', 'lots', ['1;=1+1;32;59;;;'], { line: 2, column: 'Nom', message: 'commence comme une formule' }],
  ['une formule par un plus', 'cibles', ['67;2023;+cmd|x;;;'], { line: 2, column: 'Cible', message: 'commence comme une formule' }],
  ['un caractère invisible', 'cibles', ['67;2023;a\u0000b;;;'], { line: 2, column: 'Cible', message: 'caractère invisible' }],
  ['une cellule de trop', 'cibles', ['67;2023;;;;;encore'], { line: 2, column: 'colonne 7', message: '7 cellules, et l’en-tête 6' }],
  ['un lot absent', 'titulaires', [HOLDER({ Lot: '7' })], { line: 2, column: 'Lot', message: 'Le lot 7 n’existe pas' }],
  ['le lot d’ailleurs', 'titulaires', [HOLDER({ Lot: '12' })], { line: 2, column: 'Lot', message: 'd’une autre région' }, { regions: ['44'] }],
  ['un titulaire sans nom', 'titulaires', [HOLDER({ Titulaire: '' })], { line: 2, column: 'Titulaire', message: 'Donnez le nom' }],
  ['une clé de SIRET fausse', 'titulaires', [HOLDER({ SIRET: '73282932000075' })], { line: 2, column: 'SIRET', message: 'la clé ne correspond pas' }],
  ['un RNA faux', 'titulaires', [HOLDER({ RNA: 'X123' })], { line: 2, column: 'RNA', message: 'W et neuf chiffres' }],
  ['un courriel faux', 'titulaires', [HOLDER({ Courriel: 'alpha' })], { line: 2, column: 'Courriel', message: 'pas une adresse électronique' }],
  ['le courriel d’un agent', 'titulaires', [HOLDER({ Courriel: 'Agent@etat.example' })], { line: 2, column: 'Courriel', message: 'agent de l’État' }, { agents: new Set(['agent@etat.example']) }],
  ['une forme inconnue', 'titulaires', [HOLDER({ Forme: 'à deux' })], { line: 2, column: 'Forme', message: '« à deux » n’est pas une forme' }],
  ['un groupement sans membre', 'titulaires', [HOLDER({ Forme: 'conjoint' })], { line: 2, column: 'Membres', message: 'au moins deux membres' }],
  ['un seul avec des membres', 'titulaires', [HOLDER({ Membres: 'Bêta' })], { line: 2, column: 'Membres', message: 'n’a pas d’autres membres' }],
  ['un membre écrit deux fois', 'titulaires', [HOLDER({ Forme: 'solidaire', Membres: 'Bêta | BÊTA' })], { line: 2, column: 'Membres', message: 'écrit deux fois' }],
  ['un SIRET de membre faux', 'titulaires', [HOLDER({ Forme: 'solidaire', Membres: 'Bêta | Gamma', 'SIRET des membres': ' | 73282932000075' })], { line: 2, column: 'SIRET des membres', message: '« 73282932000075 » n’est pas un SIRET' }],
  ['des SIRET qui ne vont pas avec les membres', 'titulaires', [HOLDER({ Forme: 'solidaire', Membres: 'Bêta | Gamma', 'SIRET des membres': SIRET })], { line: 2, column: 'SIRET des membres', message: '1 valeur et la colonne Membres 2' }],
  ['des prestations sans membre', 'titulaires', [HOLDER({ 'Prestations des membres': 'logement' })], { line: 2, column: 'Prestations des membres', message: 'la colonne Membres 0' }],
  ['un membre du même SIREN que le mandataire', 'titulaires', [HOLDER({ SIRET, Forme: 'conjoint', Membres: 'Agence', 'SIRET des membres': '73282932000082' })], { line: 2, column: 'SIRET des membres', message: 'même SIREN que le mandataire' }],
  ['deux membres d’un même SIREN', 'titulaires', [HOLDER({ Forme: 'conjoint', Membres: 'Siège | Agence', 'SIRET des membres': `${SIRET} | 73282932000082` })], { line: 2, column: 'SIRET des membres', message: 'même SIREN, 732829320' }],
  ['une entrée absente', 'titulaires', [HOLDER({ Entrée: '' })], { line: 2, column: 'Entrée', message: 'Indiquez le jour d’entrée' }],
  ['une sortie avant l’entrée', 'titulaires', [HOLDER({ Sortie: '31/12/2022', Motif: 'retrait' })], { line: 2, column: 'Sortie', message: 'La sortie vient après l’entrée' }],
  ['une sortie sans motif', 'titulaires', [HOLDER({ Sortie: '31/12/2023' })], { line: 2, column: 'Motif', message: 'Écrivez le motif' }],
  ['un motif sans sortie', 'titulaires', [HOLDER({ Motif: 'retrait' })], { line: 2, column: 'Motif', message: 'va avec un jour de sortie' }],
  ['une capacité hors du lot', 'titulaires', [HOLDER({ 'Départements couverts': '67 13' })], { line: 2, column: 'Départements couverts', message: 'pas dans le lot 6\u00a0: 13' }],
  ['un titulaire deux fois', 'titulaires', [HOLDER(), HOLDER()], { line: 3, column: 'Titulaire', message: 'est déjà à la ligne 2' }],
  ['deux séjours qui se chevauchent', 'titulaires', [HOLDER(), HOLDER({ Entrée: '01/06/2023' })], { line: 3, column: 'Entrée', message: 'déjà titulaire de ce lot à ces dates' }],
  ['un séjour qui chevauche un titulaire connu', 'titulaires', [HOLDER({ Entrée: '01/06/2023' })], { line: 2, column: 'Entrée', message: 'déjà titulaire' }, { holders: [holderOf()], directory: [known()] }],
  ['la sortie d’un titulaire remplacé', 'titulaires', [HOLDER()], { line: 2, column: 'Sortie', message: 'remplacé par un autre' }, { holders: [holderOf({ status: 'replaced', leftOn: '2023-06-01' })], directory: [known()] }],
  ['un SIRET et une adresse de deux organisations', 'titulaires', [HOLDER({ SIRET, Courriel: 'b@b.example' })], { line: 2, column: 'Courriel', message: 'celle de « Bêta », et ce SIRET celui de « Alpha »' }, { directory: [known({ scheme: 'FR-SIRET', schemeId: SIRET }), known({ id: 'o2', name: 'Bêta', emails: ['b@b.example'] })] }],
  ['une adresse de deux organisations', 'titulaires', [HOLDER({ Courriel: 'b@b.example' })], { line: 2, column: 'Courriel', message: 'plusieurs organisations' }, { directory: [known({ emails: ['b@b.example'] }), known({ id: 'o2', emails: ['b@b.example'] })] }],
  ['un SIRET contraire à l’annuaire', 'titulaires', [HOLDER({ SIRET, Courriel: 'a@a.example' })], { line: 2, column: 'SIRET', message: `le SIRET ${OTHER_SIRET}` }, { directory: [known({ scheme: 'FR-SIRET', schemeId: OTHER_SIRET, emails: ['a@a.example'] })] }],
  ['deux homonymes', 'titulaires', [HOLDER({ Entrée: '02/02/2023' })], { line: 2, column: 'Titulaire', message: 'Plusieurs titulaires' }, { holders: [holderOf(), holderOf({ id: 'h2', organisationId: 'o2' })], directory: [known(), known({ id: 'o2' })] }],
  ['un département sans lot', 'cibles', ['75;2023;;;;'], { line: 2, column: 'Département', message: 'n’est dans aucun lot' }],
  ['un département inconnu', 'cibles', ['20;2023;;;;'], { line: 2, column: 'Département', message: '« 20 » n’est pas le code' }],
  ['le département d’une autre région', 'cibles', ['13;2023;;;;'], { line: 2, column: 'Département', message: 'd’une autre région que la vôtre' }, { regions: ['44'] }],
  ['un département deux fois', 'cibles', ['67;2023;;;;', '67;2024;;;;'], { line: 3, column: 'Département', message: 'est déjà à la ligne 2' }],
  ['une vague fausse', 'cibles', ['67;bientôt;;;;'], { line: 2, column: 'Vague', message: 'une année' }],
  ['une date qui n’existe pas', 'cibles', ['67;2023;;31/02/2023;;'], { line: 2, column: 'Au plus tôt', message: '« 31/02/2023 » n’existe pas' }],
  ['une date d’une autre forme', 'cibles', ['67;2023;;1/2/23;;'], { line: 2, column: 'Au plus tôt', message: 'JJ/MM/AAAA' }],
  ['une fin avant le début', 'cibles', ['67;2023;;02/11/2023;01/11/2023;'], { line: 2, column: 'Au plus tard', message: 'vient après la date au plus tôt' }],
  ['une source absente', 'historique', ['67;diagnostic;;01/01/2022;;;Cabinet;'], { line: 2, column: 'Source', message: 'Donnez la source' }],
  ['une date absente', 'historique', ['67;diagnostic;;;courriel;;Cabinet;'], { line: 2, column: 'Date', message: 'Indiquez la date' }],
  ['une date à venir', 'historique', ['67;diagnostic;;01/01/2024;courriel;;Cabinet;'], { line: 2, column: 'Date', message: 'à venir' }],
  ['un type inconnu', 'historique', ['67;avis;;01/01/2022;courriel;;;'], { line: 2, column: 'Type', message: '« avis » n’est pas un type connu' }],
  ['une étape inconnue', 'historique', ['67;étape;Fini;01/01/2022;courriel;;;'], { line: 2, column: 'Étape', message: '« Fini » n’est pas une étape' }],
  ['une étape sans son nom', 'historique', ['67;étape;;01/01/2022;courriel;;;'], { line: 2, column: 'Étape', message: 'Indiquez l’étape' }],
  ['une étape pour un marché', 'historique', ['67;marché;start;01/01/2022;courriel;;Alpha;'], { line: 2, column: 'Étape', message: 'ne sert qu’au type étape' }],
  ['un auteur pour une étape', 'historique', ['67;étape;start;01/01/2022;courriel;;Alpha;'], { line: 2, column: 'Auteur ou titulaire', message: 'n’a pas d’auteur' }],
  ['un montant hors d’un marché', 'historique', ['67;diagnostic;;01/01/2022;courriel;;Cabinet;12'], { line: 2, column: 'Montant HT', message: 'ne va qu’avec un marché' }],
  ['un marché sans titulaire', 'historique', ['67;marché;;01/01/2022;courriel;;;12'], { line: 2, column: 'Auteur ou titulaire', message: 'Nommez le titulaire' }],
  ['deux marchés d’un département', 'historique', ['67;marché;;01/01/2022;courriel;;Alpha;', '67;marché;;01/01/2023;courriel;;Bêta;'], { line: 3, column: 'Type', message: 'Un marché du département 67 est déjà à la ligne 2' }],
  ['un département qui a déjà son marché', 'historique', ['67;marché;;01/01/2022;courriel;;Alpha;'], { line: 2, column: 'Département', message: 'a déjà un marché en cours' }, { contracts: [contractOf()] }],
  ['un diagnostic établi ici', 'historique', ['67;diagnostic;;01/01/2022;courriel;;Cabinet;'], { line: 2, column: 'Type', message: 'un import ne le change pas' }, { diagnostics: [Object.assign(new Diagnostic(), { departmentCode: '67', publishedOn: '2022-01-01', commissionId: 'x' })] }],
  ['un autre feu vert du même jour', 'historique', ['67;feu vert;;01/01/2022;courriel;;DGEF;'], { line: 2, column: 'Date', message: 'Un autre feu vert' }, { greenLights: [Object.assign(new GreenLight(), { scope: 'department', departmentCode: '67', givenOn: '2022-01-01', reference: 'n° 1', issuer: 'DGEF' })] }],
];

describe('ce qu’un fichier a de faux', () => {
  it.each(BAD)('est nommé par ligne et par colonne : %s', (...[, kind, lines, { line, column, message }, facts]: Bad) => {
    const { errors, writes, counts } = run(kind, lines, facts);
    expect(errors).toEqual([{ line, column, message: expect.stringContaining(message.replaceAll('« ', '«\u00a0').replaceAll(' »', '\u00a0»')) }]);
    expect(counts.error).toBe(1);
    if (lines.length === 1) expect([...writes.change, ...writes.remove]).toEqual([]);
  });

  it('est dit en entier, et non la première faute seule', () => {
    const { errors } = run('titulaires', [';;123;;x;;;;;hier;;;999'], {});
    expect(errors.map((one) => one.column)).toEqual(['Lot', 'Titulaire', 'SIRET', 'Courriel', 'Forme', 'Entrée', 'Départements couverts']);
  });

  it('colonne inconnue, colonne absente, colonne double, colonne sans titre', () => {
    const header = ['Lot', 'Nom', 'Région', 'Départements', 'Maximum HT', 'Minimum HT', 'Quantité', 'Lot', ''];
    const { errors, lines } = plan('lots', { header, rows: [{ line: 2, cells: ['1', 'a', '32', '59', '', '', '', '', 'perdu'] }] }, factsOf());
    expect(errors).toMatchObject([
      { line: 1, column: 'Quantité', message: expect.stringContaining('est inconnue') },
      { line: 1, column: 'Lot', message: expect.stringContaining('deux fois') },
      { line: 2, column: 'colonne 9', message: expect.stringContaining('pas de titre') },
      { line: 1, column: 'Quantité maximum', message: expect.stringContaining('manque') },
      { line: 1, column: 'Quantité minimum', message: expect.stringContaining('manque') },
    ]);
    expect(lines).toEqual([]);
  });

  it('plus de 10 000 lignes', () => {
    expect(() => run('cibles', Array.from({ length: 10_001 }, () => '67;2023;;;;'))).toThrow('10000 au plus');
  });
});

describe('un fichier juste', () => {
  it('crée un lot, modifie l’autre, laisse le troisième', () => {
    const { lines, errors, counts, writes } = run('lots', ['1;Nord;Hauts-de-France;59, 62;1 250 000,50;;1 200', '6;Grand Est;44;67;;;', '12;Provence;93;13;;;']);
    expect(errors).toEqual([]);
    expect(counts).toEqual({ total: 3, create: 1, update: 1, same: 1, error: 0 });
    expect(lines[1]?.differences).toEqual([{ column: 'Départements', from: '67 68', to: '67' }]);
    expect(writes.add[0]).toMatchObject({ number: 1, regionCode: '32', maxCents: 125_000_050, minCents: null, maxQuantity: 1200, status: 'draft' });
    expect(writes.add.filter((one) => one instanceof LotDepartment).map((one) => one.departmentCode)).toEqual(['59', '62']);
    expect(writes.remove).toMatchObject([{ departmentCode: '68' }]);
    expect(writes.change.filter((one) => one instanceof Lot && 'places' in one)).toEqual([]);
  });

  it.each([[['6;Grand Est;44;68;;;', '12;Provence;93;13 67;;;']], [['12;Provence;93;13 67;;;', '6;Grand Est;44;68;;;']]])('fait passer un département d’un lot à l’autre, sans perdre sa cible', (lines) => {
    const { errors, writes } = run('lots', lines);
    expect(errors).toEqual([]);
    expect(writes.remove).toEqual([]);
    expect(writes.change.filter((one) => one instanceof LotDepartment)).toMatchObject([{ id: 'd67', lotId: 'l12', departmentCode: '67' }]);
  });

  it('trouve l’organisation par SIRET, par adresse, par nom, et n’en crée qu’une nouvelle pour deux lots', () => {
    const directory = [known({ id: 'o1', scheme: 'FR-SIRET', schemeId: SIRET }), known({ id: 'o2', name: 'Bêta', emails: ['b@b.example'] }), known({ id: 'o3', name: 'Gamma' })];
    const { errors, writes } = run(
      'titulaires',
      [HOLDER({ Titulaire: 'Alpha Est', SIRET: '732 829 320 00074' }), HOLDER({ Titulaire: 'Bêta SA', Courriel: 'B@b.example' }), HOLDER({ Titulaire: 'Gamma' }), HOLDER({ Titulaire: 'Delta', Courriel: 'd@d.example' }), HOLDER({ Titulaire: 'Delta SARL', Lot: '12', Courriel: 'd@d.example' })],
      { directory, holders: [holderOf({ id: 'h3', lotId: 'l12', organisationId: 'o3', name: 'Gamma' })] },
    );
    expect(errors).toEqual([]);
    const [created, ...others] = writes.add.filter((one) => one instanceof Organisation);
    expect(others).toEqual([]);
    expect(created).toMatchObject({ kind: 'company', name: 'Delta', email: 'd@d.example' });
    expect(writes.access).toEqual([{ email: 'd@d.example', organisationId: created?.id }]);
    expect(writes.add.filter((one) => 'organisationId' in one).map((one) => (one as { organisationId: string }).organisationId)).toEqual(['o1', 'o2', 'o3', created?.id, created?.id]);
  });

  it('complète l’annuaire en le montrant, sans rien y écraser', () => {
    const { lines, writes } = run('titulaires', [HOLDER({ SIRET, Courriel: 'a@a.example' })], { holders: [holderOf()], directory: [known()] });
    expect(lines[0]).toMatchObject({ effect: 'update', differences: [{ column: 'SIRET', from: '', to: SIRET }, { column: 'Courriel', from: '', to: 'a@a.example' }] });
    expect(writes.change.find((one) => one instanceof Organisation)).toMatchObject({ id: 'o1', scheme: 'FR-SIRET', schemeId: SIRET });
  });

  it('ferme un séjour et en ouvre un autre, dans un ordre ou dans l’autre', () => {
    const ends = HOLDER({ Sortie: '2023-03-01', Motif: 'Retrait' });
    const starts = HOLDER({ Entrée: '2023-06-01', Forme: 'Conjoint mandataire solidaire', Membres: 'Bêta | Gamma', 'Départements couverts': '67,68' });
    for (const lines of [[ends, starts], [starts, ends]]) {
      const { errors, writes } = run('titulaires', lines, { holders: [holderOf()], directory: [known()] });
      expect(errors).toEqual([]);
      expect(writes.change).toMatchObject([{ id: 'h1', leftOn: '2023-03-01', status: 'withdrawn', reason: 'Retrait' }]);
      expect(writes.add).toMatchObject([{ form: 'joint-solidary-lead', members: [{ name: 'Bêta' }, { name: 'Gamma' }], status: 'active', capacity: ['67', '68'] }]);
    }
  });

  it('inscrit les membres d’un groupement avec leur SIRET et leur part, les retrouve, et montre ce qui change', () => {
    const consortium = { Forme: 'conjoint mandataire solidaire', Membres: 'Bêta | Gamma', 'SIRET des membres': ` | ${SIRET}`, 'Prestations des membres': 'logement | ' };
    const { errors, writes } = run('titulaires', [HOLDER(consortium), HOLDER({ ...consortium, Titulaire: 'Delta', Lot: '12' })]);
    expect(errors).toEqual([]);
    const member = writes.add.find((one) => one instanceof Organisation && one.name === 'Gamma') as Organisation;
    expect(member).toMatchObject({ kind: 'company', scheme: 'FR-SIRET', schemeId: SIRET });
    expect(writes.add.filter((one) => one instanceof Organisation)).toHaveLength(3); // Alpha, Delta, and Gamma once
    const holders = writes.add.filter((one) => one instanceof Holder);
    for (const one of holders) expect(one).toMatchObject({ form: 'joint-solidary-lead', members: [{ organisationId: null, name: 'Bêta', part: 'logement' }, { organisationId: member.id, name: 'Gamma' }] });
    const facts = { holders: [holderOf({ form: 'joint-solidary-lead', members: holders[0]?.members ?? [] })], directory: [known(), { organisation: member, emails: [], entered: false }] };
    expect(run('titulaires', [HOLDER(consortium)], facts).counts.same).toBe(1);
    expect(run('titulaires', [HOLDER({ ...consortium, 'SIRET des membres': '' })], facts).counts.same).toBe(1); // an empty cell erases nothing of the directory
    const changed = run('titulaires', [HOLDER({ ...consortium, Forme: 'solidaire', 'Prestations des membres': '' })], facts);
    expect(changed.lines[0]?.differences).toEqual([{ column: 'Forme', from: 'conjoint mandataire solidaire', to: 'solidaire' }, { column: 'Prestations des membres', from: 'logement | ', to: '' }]);
  });

  it('exige un maximum par lot quand la consultation est de 2022 ou d’après (R2162-4)', () => {
    expect(run('lots', ['1;Nord;32;59;;;'], { needsMaximum: true }).errors).toMatchObject([{ line: 2, column: 'Maximum HT', message: expect.stringContaining('R. 2162-4') }]);
    expect(run('lots', ['1;Nord;32;59;;;300'], { needsMaximum: true }).errors).toEqual([]);
    expect(run('lots', ['1;Nord;32;59;;;'], { needsMaximum: false }).errors).toEqual([]);
  });

  it('n’avance pas une vague sans motif, et garde un titulaire suspendu tel quel', () => {
    const [lot, other] = factsOf().lots;
    Object.assign(lot?.places[0] ?? {}, { wave: 2024 });
    expect(run('cibles', ['67;2023;;;;'], { lots: [lot, other].filter((one) => one !== undefined) }).errors).toMatchObject([{ column: 'Vague', message: expect.stringContaining('sur sa page') }]);
    const { counts } = run('titulaires', [HOLDER()], { holders: [holderOf({ status: 'suspended', reason: 'Enquête' })], directory: [known()] });
    expect(counts.same).toBe(1);
  });

  it('fixe une cible ; la même, déposée de nouveau, ne change rien', () => {
    const line = '67;2023;mi-novembre;01/11/2023;2023-11-15;02/01/2024';
    const first = run('cibles', [line, '68;;;;;']);
    expect(first.counts).toMatchObject({ create: 1, same: 1 });
    const [place] = first.writes.change as LotDepartment[];
    expect(place).toMatchObject({ id: 'd67', wave: 2023, targetWording: 'mi-novembre', targetEarliest: '2023-11-01', targetLatest: '2023-11-15', wantedStart: '2024-01-02' });
    const lots = factsOf().lots;
    Object.assign(lots[0]?.places[0] ?? {}, place);
    expect(run('cibles', [line], { lots }).counts.same).toBe(1);
    expect(run('cibles', ['67;2023;;01/11/2023;;'], { lots }).lines[0]?.differences.map(({ column, to }) => `${column}=${to}`)).toEqual(['Cible=', 'Au plus tard=01/11/2023', 'Début souhaité=']);
  });

  it('reprend ce qui précède l’outil, sans rien rejouer', () => {
    const lines = [
      '67;diagnostic;;12/06/2022;https://exemple.fr/d67;Diagnostic 67;Cabinet;',
      '67;Feu vert;;2022-07-01;courriel.pdf;n° 12;DGEF;',
      '67;marché;;01/09/2022;acte.pdf;;Alpha;12 345,67',
      '67;étape;Consultation lancée;01/08/2022;courriel.pdf;;;',
      '68;étape;start;02/08/2022;courriel.pdf;réf. 3;;',
    ];
    const { errors, writes, counts } = run('historique', lines, {});
    expect(errors).toEqual([]);
    expect(counts.create).toBe(5);
    const [diagnostic, light, contract, stage, other] = writes.add;
    expect(diagnostic).toMatchObject({ status: 'published', publishedOn: '2022-06-12', declaredSource: 'https://exemple.fr/d67', publicAddress: 'https://exemple.fr/d67', title: 'Diagnostic 67', authorName: 'Cabinet' });
    expect(light).toMatchObject({ scope: 'department', departmentCode: '67', givenOn: '2022-07-01', reference: 'n° 12 (courriel.pdf)', issuer: 'DGEF', source: 'ministry' });
    expect(contract).toMatchObject({ declared: true, status: 'in-execution', startsOn: '2022-09-01', contractorName: 'Alpha', amountCents: 1_234_567, slot: `${FRAMEWORK}/67`, lotId: 'l6', title: 'Marché subséquent du Bas-Rhin' });
    expect(stage).toMatchObject({ stage: 'launch', on: '2022-08-01', source: 'courriel.pdf' });
    expect(other).toMatchObject({ stage: 'start', source: 'réf. 3 (courriel.pdf)' });
    const again = run('historique', lines, {
      diagnostics: writes.add.filter((one) => one instanceof Diagnostic),
      greenLights: writes.add.filter((one) => one instanceof GreenLight),
      contracts: writes.add.filter((one) => one instanceof SubsequentContract),
      stages: writes.add.filter((one) => one instanceof DeclaredStage),
    });
    expect(again.counts).toMatchObject({ same: 5, error: 0 });
    expect(again.writes.add).toEqual([]);
  });

  it.each(KIND_LIST.map(({ id }) => id))('se lit dans le modèle donné à remplir (%s), en CSV comme en XLSX', async (kind) => {
    expect(headerOf(kind).join(';')).toBe(HEADERS[kind]);
    for (const bytes of [csvFile(headerOf(kind), [exampleOf(kind)]), await xlsxFile('Modèle', headerOf(kind), [exampleOf(kind)])]) {
      const { errors } = plan(kind, await readSheet(bytes, 'file'), factsOf({ today: '2024-01-01' }));
      expect(errors).toEqual([]);
    }
  });

  it('10 000 lignes se lisent d’un coup', () => {
    const lines = Array.from({ length: 10_000 }, (_, index) => HOLDER({ Titulaire: `Société ${index}`, Courriel: `s${index}@essai.example` }));
    expect(run('titulaires', lines).counts.create).toBe(10_000);
  });
});
