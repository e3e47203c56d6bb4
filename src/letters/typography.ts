// French typography of what people type (Imprimerie nationale, domain.md 4.6). Code points are written as escapes: they look alike.

const NBSP = '\u00a0';
const NARROW = '\u202f';
/** Any blank that stays on its line. */
const GAP = '[ \\t\\u00a0\\u202f\\u2009]';

/**
 * What must come out as it went in: addresses, e-mail addresses, hours, registry numbers, code.
 * An address ends before the punctuation that closes the sentence.
 */
const UNTOUCHED = new RegExp(
  [
    '`[^`\\n]*`', // code
    '\\b[a-z][a-z0-9+.-]*://[^\\s<>«»"]*[^\\s<>«»".,;:!?)\\]\\u2026\']',
    '\\bwww\\.[^\\s<>«»"]*[^\\s<>«»".,;:!?)\\]\\u2026\']',
    '\\bmailto:[^\\s<>«»"]*[^\\s<>«»".,;:!?)\\]]',
    '[\\w.+%-]+@[\\w-]+(?:\\.[\\w-]+)+', // e-mail
    `\\b\\d{1,2}${GAP}?[h:]${GAP}?\\d{2}(?::\\d{2})?(?!\\d)`, // 23:59, 23h59, 23 h 59
    `\\b(?:\\d{3}${GAP}){3}\\d{5}\\b`, // SIRET in groups
    `(?:SIREN|SIRET)${GAP}*:?${GAP}*\\d{3}(?:${GAP}?\\d{3}){2}(?:${GAP}?\\d{5})?`,
  ].join('|'),
  'giu',
);

const MONTHS = 'janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre';
const UNITS = '%|‰|€|k€|M€|km|m²|m|kg|g|h|min|s|ko|Mo|Go|°C|ans?|mois|jours?|semaines?|heures?|minutes?|euros?|personnes?|points?|pages?';

const RULES: [RegExp, string][] = [
  [/\.\.\.+/g, '…'],
  [/(?<=\p{L})['\u2018\u02bc](?=[\p{L}\d«"])/gu, '’'],
  // A pair of straight quotes on one line; an odd one stays as it was typed.
  [/"([^"\n]*[^"\s][^"\n]*)"/g, '«$1»'],
  [new RegExp(`«${GAP}*`, 'g'), `«${NARROW}`],
  [new RegExp(`${GAP}*»`, 'g'), `${NARROW}»`],
  // High punctuation, with or without the space that was typed; not inside « ?! », not at the start of a line.
  [new RegExp(`(?<=[\\p{L}\\p{N})\\]»%€’…*\ue000])${GAP}*([;!?])(?=[\\s;!?»)\\].,…]|$)`, 'gu'), `${NARROW}$1`],
  [new RegExp(`(?<=[\\p{L}\\p{N})\\]»%€…\ue000])${GAP}*:(?=\\s|$|${NBSP})`, 'gu'), `${NBSP}:`],
  // « 300 000 », « 1 234 567 »; nine digits alone may be a SIREN and stay.
  [new RegExp(`(?<![\\d.,][ ]?)\\b(\\d{1,3})${GAP}(\\d{3})(?=${GAP}?(?:${UNITS})(?![\\p{L}\\d]))`, 'gu'), `$1${NARROW}$2`],
  [new RegExp(`(?<!\\d${GAP}?)\\b(\\d{1,3})${GAP}(\\d{3})\\b(?!${GAP}?\\d)`, 'gu'), `$1${NARROW}$2`],
  [new RegExp(`(?<!\\d${GAP}?)\\b(\\d{1,2})${GAP}(\\d{3})${GAP}(\\d{3})\\b(?!${GAP}?\\d)`, 'gu'), `$1${NARROW}$2${NARROW}$3`],
  [new RegExp(`(?<=\\d)${GAP}*(%|€|k€|M€)`, 'gu'), `${NBSP}$1`],
  [new RegExp(`(?<=\\d)${GAP}+(?=(?:${UNITS})(?![\\p{L}\\d]))`, 'gu'), NBSP],
  [new RegExp(`\\b(n[°º]|N[°º])${GAP}*(?=\\d)`, 'g'), `n°${NBSP}`],
  [new RegExp(`\\b(art\\.|article|articles|p\\.|chap\\.|annexe|lot|département|page)${GAP}+(?=[LRDA]?\\.?${GAP}?\\d)`, 'gu'), `$1${NBSP}`],
  [new RegExp(`\\b([LRDA]\\.)${GAP}*(?=\\d{3,4}-\\d)`, 'g'), `$1${NBSP}`],
  [new RegExp(`(?<![\\p{L}.])(M\\.|MM\\.|Mme|Mmes|Mlle|Dr|Me)${GAP}+(?=\\p{Lu})`, 'gu'), `$1${NBSP}`],
  [new RegExp(`\\b(1er|\\d{1,2})${GAP}+(?=(?:${MONTHS})(?!\\p{L}))`, 'gu'), `$1${NBSP}`],
  [new RegExp(`^[-–—\\u2022]${GAP}+`, 'gm'), `–${NBSP}`],
  [/(?<=\S) [-—] (?=\S)/g, ' – '],
  [/ {2,}/g, ' '],
];

/**
 * The text as a French compositor would set it. Idempotent. Line breaks are kept; addresses, e-mail addresses, hours,
 * SIRET numbers and code come out as they went in.
 */
export function typeset(text: string): string {
  // Odd quotes pair otherwise once their neighbours have changed: read again until nothing moves, each time with fewer of them.
  const set = once(text);
  return set === text ? set : typeset(set);
}

function once(text: string): string {
  const kept: string[] = [];
  // A private character holds the place: no rule sees it as a letter or a digit but where a word would stand.
  const held = text.replaceAll('\ue000', '').replace(UNTOUCHED, (found) => {
    kept.push(found);
    return '\ue000';
  });
  const set = RULES.reduce((now, [wrong, right]) => now.replace(wrong, right), held);
  return set.replace(/\ue000/g, () => kept.shift() ?? '');
}

/** Every text of a letter's data but those named: addresses and identifiers are not prose. */
export function typesetAll<T>(data: T, except: ReadonlySet<string> = NOT_PROSE): T {
  if (typeof data === 'string') return typeset(data) as T;
  if (Array.isArray(data)) return data.map((one: unknown) => typesetAll(one, except)) as T;
  if (data === null || typeof data !== 'object' || data instanceof Date) return data;
  const copy = Object.create(Object.getPrototypeOf(data) as object | null) as Record<string, unknown>;
  for (const [key, value] of Object.entries(data)) copy[key] = except.has(key) ? value : typesetAll(value, except);
  return copy as T;
}

const NOT_PROSE: ReadonlySet<string> = new Set(['email', 'phone', 'platformUrl', 'reference', 'date', 'name', 'lines', 'inFine', 'brandLabel', 'motto']);
