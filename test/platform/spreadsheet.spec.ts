import { describe, expect, it } from '@jest/globals';
import { writeXlsx } from 'hucre/xlsx';
import { csvFile, isFormula, readSheet, xlsxFile } from '../../src/platform/spreadsheet.js';
import { unpacked } from '../../src/platform/zip.js';

const sentence = (bytes: Buffer) => readSheet(bytes, 'file').then(() => '', (error: Error) => error.message);

describe('les tableaux que l’on reçoit', () => {
  const text = 'Département;Titulaire\r\n67;Évêché « œuvre »\r\n68;"Deux; noms"\r\n';

  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 avec BOM', Buffer.from(`\ufeff${text}`)],
    ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])],
    ['des virgules', Buffer.from(text.replaceAll('"Deux; noms"', '"Deux; noms"').replaceAll('67;', '67,').replaceAll('68;', '68,').replace('Département;', 'Département,'))],
    ['des tabulations', Buffer.from(text.replaceAll('67;', '67\t').replaceAll('68;', '68\t').replace('Département;', 'Département\t'))],
  ])('se lisent en %s', async (_, bytes) => {
    const sheet = await readSheet(bytes, 'file');
    expect(sheet.header).toEqual(['Département', 'Titulaire']);
    expect(sheet.rows).toEqual([{ line: 2, cells: ['67', 'Évêché « œuvre »'] }, { line: 3, cells: ['68', 'Deux; noms'] }]);
  });

  it('se lisent en Windows-1252, accents compris', async () => {
    const windows = Buffer.from([...'Région;Nom\nÎle;œuvre'].map((char) => ({ œ: 0x9c })[char] ?? char.charCodeAt(0)));
    expect(await readSheet(windows, 'file')).toEqual({ header: ['Région', 'Nom'], rows: [{ line: 2, cells: ['Île', 'œuvre'] }] });
  });

  it('se lisent en XLSX, par le contenu et non par le nom', async () => {
    const sheet = await readSheet(await xlsxFile('Lots', ['Numéro', 'Nom'], [[1, 'Grand Est'], [2, 'Île-de-France']]), 'file');
    expect(sheet).toEqual({ header: ['Numéro', 'Nom'], rows: [{ line: 2, cells: ['1', 'Grand Est'] }, { line: 3, cells: ['2', 'Île-de-France'] }] });
  });

  it('acceptent 10 000 lignes, et disent non à un vide, à un faux classeur, à un guillemet perdu', async () => {
    const many = Buffer.from(`a;b\n${'x;y\n'.repeat(10_000)}`);
    expect((await readSheet(many, 'file')).rows).toHaveLength(10_000);
    expect(await sentence(Buffer.from(''))).toContain('Ce fichier est vide');
    expect(await sentence(Buffer.from('a;b\n'))).toContain('Ce fichier est vide');
    expect(await sentence(Buffer.from('PK\u0003\u0004 pas un classeur'))).toContain('n’a pas pu être lu');
    expect(await sentence(Buffer.from('a;b\n"ouvert;x\ny;z'))).toContain('guillemet');
    expect(await sentence(Buffer.from(`a;b\n${'x;y\n'.repeat(20_001)}`))).toContain('plus de 20000 lignes');
  });

  it('refusent ce qui n’est pas un tableau, et ce qui épuiserait le serveur', async () => {
    expect(await sentence(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]))).toContain('pas un tableau');
    expect(await sentence(Buffer.from('<!DOCTYPE html><p>a;b'))).toContain('pas un tableau');
    expect(await sentence(Buffer.from('a;b\nx\u0000;y'))).toContain('pas un tableau');
    expect(await sentence(Buffer.alloc(9_000_000, 'a;b\n'))).toContain('8 Mo');
    expect(await sentence(Buffer.from(`${'a;'.repeat(300)}\n1\n`))).toContain('trop de colonnes');
    const far = await xlsxFile('x', ['a'], [['b']]);
    expect(unpacked(far, 100)).toBeNull();
    expect(unpacked(far, 1_000_000)?.length).toBeGreaterThan(3);
    expect(unpacked(Buffer.from('PK'), 100)).toBeNull();
    const wide = await writeXlsx({ sheets: [{ name: 'x', rows: [Array.from({ length: 300 }, (_, index) => `c${index}`), ['1']] }] });
    expect(await sentence(Buffer.from(wide))).toContain('n’a pas pu être lu');
  });

  it('se lisent ligne à ligne, quelles que soient les fins de ligne', async () => {
    const sheet = await readSheet(Buffer.from('a;b\r\n1;2\n3;4\r\n5;6\n'), 'file');
    expect(sheet.rows.map((row) => row.cells)).toEqual([['1', '2'], ['3', '4'], ['5', '6']]);
    const hinted = await readSheet(Buffer.from('sep=,\r\na,b\r\n1,2\r\n'), 'file');
    expect(hinted).toEqual({ header: ['a', 'b'], rows: [{ line: 3, cells: ['1', '2'] }] });
    const swapped = Buffer.from('\ufeffé;b\n1;2\n', 'utf16le').swap16();
    expect((await readSheet(swapped, 'file')).header[0]).toBe('é');
  });

  it('gardent une cellule de plusieurs lignes entière, sans formule cachée derrière le saut', () => {
    const written = csvFile(['Titre', 'Suite'], [['l1\n=1+1', 'z']]).toString();
    expect(written).toContain('"l1\n\'=1+1";z');
  });

  it('ne portent jamais de formule vers un tableur', async () => {
    const evil = ['=cmd|\' /C calc\'!A0', '@SUM(A1)', '+33 x', '-1+1', '\t=1'];
    for (const cell of evil) expect(isFormula(cell)).toBe(true);
    for (const cell of ['+33 1 99 00 12 34', '-12,5', 'texte', '']) expect(isFormula(cell)).toBe(false);
    expect(csvFile(['a'], [['=1+1']]).toString()).toContain("'=1+1");
    const [row] = (await readSheet(await xlsxFile('x', ['a'], [['=1+1']]), 'file')).rows;
    expect(row?.cells[0]).toBe("'=1+1");
  });
});
