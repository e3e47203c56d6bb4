import { Transform } from 'class-transformer';
import { ValidateBy, type ValidationOptions } from 'class-validator';
import { frenchNumber } from './templates.js';
import { isDay } from './working-days.js';

// What people type in fields, read the same way everywhere.

export const tooLong = (what: string, max: number) => ({ message: `${what} : ${max} caractères au plus.` });

/** Paragraphs are separated by a blank line. */
export const paragraphsOf = (typed: string) => typed.split(/\n\s*\n/).map((text) => text.replace(/\s*\n\s*/g, ' ').trim()).filter(Boolean);
export const linesOf = (typed: string) => typed.split('\n').map((text) => text.trim()).filter(Boolean);

/** « 24 000 », « 24 000,50 »: euros, below a thousand billions: its cents are exact integers. */
export const MONEY = /^\d{1,3}([ \u00a0\u202f]?\d{3}){0,3}([.,]\d{1,2})?$/;

/** « 24 000,50 » in cents. */
export function centsOf(typed: string): number {
  const [whole = '', fraction = ''] = typed.replace(/[ \u00a0\u202f]/g, '').replace(',', '.').split('.');
  return Number(whole) * 100 + Number(fraction.padEnd(2, '0'));
}

export const centsOrNull = (typed: string) => (typed === '' ? null : centsOf(typed));
export const numberOrNull = (typed: string) => (typed === '' ? null : Number(typed));

/** Cents as they are typed again in a form. */
export const eurosTyped = (cents: number | null) => (cents === null ? '' : frenchNumber(Math.floor(cents / 100)) + (cents % 100 ? `,${String(cents % 100).padStart(2, '0')}` : ''));
/** Cents as they are read: « 24 000,50 € ». */
export const inEuros = (cents: number | null) => (cents === null ? null : `${eurosTyped(cents)}\u00a0€`);

/** One box checked, several, or none. */
export const Many = () => Transform(({ value }: { value: unknown }) => (value === undefined || value === '' ? [] : Array.isArray(value) ? value : [value]));

/** A day of a date field, `YYYY-MM-DD`; `''` when it may be left out. */
export function IsCalendarDay(message: string, options: ValidationOptions & { optional?: boolean } = {}) {
  return ValidateBy(
    { name: 'isCalendarDay', validator: { validate: (value: unknown) => typeof value === 'string' && ((options.optional === true && value === '') || isDay(value)) } },
    { message },
  );
}
