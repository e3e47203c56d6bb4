import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { Actor } from './actor.js';
import { discard } from './body.js';
import { machineNow } from './clock.js';
import { errorWords } from './error-words.js';
import { DomainError, Invalid, NotFound, Refused, SignInNeeded, TooLarge, Unavailable, Unreadable, TooMany } from './errors.js';
import { type Held, typedIn } from './held.js';
import type { Log } from './log.js';
import { isPassing } from './passing.js';
import { sha256 } from './random.js';
import type { SessionReader } from './session-reader.js';
import { ownPath, queryText, type Req, type Res, visitorOf } from './web.js';

class Unexpected extends DomainError {
  readonly status = 500;

  constructor(readonly reference: string) {
    super('unexpected', 'Une erreur de notre côté a empêché cette action. Rien de ce qui a été accusé réception n’est perdu.');
  }
}

/** Of the machine, for the moment: the same request may be sent again, and a program is told so (Retry-After). */
class TryAgain extends DomainError {
  readonly status = 503;

  constructor(readonly reference: string) {
    super('try-again', 'La plateforme ne peut rien enregistrer pour le moment. Rien de ce qui a été accusé réception n’est perdu : recommencez dans quelques instants.');
  }
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
    discard(request);
    if (response.headersSent) {
      response.destroy(); // half a file is not a file
      return;
    }
    if (error instanceof Unavailable) response.set('retry-after', '300');
    if (error instanceof TooMany) response.set('retry-after', '60');
    if (error instanceof TryAgain) response.set('retry-after', '10');
    if (wantsJson(request)) {
      const { status, code, message } = error;
      const errors = error instanceof Invalid ? { errors: error.errors } : {};
      response.status(status).type('application/problem+json').send({ status, code, message, ...errors });
      return;
    }
    if (error instanceof SignInNeeded) return this.askToSignIn(request, response);
    if (error instanceof Invalid) return this.backToTheForm(request, response, error);
    const { title, advice } = errorWords(error instanceof TryAgain ? error.code : error.status);
    response.status(error.status).render('error', {
      title,
      advice,
      status: error.status,
      code: error.code,
      message: error.message,
      reference: error instanceof Unexpected || error instanceof TryAgain ? error.reference : undefined,
      backTo: request.method === 'GET' ? '/' : backOf(request),
      refused: error instanceof Refused,
    });
  }

  /** To the sign-in page, and from there back to where the person was, with what they had typed when it was really theirs. */
  private async askToSignIn(request: Req, response: Res) {
    const path = request.method === 'GET' ? request.originalUrl : backOf(request);
    const owner = request.method === 'GET' ? null : await this.sessions.ownerOf(request.sessionToken, queryText((request.body as { _csrf?: unknown } | undefined)?._csrf));
    const typed = typedIn(request.body);
    if (owner && Object.keys(typed).length > 0) {
      const held: Held = { path, owner, typed };
      await this.flashTo(request, response, { held, ended: true });
    }
    response.redirect(303, `/connexion?retour=${encodeURIComponent(path)}`);
  }

  /** Back to the page where it was typed, with every value and one message per field. */
  private async backToTheForm(request: Req, response: Res, error: Invalid) {
    // A rule deep in the model knows its field, not the rest of the form: everything that was typed comes back.
    const typed = typedIn({ ...(request.body as Record<string, unknown> | undefined), ...error.typed }, visitorOf(request) === Actor.anonymous ? 'stranger' : 'person');
    await this.flashTo(request, response, { errors: error.errors, typed });
    response.redirect(303, backOf(request));
  }

  private async flashTo(request: Req, response: Res, flash: Record<string, unknown>) {
    if (request.session) return this.sessions.flash(request.session.id, flash);
    const token = await this.sessions.open(null);
    const session = await this.sessions.read(token);
    if (session) await this.sessions.flash(session.id, flash);
    this.setCookie(response, token);
  }

  private understood(thrown: unknown): DomainError {
    if (thrown instanceof DomainError) return thrown;
    if (thrown instanceof HttpException && thrown.getStatus() === 404) return new NotFound();
    // The body parsers and the router mark what the client did wrong with a 4xx of their own.
    const status = thrown instanceof HttpException ? thrown.getStatus() : (thrown as { status?: number } | null)?.status;
    if (status === 413) return new TooLarge('too-large', 'Ce que vous avez envoyé dépasse la taille acceptée par cette page.');
    if ((status !== undefined && status >= 400 && status < 500) || thrown instanceof URIError) return new Unreadable();
    // Enough to find the line in the log, and nothing else.
    const reference = sha256(`${machineNow().toISOString()} ${String(thrown)}`).slice(0, 8);
    const passing = isPassing(thrown);
    this.log.error(`${passing ? 'unavailable' : 'unexpected'} ${reference}`, thrown);
    return passing ? new TryAgain(reference) : new Unexpected(reference);
  }
}

function wantsJson(request: Req) {
  // The tus protocol is spoken by programs.
  const program = request.headers['tus-resumable'] !== undefined || (request.headers.accept ?? '').startsWith('application/json');
  return program || request.path.toLowerCase().startsWith('/api/');
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
