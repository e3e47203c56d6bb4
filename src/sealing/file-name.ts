const MAX_LENGTH = 200;
const MAX_EXTENSION = 20;
/** Controls, invisible formatting (bidi overrides included), lone halves of surrogate pairs, line separators. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** The joiner that makes 👩‍🔧 of 👩 and 🔧 is a format character too: kept between two pictures, nowhere else. */
const JOINER = /(?<=\p{Extended_Pictographic}(?:\u{FE0F}|\p{Emoji_Modifier})?)\u200D(?=\p{Extended_Pictographic})/gu;
/** Stands for the joiner meanwhile: a noncharacter, never valid in a text that is exchanged. */
const KEPT = '\u{FFFF}';

/**
 * A name as the receipt and the minutes will show it. It is data, never a path; but a right-to-left override
 * (`devis\u202Efdp.exe`) or a line break would make people read another name than the one deposited.
 */
export function cleanFileName(raw: string): string {
  let name = raw;
  // What one step removes may bring together what another step changes: repeated until nothing changes.
  for (let next = pass(name); next !== name; next = pass(name)) name = next;
  return name;
}

function pass(raw: string): string {
  const visible = raw.replaceAll(KEPT, '').replace(JOINER, KEPT).replace(INVISIBLE, '').replaceAll(KEPT, '\u200D');
  const last = visible.normalize('NFC').split(/[/\\]/).map((part) => part.trim()).filter(Boolean).at(-1) ?? '';
  return /^\.*$/.test(last) ? 'fichier' : shortened(last);
}

/** Counted in code points, so as not to cut an emoji in two; the extension says what opens the file. */
function shortened(name: string): string {
  const points = [...name];
  if (points.length <= MAX_LENGTH) return name;
  const dot = points.lastIndexOf('.');
  const extension = dot > 0 && points.length - dot <= MAX_EXTENSION ? points.slice(dot) : [];
  return [...points.slice(0, MAX_LENGTH - extension.length), ...extension].join('');
}
