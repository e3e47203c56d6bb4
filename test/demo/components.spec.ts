import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { componentSamples } from '../../src/demo/component-samples.js';
import { DEMO_START } from '../../src/demo/demo-data.js';
import { Templates } from '../../src/platform/templates.js';

const page = readFileSync('templates/pages/demo/components.hbs', 'utf8');
/** Drawn by others, and on every page already. */
const PARTS = ['csrf'];
/** Every form field takes an error; the page shows it with one. */
const FIELDS = ['input', 'textarea', 'select', 'radios', 'checkboxes', 'checkbox', 'upload'];

describe('la page de tous les composants', () => {
  const names = readdirSync('templates/components').map((file) => file.replace('.hbs', ''));

  it.each(names.filter((name) => !PARTS.includes(name)))('montre « %s »', (name) => {
    expect(page).toMatch(new RegExp(`\\{\\{[#>]+ components/${name}[ }]`));
  });

  it.each(FIELDS)('montre « %s » fautif', (name) => {
    expect(page).toMatch(new RegExp(`components/${name} [^}]*error="`));
  });

  it('montre chaque état : plis, dates limites, étapes, messages', () => {
    for (const state of ['draft', 'deposited', 'late', 'withdrawn', 'missed']) expect(page).toContain(`components/band state="${state}"`);
    for (const kind of ['info', 'attention', 'danger', 'success']) expect(page).toContain(`components/alert kind="${kind}"`);
    expect(componentSamples(new Date(DEMO_START)).sampleSteps.map((step) => step.state)).toEqual(['done', 'current', 'blocked', 'todo']);
    const html = new Templates('templates').render('pages/demo/components', componentSamples(new Date(DEMO_START)));
    for (const shown of ['deadline-urgent', 'deadline-passed', 'data-upload', 'error-summary', 'letter-preview', 'map-main', 'class="empty"', 'class="confirm"']) expect(html).toContain(shown);
  });

  it('chaque gabarit de composant sert quelque part dans le produit', () => {
    const used = readdirSync('templates', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.hbs') && !file.endsWith('pages/demo/components.hbs')).map((file) => readFileSync(`templates/${file}`, 'utf8')).join('');
    expect(names.filter((name) => !new RegExp(`components/${name}[ }]`).test(used))).toEqual([]);
  });
});
