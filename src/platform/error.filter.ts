import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { DomainError, Invalid, NotFound, Refused, SignInNeeded, TooLarge, Unreadable } from './errors.js';
import type { Log } from './log.js';
import type { SessionReader } from './session-reader.js';
import { ownPath, type Req, type Res } from './web.js';

class Unexpected extends DomainError {
  readonly status: number = 500;
}

/** The only code that turns an error into a page or into problem+json. No stack trace leaves the server. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(
    private readonly log: Log,
    private readonly sessions: SessionReader,
    private readonly setCookie: (response: Res, token: string) => void,
  ) {}

  async catch(thrown: unknown, host: ArgumentsHost) {
    const request = host.switchToHttp().getRequest<Req>();
    const response = host.switchToHttp().getResponse<Res>();
    const error = this.understood(thrown);
    if (response.headersSent) {
      response.destroy(); // half a file is not a file
      return;
    }
    if (wantsJson(request)) {
      const { status, code, message } = error;
      const errors = error instanceof Invalid ? { errors: error.errors } : {};
      response.status(status).type('application/problem+json').send({ status, code, message, ...errors });
      return;
    }
    if (error instanceof SignInNeeded) {
      response.redirect(303, `/connexion?retour=${encodeURIComponent(request.method === 'GET' ? request.originalUrl : backOf(request))}`);
      return;
    }
    if (error instanceof Invalid) return this.backToTheForm(request, response, error);
    response.status(error.status).render('error', {
      title: TITLES[error.status] ?? 'Action refusée',
      status: error.status,
      code: error.code,
      message: error.message,
      back: request.method === 'GET' ? '/' : backOf(request),
      refused: error instanceof Refused,
    });
  }

  /** Back to the page where it was typed, with every value and one message per field. */
  private async backToTheForm(request: Req, response: Res, error: Invalid) {
    // A rule deep in the model knows its field, not the rest of the form: everything that was typed comes back.
    const all = { ...(request.body as Record<string, unknown> | undefined), ...error.typed };
    const typed = Object.fromEntries(Object.entries(all).filter(([name]) => name !== '_csrf' && !name.startsWith('password')));
    const flash = { errors: error.errors, typed };
    if (request.session) await this.sessions.flash(request.session.id, flash);
    else {
      const token = await this.sessions.open(null);
      const session = await this.sessions.read(token);
      if (session) await this.sessions.flash(session.id, flash);
      this.setCookie(response, token);
    }
    response.redirect(303, backOf(request));
  }

  private understood(thrown: unknown): DomainError {
    if (thrown instanceof DomainError) return thrown;
    if (thrown instanceof HttpException && thrown.getStatus() === 404) return new NotFound();
    // The body parsers and the router mark what the client did wrong with a 4xx of their own.
    const status = thrown instanceof HttpException ? thrown.getStatus() : (thrown as { status?: number } | null)?.status;
    if (status === 413) return new TooLarge('too-large', 'Ce que vous avez envoyé dépasse la taille acceptée par cette page.');
    if ((status !== undefined && status >= 400 && status < 500) || thrown instanceof URIError) return new Unreadable();
    this.log.error('unexpected', thrown);
    return new Unexpected('unexpected', 'Une erreur de notre côté a empêché cette action. Rien de ce qui a été accusé réception n’est perdu. Réessayez dans un instant.');
  }
}

const TITLES: Record<number, string> = {
  400: 'Demande illisible',
  403: 'Action réservée',
  404: 'Page introuvable',
  409: 'Action refusée',
  413: 'Envoi trop volumineux',
  429: 'Trop de demandes',
  500: 'Erreur de notre côté',
};

function wantsJson(request: Req) {
  return request.path.startsWith('/api/') || (request.headers.accept ?? '').startsWith('application/json');
}

/** The same-site page the form stood on. */
function backOf(request: Req): string {
  const referer = request.headers.referer;
  if (referer && URL.canParse(referer)) {
    const url = new URL(referer);
    if (url.host === request.headers.host) return ownPath(url.pathname + url.search);
  }
  return ownPath(request.path);
}
