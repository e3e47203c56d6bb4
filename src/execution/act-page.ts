import { NotFound } from '../platform/errors.js';

export interface ActPage {
  /** Which fields: `templates/pages/execution/act.hbs`. */
  act: string;
  title: string;
  /** After `/marches/:id/execution`. */
  path: string;
  back: string;
  allowed: boolean;
  label: string;
  multipart?: boolean;
  maxBytes?: number;
  about?: unknown;
}

/** One form, one page: an error stands beside its own field, and the phone shows one thing. */
export const actPage = <View extends { base: string }>(view: View, { path, back, ...page }: ActPage) => ({ ...view, ...page, action: view.base + path, backHref: view.base + back });

export function numbered<T extends { number: number }>(rows: readonly T[], number: number): T {
  const one = rows.find((row) => row.number === number);
  if (!one) throw new NotFound();
  return one;
}
