import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { scoredRule } from '../../src/evaluations/award-rule.js';
import { notesChart, pointsChart } from '../../src/evaluations/chart.js';
import { simulate, simulationOf, simulationStart } from '../../src/evaluations/simulation.js';
import { assertPrintable } from '../../src/press/printable.js';
import { Templates } from '../../src/platform/templates.js';

const typed = { prices: '100\n120,00\n150', max: '40', decimals: '2', rounding: 'half-up' };
const templates = new Templates('templates');

describe('simulation de la note de prix', () => {
  it('note les mêmes prix par toutes les formules, comme la commande', () => {
    const { rows, formulas, chart } = simulate(simulationOf(typed), 'linear');
    expect(formulas.map((one) => [one.label, one.announced])).toEqual([['Proportionnelle', false], ['Linéaire', true], ['Linéaire par rapport au plus bas', false]]);
    expect(rows.map((row) => row.notes.map((one) => one.note))).toEqual([['40,00', '40,00', '40,00'], ['33,33', '24,00', '32,00'], ['26,67', '0,00', '20,00']]);
    expect(chart.desc).toContain('Proportionnelle : 100\u00a0€ donne 40,00, 120\u00a0€ donne 33,33');
    expect([chart.lines.length, chart.marks.length]).toEqual([3, 9]);
  });

  it('dit chaque faute à sa place : prix de zéro, à quatre décimales, texte, note, décimales, arrondi', () => {
    const refused = (change: Partial<typeof typed>, field: string, words: string) => expect(() => simulationOf({ ...typed, ...change })).toThrow(expect.objectContaining({ typed: { ...typed, ...change }, errors: [{ field, message: expect.stringContaining(words) }] }));
    refused({ prices: '0' }, 'prices', 'Un prix de zéro');
    refused({ prices: '100\n10,1234' }, 'prices', '« 10,1234 »');
    refused({ prices: 'cher ; très cher' }, 'prices', '« cher »');
    refused({ prices: ' ' }, 'prices', 'au moins un prix');
    refused({ prices: '1\n'.repeat(51) }, 'prices', '50 prix au plus');
    for (const max of ['0', '', '1001', '1,5']) refused({ max }, 'max', 'note maximale');
    for (const decimals of ['5', '', '-1']) refused({ decimals }, 'decimals', 'décimales');
    refused({ rounding: 'toString' }, 'rounding', 'arrondi');
    expect(simulationOf({ ...typed, prices: '1 200,50 € ; 1200.5' }).prices).toEqual([120_050n, 120_050n]);
  });

  it('part du budget et de la règle de la consultation', () => {
    expect(simulationOf(simulationStart(40_000_00, scoredRule([{ label: 'Qualité', weight: 60 }, { label: 'Prix', weight: 40 }]))).prices).toEqual([30_000_00n, 36_000_00n, 40_000_00n]);
    expect(simulationOf(simulationStart(null, null)).max).toBe(40);
  });
});

describe('diagrammes', () => {
  it('restent dans leur cadre, quels que soient les prix', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(1n, 10n ** 12n), { minLength: 1, maxLength: 50 }), (prices) => {
        const { chart } = simulate({ prices, max: 40, decimals: 2, rounding: 'half-up', typed }, null);
        const numbers = chart.lines.flatMap((line) => line.points.split(/[ ,]/)).map(Number);
        return numbers.every((value) => Number.isFinite(value) && value >= 0 && value <= chart.width);
      }),
      { numRuns: 50 },
    );
  });

  it('montrent les vingt premières offres, et disent le reste en mots, sans style ni balise d’un nom', () => {
    const offers = Array.from({ length: 30 }, (_, n) => ({ name: `<b>Offre</b> ${n}`, total: 9000n - BigInt(n), points: [5000n - BigInt(n), 4000n] }));
    const chart = pointsChart(offers, ['Valeur technique', 'Prix'], 2);
    if (!chart) throw new Error('no chart');
    expect(chart.desc).toContain('Les 20 premières offres sur 30.');
    expect(Math.max(...chart.bars.map((bar) => Number(bar.x) + Number(bar.width)))).toBeLessThanOrEqual(chart.width);
    const html = templates.render('components/chart', { chart });
    expect(html).toMatch(/role="img" aria-labelledby="points-title points-desc"[\s\S]*<title id="points-title">Points par critère<\/title>/);
    expect(html).toContain('&lt;b&gt;Offre&lt;/b&gt; 0');
    expect(html).not.toMatch(/<b>|style=|<script/);
    expect(() => assertPrintable(html)).not.toThrow();
    for (const more of ['<use href="#x"></use>', '<image src="x"></image>', '<path d="M0 0" style="fill:url(x)"></path>', '<path d="M0 0" onload="x"></path>', '<foreignobject></foreignobject>', '<a href="https://x.example">x</a>']) expect(() => assertPrintable(html.replace('</svg>', `${more}</svg>`))).toThrow('Document refusé');
    expect(pointsChart([], ['Prix'], 2)).toBeNull();
    expect(notesChart([100n], [{ label: 'Une', notes: [4000n] }], { max: 40, decimals: 2 }).lines).toHaveLength(1);
  });
});
