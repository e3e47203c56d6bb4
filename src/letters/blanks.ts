import 'reflect-metadata'; // read by @Type as this file loads, before any of Nest is there
import { plainToInstance, Type } from 'class-transformer';
import { ArrayNotEmpty, IsArray, IsDefined, IsOptional, Matches, ValidateNested, validateSync, type ValidationError } from 'class-validator';

// The blanks of a document: every one is filled in, or the document does not leave.

const together =
  (...decorators: PropertyDecorator[]): PropertyDecorator =>
  (target, key) =>
    decorators.forEach((decorate) => decorate(target, key));

export const lacks = (blank: string) => ({ message: `il manque ${blank}` });
export const Filled = (blank: string) => Matches(/\S/, lacks(blank));
export const Lines = (blank: string) => together(ArrayNotEmpty(lacks(blank)), LinesOrNone(blank));
export const LinesOrNone = (blank: string) => together(IsArray(lacks(blank)), Matches(/\S/, { each: true, ...lacks(blank) }));
export const Part = (type: () => new () => object, blank: string) => together(Type(type), IsDefined(lacks(blank)), ValidateNested(lacks(blank)));
export const PartsOrNone = (type: () => new () => object, blank: string) => together(Type(type), IsArray(lacks(blank)), ValidateNested({ each: true, ...lacks(blank) }));
export const Parts = (type: () => new () => object, blank: string) => together(ArrayNotEmpty(lacks(blank)), PartsOrNone(type, blank));

/** Around every document. The label’s gender and the signatory’s are independent: « PRÉFET » over « La Préfète ». */
export class DocumentFrame {
  @Lines('le libellé du bloc-marque') brandLabel!: string[];
  @Lines('la devise') motto!: string[];
  @Lines('le service') service!: string[];
  @Lines('l’adresse du pied de page') footer!: string[];
  /** « Scénario fictif : aucun de ces dépôts n’a eu lieu ». */
  @IsOptional() @Filled('l’avertissement') notice?: string;
}

/**
 * A letter leaves with every blank filled in, or does not leave. The data is an instance of its class; its parts may be plain.
 * @throws Error with one line per blank
 */
export function checkLetter<T extends object>(data: T): T {
  const whole = plainToInstance(data.constructor as new () => T, data);
  const blanks = validateSync(whole).flatMap((fault) => blanksOf(fault));
  if (blanks.length > 0) throw new Error(`Cette lettre ne peut pas partir :\n- ${[...new Set(blanks)].join('\n- ')}`);
  return whole;
}

function blanksOf({ property, constraints = {}, children = [] }: ValidationError, above = ''): string[] {
  const path = `${above}${property}`;
  return [...Object.values(constraints).map((text) => `${text} (${path})`), ...children.flatMap((child) => blanksOf(child, `${path}.`))];
}
