import { describe, expect, it } from '@jest/globals';
import yazl from 'yazl';
import { Config } from '../../src/config.js';
import { checkedFile, type Extension } from '../../src/platform/media.js';
import { xlsxFile } from '../../src/platform/spreadsheet.js';
import { namesIn } from '../../src/platform/zip.js';

const ALL: Extension[] = ['pdf', 'odt', 'ods', 'docx', 'xlsx', 'zip', 'csv', 'txt', 'png', 'jpg'];

function zip(entries: Record<string, string>): Promise<Buffer> {
  const file = new yazl.ZipFile();
  for (const [name, text] of Object.entries(entries)) file.addBuffer(Buffer.from(text), name, { compress: name !== 'mimetype' });
  file.end();
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    file.outputStream.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks)));
  });
}

const check = (name: string, bytes: Buffer, limits: { maxBytes?: number; extensions?: Extension[] } = {}) => {
  try {
    return checkedFile({ name, bytes }, { maxBytes: 1_000_000, extensions: ALL, ...limits }, 'document', { title: 'x' }).mediaType;
  } catch (error) {
    return (error as { errors: { message: string }[] }).errors[0]?.message ?? '';
  }
};

describe('un document est ce que dit son nom', () => {
  it('reconnaît chaque format à son contenu', async () => {
    const docx = await zip({ '[Content_Types].xml': '<x/>', 'word/document.xml': '<x/>' });
    const odt = await zip({ mimetype: 'application/vnd.oasis.opendocument.text', 'content.xml': '<x/>' });
    const xlsx = await xlsxFile('x', ['A'], [['1']]);
    expect(check('a.pdf', Buffer.from('%PDF-1.7'))).toBe('application/pdf');
    expect(check('A.DOCX', docx)).toContain('wordprocessingml');
    expect(check('a.odt', odt)).toBe('application/vnd.oasis.opendocument.text');
    expect(check('a.xlsx', xlsx)).toContain('spreadsheetml');
    expect(check('a.zip', odt)).toBe('application/zip');
    expect(check('a.csv', Buffer.from('Nom;Prix\né;1\n'))).toBe('text/csv');
    expect(check('a.jpeg', Buffer.from([0xff, 0xd8, 0xff, 0xe0]))).toBe('image/jpeg');
    for (const [name, bytes] of [['a.docx', odt], ['a.odt', docx], ['a.xlsx', docx], ['a.ods', odt], ['a.pdf', docx], ['a.png', Buffer.from('%PDF-')], ['a.csv', Buffer.from('MZ\u0000')], ['a.txt', xlsx], ['a.zip', Buffer.from('PK')]] as const) {
      expect(check(name, bytes)).toContain(`n’est pas au format ${name.slice(2).toUpperCase()}, quel que soit son nom`);
    }
  });

  it('refuse le vide, le trop grand, l’inconnu, l’absent et les macros, en une phrase', async () => {
    expect(check('a.pdf', Buffer.alloc(0))).toContain('vide');
    expect(check('a.pdf', Buffer.from('%PDF-1.7'), { maxBytes: 4 })).toContain('dépasse');
    expect(check('a.exe', Buffer.from('MZ'))).toContain('Formats acceptés : PDF, ODT');
    expect(check('sans-extension', Buffer.from('%PDF-'))).toContain('Formats acceptés');
    expect(check('a.docx', Buffer.from('%PDF-'), { extensions: ['pdf'] })).toContain('Formats acceptés : PDF.');
    expect(() => checkedFile(null, { maxBytes: 1, extensions: ALL }, 'document')).toThrow(expect.objectContaining({ errors: [{ field: 'document', message: 'Choisissez le fichier.' }] }));
    const macros = await zip({ 'word/document.xml': '<x/>', 'word/vbaProject.bin': 'x' });
    expect(check('a.docx', macros)).toContain('macros');
  });

  it('ne se laisse pas arrêter par un ZIP faux', () => {
    expect(namesIn(Buffer.from(`PK\u0003\u0004${'x'.repeat(100)}PK\u0005\u0006`))).toEqual([]);
    expect(namesIn(Buffer.alloc(0))).toEqual([]);
  });

  it('suit la configuration', () => {
    expect(Config.of({ mode: 'test', documentTypes: 'pdf', maxDocumentBytes: 5_000_000 }).documentLimits).toEqual({ maxBytes: 5_000_000, extensions: ['pdf'] });
    expect(() => Config.of({ mode: 'test', documentTypes: 'pdf,exe' })).toThrow('DOCUMENT_TYPES');
  });
});
