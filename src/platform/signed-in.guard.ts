import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { timingSafeEqual } from 'node:crypto';
import { Actor } from './actor.js';
import { Forbidden, Invalid, SignInNeeded } from './errors.js';
import { PUBLIC, type Req, visitorOf } from './web.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A route answers signed-in people only unless it says @Public(); an unsafe request comes from our own pages. */
@Injectable()
export class SignedInGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly baseUrl: string,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Req>();
    const open = this.reflector.getAllAndOverride<boolean>(PUBLIC, [context.getHandler(), context.getClass()]);
    if (!open && visitorOf(request) === Actor.anonymous) throw new SignInNeeded();
    if (!SAFE.has(request.method)) this.refuseForgery(request);
    return true;
  }

  /** Fetch metadata first, Origin for browsers without it, and the session's own token on top. */
  private refuseForgery(request: Req) {
    const [kind, token] = (request.headers.authorization ?? '').split(' ');
    // Not sent by browsers on their own; beside a cookie it proves nothing.
    if (kind === 'Bearer' && token && (token === request.sessionToken || !request.headers.cookie)) return;
    const site = request.headers['sec-fetch-site'];
    const origin = request.headers.origin;
    const foreign = site ? site !== 'same-origin' && site !== 'none' : origin ? !this.isOurs(origin, request) : false;
    if (foreign) throw new Forbidden('Cette demande vient d’un autre site : elle n’a pas été exécutée.');
    if (request.session && !sameToken(tokenOf(request), request.session.csrf)) {
      // Our own page, of an earlier session: not executed, and nothing typed is lost.
      const own = site === 'same-origin' && request.is('application/x-www-form-urlencoded');
      if (own) throw Invalid.field('', 'Cette page datait d’une session précédente : vérifiez ce que vous aviez saisi, puis envoyez de nouveau.');
      throw new Forbidden('Cette page a expiré. Rechargez-la, puis recommencez : rien n’a été enregistré.');
    }
  }

  private isOurs(origin: string, request: Req) {
    return origin === new URL(this.baseUrl).origin || origin.replace(/^https?:\/\//, '') === request.headers.host;
  }
}

/** Multipart bodies are streamed by their handler: their token travels in the query. */
function tokenOf(request: Req): string {
  const body = request.body as { _csrf?: unknown } | undefined;
  const token = request.headers['x-csrf-token'] ?? body?._csrf ?? request.query._csrf;
  return typeof token === 'string' ? token : '';
}

function sameToken(given: string, expected: string) {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
