import type { ExpectedDocument } from '../consultations/consultation-parts.js';

/** Which file of the draft answers which expected document: {label: file id}. One file may hold several of them. */
export type Checklist = Record<string, string>;

interface Named {
  id: string;
  name: string;
}

export interface ChecklistLine {
  label: string;
  /** Blank form to download. */
  form: { name: string; href: string } | null;
  file: Named | null;
  /** By its name, until the bidder says. */
  guessed: boolean;
}

const words = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((one) => one.length > 2);

/**
 * What the buyer expects, and what the draft holds of it. A missing document is said and never blocks: an incomplete bid is
 * the bidder's to file and the buyer's to have completed (R2144-2, R2152-2).
 * @param saved what the bidder said; null before the first time
 */
export function checklistOf(consultationId: string, expected: readonly ExpectedDocument[], files: readonly Named[], saved: Checklist | null): ChecklistLine[] {
  return expected.map(({ label, fileId, fileName }, index) => {
    const said = files.find((one) => one.id === saved?.[label]) ?? null;
    const guess = saved && label in saved ? null : guessOf(label, fileName, files);
    return {
      label,
      form: fileId ? { name: fileName ?? label, href: `/consultations/${consultationId}/attendus/${index}` } : null,
      file: said ?? guess,
      guessed: said === null && guess !== null,
    };
  });
}

/** A file named as the blank form, or whose name has every word of the document's. */
function guessOf(label: string, formName: string | null, files: readonly Named[]): Named | null {
  const wanted = words(label);
  const byForm = formName && files.find((one) => one.name.toLowerCase() === formName.toLowerCase());
  return byForm || (wanted.length > 0 && files.find((one) => wanted.every((word) => words(one.name).includes(word)))) || null;
}

/** The answers of the form, in the order of the documents; a file that has left the draft is no answer. */
export function checklistFrom(expected: readonly ExpectedDocument[], choices: readonly string[], files: readonly Named[]): Checklist {
  return Object.fromEntries(expected.map(({ label }, index) => [label, files.some((one) => one.id === choices[index]) ? (choices[index] ?? '') : '']));
}
