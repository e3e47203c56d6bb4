import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import Handlebars from 'handlebars';
import { frenchDate, frenchDay, frenchHour, inFrench, onOtherClocks, preciseFrench, zoneInFrench } from './dates.js';

type Data = Record<string, unknown>;

/** Mails in plain text are not HTML: « & » stays « & ». */
const PLAIN_TEXT = /(\.text|-text)$/;

/** « 8,4 Mo »: decimal units, as announced to bidders. */
export function frenchBytes(n: number): string {
  if (n < 1000) return `${n}\u00a0octet${n > 1 ? 's' : ''}`;
  const units = ['ko', 'Mo', 'Go'];
  const power = Math.min(Math.floor(Math.log10(n) / 3), 3);
  const value = n / 1000 ** power;
  return `${value.toFixed(value < 10 ? 1 : 0).replace('.', ',').replace(',0', '')}\u00a0${units[power - 1]}`;
}

/** « 300 000 » with narrow no-break spaces. */
export function frenchNumber(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
}

/** HTML of our own files, written as it is; never anything that a person typed. */
export const trustedHtml = (html: string) => new Handlebars.SafeString(html);

/** Every template of `templates/`, compiled at the start; a partial is named by its path. */
export class Templates {
  private readonly engine = Handlebars.create();
  private readonly compiled = new Map<string, Handlebars.TemplateDelegate<Data>>();

  constructor(root: string) {
    for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.hbs')) continue;
      const name = relative(root, join(root, file)).replace(/\.hbs$/, '').replaceAll('\\', '/');
      const source = readFileSync(join(root, file), 'utf8');
      this.engine.registerPartial(name, source);
      // preventIndent: an indented partial would otherwise add blanks inside what a person typed in a text area.
      this.compiled.set(name, this.engine.compile<Data>(source, { preventIndent: true, noEscape: PLAIN_TEXT.test(name) }));
    }
    this.registerHelpers();
  }

  /** HTML or text of `templates/<name>.hbs`. */
  render(name: string, data: object): string {
    const template = this.compiled.get(name);
    if (!template) throw new Error(`No template ${name}`);
    return template(data as Data, { allowProtoPropertiesByDefault: false });
  }

  names(folder: string): string[] {
    return [...this.compiled.keys()].filter((name) => name.startsWith(`${folder}/`));
  }

  private registerHelpers() {
    const at = (value: unknown) => (value instanceof Date ? value : new Date(String(value)));
    const zone = (value: unknown) => (typeof value === 'string' ? value : 'Europe/Paris');
    const all = (values: unknown[]) => values.slice(0, -1); // the last argument is Handlebars' own
    this.engine.registerHelper({
      eq: (a: unknown, b: unknown) => a === b,
      // The first falsy value, null and undefined included, else the last one.
      and: (...values: unknown[]) => all(values).reduce((before, value) => before && value),
      or: (...values: unknown[]) => all(values).find(Boolean),
      not: (value: unknown) => !value,
      holds: (values: unknown, value: unknown) => [values].flat().includes(value),
      array: (...values: unknown[]) => all(values),
      object: (options: { hash: Record<string, unknown> }) => ({ ...options.hash }),
      json: (value: unknown) => JSON.stringify(value),
      iso: (value: unknown) => (value ? at(value).toISOString() : ''),
      inFrench: (value: unknown, timeZone: unknown) => (value ? inFrench(at(value), zone(timeZone)) : ''),
      precise: (value: unknown, timeZone: unknown) => (value ? preciseFrench(at(value), zone(timeZone)) : ''),
      day: (value: unknown, timeZone: unknown) => (value ? frenchDay(at(value), zone(timeZone)) : ''),
      date: (value: unknown, timeZone: unknown) => (value ? frenchDate(at(value), zone(timeZone)) : ''),
      hour: (value: unknown, timeZone: unknown) => (value ? frenchHour(at(value), zone(timeZone)) : ''),
      /** The same instant on the reader's clocks, or nothing when they show the same hour. */
      onMyClocks: (value: unknown, timeZone: unknown, options: { data: { root: { readerZone?: string | null } } }) => (value ? onOtherClocks(at(value), zone(timeZone), options.data.root.readerZone) : null),
      zoneName: (timeZone: unknown) => zoneInFrench(zone(timeZone)),
      bytes: (value: unknown) => frenchBytes(Number(value)),
      // Named so that no field of a view is hidden: helpers win over data.
      digits: (value: unknown) => frenchNumber(Number(value)),
      count: (n: unknown, singular: unknown, plural: unknown) =>
        `${frenchNumber(Number(n))}\u00a0${String(Number(n) > 1 ? plural : singular)}`,
      concat: (...values: unknown[]) => all(values).join(''),
    });
  }
}
