import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Config } from '../../src/config.js';
import { DEPARTMENTS } from '../../src/people/departments.js';
import { frenchDate, frenchHour, inFrench, instantOf, localOf, preciseFrench, stampDate } from '../../src/platform/dates.js';
import { frenchBytes, frenchNumber, Templates } from '../../src/platform/templates.js';
import { cleanText, ownPath } from '../../src/platform/web.js';

const PARIS = 'Europe/Paris';

describe('le temps', () => {
  it('« avant le 26 juillet 2023 à 23h59 », heure de Paris', () => {
    expect(instantOf('2023-07-26T23:59', PARIS).toISOString()).toBe('2023-07-26T21:59:00.000Z');
  });

  it.each([
    ['2023-03-26T02:30', 'missing'],
    ['2023-10-29T02:30', 'doubled'],
    ['2023-02-31T10:00', 'malformed'],
    ['26/07/2023', 'malformed'],
  ])('refuse %s (%s)', (local, kind) => {
    expect(() => instantOf(local, PARIS)).toThrow(expect.objectContaining({ kind }));
  });

  it('aller et retour dans toutes les zones des départements, à toute minute qui existe une fois', () => {
    const zones = [...new Set([...DEPARTMENTS.values()].map((one) => one.timeZone))];
    expect(zones.length).toBeGreaterThanOrEqual(6);
    const minute = fc.integer({ min: Date.UTC(2022, 0, 1) / 60_000, max: Date.UTC(2030, 0, 1) / 60_000 });
    fc.assert(
      fc.property(fc.constantFrom(...zones), minute, (zone, m) => {
        const instant = new Date(m * 60_000);
        const local = localOf(instant, zone);
        try {
          return instantOf(local, zone).getTime() === instant.getTime();
        } catch (error) {
          return (error as { kind?: string }).kind === 'doubled';
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('s’écrit en français, espaces insécables compris', () => {
    const at = new Date('2023-08-01T07:05:09.007Z');
    expect(frenchDate(at, PARIS)).toBe('1er\u00a0août 2023');
    expect(frenchHour(at, PARIS)).toBe('9\u00a0h\u00a005');
    expect(frenchHour(at, PARIS, 'tight')).toBe('9h05');
    expect(inFrench(at, PARIS)).toBe('mardi 1er\u00a0août 2023 à 9\u00a0h\u00a005');
    expect(preciseFrench(at, PARIS)).toContain('05\u00a0min\u00a009,007\u00a0s');
    expect(stampDate(new Date('2023-07-13T08:00:00Z'), PARIS)).toBe('13.07.2023');
  });
});

describe('les départements', () => {
  it('sont 101, avec leur complément', () => {
    expect(DEPARTMENTS.size).toBe(101);
    expect(DEPARTMENTS.get('67')).toMatchObject({ complement: 'du Bas-Rhin', town: 'Strasbourg', timeZone: PARIS });
    expect(DEPARTMENTS.get('84')?.complement).toBe('de Vaucluse');
    expect(DEPARTMENTS.get('01')?.complement).toBe('de l’Ain');
  });
});

describe('ce qui entre et sort', () => {
  it('un retour reste chez nous', () => {
    expect(ownPath('/commandes?x=1')).toBe('/commandes?x=1');
    for (const foreign of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/a b', undefined]) expect(ownPath(foreign)).toBe('/');
  });

  it('un texte tapé perd ses caractères de contrôle, rien d’autre', () => {
    expect(cleanText(' é\u0000\u0007\r\nb\tc « » 🙂 ')).toBe('é\nb\tc « » 🙂');
    // A name keeps the script it is written in, and loses what would show it in another order.
    expect(cleanText('Société \u202Efdp.exe\u202C \u2066x\u2069')).toBe('Société fdp.exe x');
    expect(cleanText('جمعية الأمل (association)')).toBe('جمعية الأمل (association)');
  });

  it('nombres et tailles en français', () => {
    expect(frenchNumber(300000)).toBe('300\u202f000');
    expect([0, 1, 999, 1000, 8_400_000, 100_000_000].map(frenchBytes)).toEqual(['0\u00a0octet', '1\u00a0octet', '999\u00a0octets', '1\u00a0ko', '8,4\u00a0Mo', '100\u00a0Mo']);
  });

  it('une zone de texte rend exactement ce qui a été tapé, un courriel texte n’est pas du HTML', () => {
    const templates = new Templates(join(process.cwd(), 'templates'));
    const html = templates.render('components/textarea', { name: 'x', label: 'X', value: 'a\n  b & <c>\n' });
    expect(html).toContain('>\na\n  b &amp; &lt;c&gt;\n</textarea>');
    expect(templates.render('mails/sign-in-link.text', { url: 'http://x/?a=1&b=2' })).toContain('http://x/?a=1&b=2');
  });

  it('« et » et « ou » des gabarits suivent l’absence comme le faux', () => {
    const folder = mkdtempSync(join(tmpdir(), 'souspli-templates-'));
    writeFileSync(join(folder, 'x.hbs'), '{{#if (and absent "oui")}}A{{/if}}{{#if (and vrai "oui")}}B{{/if}}{{or (and absent "oui") "sinon"}}{{or (and vrai "oui") "sinon"}}');
    expect(new Templates(folder).render('x', { vrai: 1 })).toBe('Bsinonoui');
  });

  it('aucun gabarit de page ne laisse passer du HTML', () => {
    expect(readFileSync(join(process.cwd(), 'templates/layouts/page.hbs'), 'utf8')).not.toContain('{{{');
  });
});

describe('la configuration', () => {
  it('refuse de démarrer, une phrase par faute', () => {
    const faults = (given: object) => {
      try {
        Config.of(given as Record<string, unknown>);
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    const bare = faults({ mode: 'production' });
    for (const sentence of ['BASE_URL est une adresse https', 'KEY_FILE est obligatoire', 'SMTP_URL commence par']) expect(bare).toContain(sentence);
    expect(faults({ mode: 'autre' })).toContain('SOUSPLI_MODE vaut');
    expect(faults({ mode: 'demo', databaseUrl: 'mysql://x' })).toContain('DATABASE_URL commence par');
    expect(faults({ mode: 'demo', port: 'abc' })).toContain('PORT est un nombre');
    expect(faults({ mode: 'demo' })).toBe('');
    const production = { mode: 'production', baseUrl: 'https://souspli.example', keyFile: '/k', smtpUrl: 'smtp://m', helpEmail: 'aide@souspli.example' };
    expect(faults(production)).toBe('');
    expect(Config.of(production).secure).toBe(true);
  });
});
