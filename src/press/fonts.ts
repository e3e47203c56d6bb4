import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

// Marianne is reserved for the State’s own sites (domain.md 4.5): Public Sans and Spectral are free (OFL) and hold all of French.
// Two alphabets each: the second one, for Łukasz or Šárka, is decoded only by the letters that need it.
const LATIN = 'U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD';
const EXTENDED = 'U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113';

const FACES = [
  { family: 'Public Sans', folder: 'public-sans', weight: 400, style: 'normal' },
  { family: 'Public Sans', folder: 'public-sans', weight: 700, style: 'normal' },
  { family: 'Spectral', folder: 'spectral', weight: 400, style: 'italic' },
];

let read: string | undefined;

/** The letters’ fonts as data: addresses. Read once: the page that prints can reach neither the disk nor the network. */
export function embeddedFonts(): string {
  read ??= FACES.flatMap((face) => [rule(face, 'latin', LATIN), rule(face, 'latin-ext', EXTENDED)]).join('\n');
  return read;
}

function rule({ family, folder, weight, style }: (typeof FACES)[number], alphabet: string, range: string): string {
  const file = require.resolve(`@fontsource/${folder}/files/${folder}-${alphabet}-${weight}-${style}.woff2`);
  const source = `url(data:font/woff2;base64,${readFileSync(file).toString('base64')}) format('woff2')`;
  return `@font-face{font-family:'${family}';font-weight:${weight};font-style:${style};font-display:block;src:${source};unicode-range:${range}}`;
}
