import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cleanFileName } from '../../src/sealing/file-name.js';

const HOSTILE = ['/', '\\', '..', '\0', '\u202e', '\u200d', '\ud83d', '\u0301', 'e', '👩', '🔧', ' ', '.', '\uffff', '\ufeff', '\u{1F3FD}', '️'];
const names = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.array(fc.constantFrom(...HOSTILE), { maxLength: 300 }).map((parts) => parts.join('')),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 }).map((units) => String.fromCharCode(...units)),
);
const always = (property: (clean: string) => void) => fc.assert(fc.property(names, (raw) => property(cleanFileName(raw))), { numRuns: 3000 });

describe('a clean file name', () => {
  it.each([
    ['Mémoire technique – lot n° 2 (v1).pdf', 'Mémoire technique – lot n° 2 (v1).pdf'],
    ['L’offre "A" d\'été 🏰.pdf', 'L’offre "A" d\'été 🏰.pdf'],
    ['équipe 👩‍🔧👩🏽‍🔧.pdf', 'équipe 👩‍🔧👩🏽‍🔧.pdf'],
    ['Me\u0301moire.pdf', 'Mémoire.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\Windows\\system.ini', 'system.ini'],
    ['C:\\Users\\Léa\\offre.pdf', 'offre.pdf'],
    ['dossier/', 'dossier'],
    ['devis\u202efdp.exe', 'devisfdp.exe'],
    ['\u2066a\u2069\u200b\ufeff.pdf', 'a.pdf'],
    ['prix.pdf\0.exe', 'prix.pdf.exe'],
    ['a\r\nb.pdf', 'ab.pdf'],
    ['a\u200db.pdf', 'ab.pdf'],
    ['a\ud800b.pdf', 'ab.pdf'],
    ['  prix.pdf \t', 'prix.pdf'],
    ['', 'fichier'],
    ['..', 'fichier'],
    ['. .', '. .'],
    ['\u202e/\0', 'fichier'],
    ['.gitignore', '.gitignore'],
  ])('%j becomes %j', (raw, clean) => {
    expect(cleanFileName(raw)).toBe(clean);
  });

  it('is cut to 200 code points and keeps its extension', () => {
    const clean = cleanFileName(`${'🏰'.repeat(300)}.pdf`);
    expect(clean).toBe(`${'🏰'.repeat(196)}.pdf`);
    expect(cleanFileName('a'.repeat(500))).toBe('a'.repeat(200));
    expect(cleanFileName(`${'a'.repeat(199)} ${'b'.repeat(50)}`)).toBe('a'.repeat(199));
    expect([...cleanFileName(`a.${'b'.repeat(500)}`)]).toHaveLength(200);
  });

  it('stays as it is when cleaned again', () => always((clean) => expect(cleanFileName(clean)).toBe(clean)));
  it('holds no control, no bidi, no separator, no half of a pair', () =>
    always((clean) => expect(clean).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200b\u200c\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff/\\]/u)));
  it('has 1 to 200 code points, NFC, and is never a relative folder', () =>
    always((clean) => {
      expect([...clean].length).toBeGreaterThan(0);
      expect([...clean].length).toBeLessThanOrEqual(200);
      expect(clean.normalize('NFC')).toBe(clean);
      expect(['.', '..']).not.toContain(clean);
    }));
});
