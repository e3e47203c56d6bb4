import { type ArgumentMetadata, createParamDecorator, type ExecutionContext, Injectable, Param, ParseIntPipe, type PipeTransform, SetMetadata, type Type } from '@nestjs/common';
import { plainToInstance, Transform } from 'class-transformer';
import { Allow, type ValidationError, validateSync } from 'class-validator';
import type { Request, Response } from 'express';
import { Actor } from './actor.js';
import { type FieldError, Invalid, NotFound } from './errors.js';
import type { CurrentSession } from './session-reader.js';

/** What the middlewares leave on a request. */
export interface Visit {
  session?: CurrentSession;
  sessionToken?: string;
  /** Legal instant at which the whole body had arrived, before the session was looked up (decisions.md 4). */
  arrivedAt?: Date;
}
export type Req = Request & Visit;
export type Res = Response;

export const PUBLIC = 'souspli:public';
/** A route for everybody. All others answer signed-in people only. */
export const Public = () => SetMetadata(PUBLIC, true);

export function visitorOf(request: Visit): Actor {
  return request.session?.actor ?? Actor.anonymous;
}

/** The actor of the request. */
export const Who = createParamDecorator((_: unknown, context: ExecutionContext) => visitorOf(context.switchToHttp().getRequest<Req>()));

/** The instant of arrival; for deposits and withdrawals only. */
export const Arrival = createParamDecorator((_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<Req>().arrivedAt);

/** A whole number of the path; anything else is a page that does not exist. */
export const Whole = (name: string) => Param(name, new ParseIntPipe({ exceptionFactory: () => new NotFound() }));

/** Reads a body into a form: trimmed, validated, unknown fields left out; or `Invalid`, with everything that was typed. */
@Injectable()
export class As<T extends object> implements PipeTransform {
  constructor(private readonly form: Type<T>) {}

  transform(body: unknown, _: ArgumentMetadata): T {
    const typed = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
    const form = plainToInstance(this.form, typed, { exposeDefaultValues: true });
    const faults = validateSync(form, { whitelist: true, stopAtFirstError: true });
    if (faults.length > 0) throw new Invalid(faults.flatMap((fault) => fieldErrors(fault)), typed);
    return form;
  }
}

function fieldErrors(fault: ValidationError, prefix = ''): FieldError[] {
  const field = `${prefix}${fault.property}`;
  const own = Object.values(fault.constraints ?? {}).map((message) => ({ field, message }));
  return [...own, ...(fault.children ?? []).flatMap((child) => fieldErrors(child, `${field}.`))];
}

/** Text typed by a person: no blank at the ends, no control character, NFC. A field with no other rule is a field all the same. */
export const Trimmed = (): PropertyDecorator => (target, key) => {
  Allow()(target, key);
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? cleanText(value) : ''))(target, key);
};

export function cleanText(value: string): string {
  // Control characters other than tab and line feed have no place in a letter; \r\n comes from text areas. Neither have those that
  // turn the direction of what follows: they show another name than the one that is kept. A right-to-left script needs none of them.
  // oxlint-disable-next-line no-control-regex
  return value.normalize('NFC').replace(/\r\n?/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, '').trim();
}

/** 303: the browser reads the page after the act with GET; that page says once what was done (DoneInterceptor). */
export function seeOther(url: string, done?: string) {
  return { url, statusCode: 303, ...(done ? { done } : {}) };
}

/** A value of the query string: a repeated or nested one is no text. */
export const queryText = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 200) : '');

/** The number after which a list goes on; anything that is no whole number of a table starts it. */
export const queryRank = (value: unknown): number => (/^\d{1,9}$/.test(queryText(value)) ? Number(value) : 0);

/** A path of ours, never another site: for « retour » parameters. */
export function ownPath(value: unknown, fallback = '/'): string {
  return typeof value === 'string' && /^\/(?![/\\])[^\s\\]*$/.test(value) ? value : fallback;
}
