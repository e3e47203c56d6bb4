// The edge rules of age v1 (https://age-encryption.org/v1): what a file may not be, judged by us and by the stock program.
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { bech32 } from '@scure/base';
import { generateIdentity, parseIdentity, parseRecipient, recipientOf } from '../../src/sealing/age-keys.js';
import { openBytes, openPart, sealBytes, UnreadablePart } from '../../src/sealing/part.js';
import { chunks, collect, KIB64 } from './bytes.js';
import { forged, type Forgery, stanza } from './forge.js';
import { openWithStockAge, stockAge, stockIdentity } from './stock-age.js';

let identity: string;
let recipient: string;

beforeAll(() => {
  identity = generateIdentity();
  recipient = recipientOf(identity);
});

const other = () => recipientOf(generateIdentity());
const full = randomBytes(KIB64);
/** Eight points of order 1, 2, 4 or 8, or equivalent: with any of them the secret is zero (RFC 7748, section 6.1). */
const LOW_ORDER = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
];

const RIGHT: Record<string, Forgery> = {
  'one block': {},
  'an empty payload': { blocks: [{ plain: Buffer.of(), count: 0, last: true }] },
  'a full last block': { blocks: [{ plain: full, count: 0, last: true }] },
  'two blocks': { blocks: [{ plain: full, count: 0, last: false }, { plain: Buffer.from('x'), count: 1, last: true }] },
  'a stanza of an unknown type before ours': { stanzas: ({ share, body }) => `-> grease ! \x7e some\n\n${stanza(share, body)}` },
  'an unknown stanza with a long body': { stanzas: ({ share, body }) => `-> joint\n${'A'.repeat(64)}\n\n${stanza(share, body)}` },
};

const WRONG: Record<string, Forgery> = {
  'an empty last block after a full one': { blocks: [{ plain: full, count: 0, last: false }, { plain: Buffer.of(), count: 1, last: true }] },
  'no last block': { blocks: [{ plain: full, count: 0, last: false }] },
  'a short block that is not the last': { blocks: [{ plain: Buffer.from('x'), count: 0, last: false }, { plain: Buffer.from('y'), count: 1, last: true }] },
  'two last blocks': { blocks: [{ plain: full, count: 0, last: true }, { plain: full, count: 1, last: true }] },
  'a counter that does not begin at zero': { blocks: [{ plain: full, count: 1, last: true }] },
  'a block repeated': { blocks: [{ plain: full, count: 0, last: false }, { plain: full, count: 0, last: false }, { plain: full, count: 1, last: true }] },
  'another version': { version: 'age-encryption.org/v2' },
  'no stanza': { stanzas: () => '' },
  'a stanza without a body': { stanzas: ({ share }) => `-> X25519 ${share}\n` },
  'a third argument': { stanzas: ({ share, body }) => stanza(`${share} more`, body) },
  'a missing argument': { stanzas: ({ body }) => `-> X25519\n${body}\n` },
  'two spaces between arguments': { stanzas: ({ share, body }) => stanza(share, body, 'X25519 ') },
  'a share with padding': { stanzas: ({ share, body }) => stanza(`${share}=`, body) },
  'a share of 31 bytes': { stanzas: ({ body }) => stanza('A'.repeat(42), body) },
  'a share that is not canonical base64': { stanzas: ({ share, body }) => stanza(`${share.slice(0, -1)}${nextLetter(share)}`, body) },
  'a body that is not canonical base64': { stanzas: ({ share, body }) => stanza(share, `${body.slice(0, -1)}${nextLetter(body)}`) },
  'a body of 33 bytes': { stanzas: ({ share, body }) => stanza(share, `${body}A`) },
  'a body wrapped too early': { stanzas: ({ share, body }) => stanza(share, `${body.slice(0, 20)}\n${body.slice(20)}`) },
  'a line of body too long': { stanzas: ({ share, body }) => `-> joint\n${'A'.repeat(68)}\n${stanza(share, body)}` },
  'a stanza with a malformed twin of ours': { stanzas: ({ share, body }) => `${stanza(share, 'AAAA')}${stanza(share, body)}` },
  'line ends of Windows': { stanzas: ({ share, body }) => stanza(share, `${body}\r`) },
  'an argument out of ASCII': { stanzas: ({ share, body }) => `-> gr\u00e9ase\n\n${stanza(share, body)}` },
  'a MAC with padding': { mac: (mac) => `${mac}=` },
  'a MAC that is not canonical base64': { mac: (mac) => `${mac.slice(0, -1)}${nextLetter(mac)}` },
  'a MAC of another file': { mac: (mac) => mac.toLowerCase().padEnd(43, 'A').slice(0, 43) },
  'a MAC cut': { mac: (mac) => mac.slice(0, 40) },
  'no MAC': { mac: () => '' },
  ...Object.fromEntries(LOW_ORDER.map((point, i): [string, Forgery] => [`a share of low order (${i + 1})`, { stanzas: ({ body }) => stanza(Buffer.from(point, 'hex').toString('base64').replace('=', ''), body) }])),
};

/** The letter that differs from the last one by the bits that base64 leaves unused. */
function nextLetter(text: string) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return alphabet[alphabet.indexOf(text.slice(-1)) + 1] ?? 'B';
}

describe('a file of age', () => {
  it.each(Object.entries(RIGHT))('with %s is opened, as by the stock program', async (_, right) => {
    const file = forged(recipient, right);
    const opened = openBytes(identity, file);
    expect(opened.equals(Buffer.concat((right.blocks ?? [{ plain: Buffer.from('offre') }]).map(({ plain }) => plain)))).toBe(true);
    expect((await collect(openPart(identity, chunks(file, 1_009)))).equals(opened)).toBe(true);
    if (stockAge) expect(openWithStockAge(identity, file)?.equals(opened)).toBe(true);
  });

  it.each(Object.entries(WRONG))('with %s is refused, as by the stock program', async (_, wrong) => {
    const file = forged(recipient, wrong);
    expect(() => openBytes(identity, file)).toThrow(UnreadablePart);
    await expect(collect(openPart(identity, chunks(file, 1_009)))).rejects.toThrow(UnreadablePart);
    if (stockAge) expect(openWithStockAge(identity, file)).toBeUndefined();
  });

  it('with an endless header is refused without being kept in memory', async () => {
    let asked = 0;
    async function* endless() {
      yield Buffer.from('age-encryption.org/v1\n');
      for (;;) {
        asked += 1;
        yield Buffer.from(`-> joint\n${'A'.repeat(20)}\n`.repeat(100));
      }
    }
    await expect(collect(openPart(identity, endless()))).rejects.toThrow(UnreadablePart);
    expect(asked).toBeLessThan(40);
  });

  it('sealed to several is opened by each', () => {
    const second = generateIdentity();
    const file = sealBytes([other(), recipient, recipientOf(second)], 'pli');
    for (const one of [identity, second]) expect(openBytes(one, file).toString()).toBe('pli');
    expect(() => openBytes(generateIdentity(), file)).toThrow(UnreadablePart);
  });
});

describe('a key of age', () => {
  it('is the one that age-keygen would print', () => {
    expect(identity).toMatch(/^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/);
    expect(recipient).toMatch(/^age1[02-9ac-hj-np-z]{58}$/);
    expect(new Set(Array.from({ length: 50 }, generateIdentity)).size).toBe(50);
    if (!stockAge) return;
    const stock = stockIdentity();
    expect(recipientOf(stock.identity)).toBe(stock.recipient);
  });

  it('with a typing error, cut, in the wrong case or of another kind is refused, and never quoted', () => {
    const swap = (text: string, at: number) => text.slice(0, at) + (text[at] === text[at].toLowerCase() ? (text[at] === 'q' ? 'p' : 'q') : text[at] === 'Q' ? 'P' : 'Q') + text.slice(at + 1);
    const short = bech32.encodeFromBytes('age', randomBytes(31));
    for (const wrong of ['', 'age1', recipient.toUpperCase(), swap(recipient, 20), recipient.slice(0, -1), identity, short, bech32.encodeFromBytes('agx', randomBytes(32))]) {
      expect(() => parseRecipient(wrong)).toThrow();
    }
    for (const wrong of [identity.toLowerCase(), swap(identity, 30), identity.slice(0, -1), `${identity}Q`, recipient]) {
      let said = '';
      try {
        parseIdentity(wrong);
      } catch (error) {
        said = inspect(error);
      }
      expect(said).toMatch(/^Error: /);
      expect(said).not.toContain(wrong.slice(17, 40));
    }
  });

  it('of low order is not sealed to: everybody could open', () => {
    for (const point of LOW_ORDER) {
      const evil = bech32.encodeFromBytes('age', Buffer.from(point, 'hex'));
      expect(() => sealBytes([evil], 'pli')).toThrow();
    }
  });
});
