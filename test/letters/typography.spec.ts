import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { typeset, typesetAll } from '../../src/letters/typography.js';

/** Spaces that look alike, told apart. */
const seen = (text: string) => text.replaceAll('\u202f', '¬').replaceAll('\u00a0', '~');

describe('typographie française', () => {
  it.each([
    ['Bonjour !', 'Bonjour¬!'],
    ['Vraiment? Oui; non!', 'Vraiment¬? Oui¬; non¬!'],
    ['Quoi ?!', 'Quoi¬?!'],
    ['Objet : la remise', 'Objet~: la remise'],
    ['Objet: la remise', 'Objet~: la remise'],
    ['« oui » et "non"', '«¬oui¬» et «¬non¬»'],
    ['un " seul', 'un " seul'],
    ["l'offre d'Élodie, aujourd'hui", 'l’offre d’Élodie, aujourd’hui'],
    ['300 000 € et 1 234 567 €', '300¬000~€ et 1¬234¬567~€'],
    ['75,5 M€, 20%, 12 mois, 40 000 personnes', '75,5~M€, 20~%, 12~mois, 40¬000~personnes'],
    ['n° 12, N°7', 'n°~12, n°~7'],
    ['art. R. 2162-10 et article L.2152-6', 'art.~R.~2162-10 et article~L.~2152-6'],
    ['M. Dupont, Mme Durand', 'M.~Dupont, Mme~Durand'],
    ['le 26 juillet 2023, le 1er août', 'le 26~juillet 2023, le 1er~août'],
    ['- premier\n- second', '–~premier\n–~second'],
    ['Bas-Rhin - Strasbourg', 'Bas-Rhin – Strasbourg'],
    ['Et puis...', 'Et puis…'],
    ['deux  espaces', 'deux espaces'],
    ['(voir page 3)', '(voir page~3)'],
    ['', ''],
  ])('compose « %s »', (typed, expected) => {
    expect(seen(typeset(typed))).toBe(expected);
  });

  it.each([
    'https://exemple.example/a:b?c=d;e&f=1!x',
    'http://localhost:3000/lien/x',
    'www.exemple.example/page?x=1',
    'agent.nom@bas-rhin.example',
    '23:59',
    '23h59',
    '23 h 59',
    '08:30:15',
    '732 829 320 00074',
    '73282932000074',
    'SIREN 732 829 320',
    '`a: b ? c : d!`',
    'mailto:a@b.example?subject=x',
    '03 88 21 67 68',
    'AGIR-L05-67-2023',
    'DDETS67/2023/0042',
  ])('ne touche pas à %s', (typed) => {
    expect(typeset(typed)).toBe(typed);
    const inside = typeset(`avant, ${typed} et après`);
    expect(inside).toBe(`avant, ${typed} et après`);
  });

  it('compose la phrase autour de ce qu’elle ne touche pas', () => {
    expect(seen(typeset("Écrivez à a@b.example ou voyez https://exemple.example/x?y : c'est ouvert jusqu'à 23:59!"))).toBe('Écrivez à a@b.example ou voyez https://exemple.example/x?y~: c’est ouvert jusqu’à 23:59¬!');
  });

  const words = fc.array(
    fc.oneof(fc.constantFrom('"', "'", '«', '»', ' ', '\u00a0', '\u202f', ':', ';', '!', '?', '...', '-', '–', '%', '€', 'h', 'n°', '12', '300', '000', 'art.', 'R.', '2162-10', 'M.', 'Dupont', 'juillet', '\n', 'l', '`', 'http://a.fr', 'a@b.fr', '23:59', '\t', '(', ')', '.', ',', '1er', 'août', 'SIRET', 'mois'), fc.string({ maxLength: 4 })),
    { maxLength: 14 },
  );

  it('laisse les guillemets doublés comme ils sont', () => {
    expect(typeset(typeset('""#""'))).toBe(typeset('""#""'));
  });

  it('propriété : composer deux fois ne change plus rien, et aucune lettre ne se perd', () => {
    const bare = (text: string) => text.replace(/[\s\u00a0\u202f\u2009"«»'’\u2018\u02bc.…\-–—•°º\ue000]/gu, '').toLowerCase();
    fc.assert(
      fc.property(words, (parts) => {
        const typed = parts.join('');
        const once = typeset(typed);
        expect(typeset(once)).toBe(once);
        expect(bare(once)).toBe(bare(typed));
        expect(once.split('\n')).toHaveLength(typed.split('\n').length);
      }),
      { numRuns: Number(process.env.RUNS ?? 1000) },
    );
  });

  it('compose les phrases d’une lettre, ni ses adresses ni ses noms', () => {
    expect(typesetAll({ subject: "L'objet : oui", agent: { email: "o'x@y.fr", name: 'Jean  Dupont' }, list: ["d'un", null, 3] })).toEqual({ subject: 'L’objet\u00a0: oui', agent: { email: "o'x@y.fr", name: 'Jean  Dupont' }, list: ['d’un', null, 3] });
  });
});
