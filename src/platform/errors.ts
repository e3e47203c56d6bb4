/** What went wrong in one field of a form, in French, beside the field. */
export interface FieldError {
  field: string;
  message: string;
}

/** An answer the product means to give. Anything else that is thrown is a bug: logged, shown as a bare 500. */
export abstract class DomainError extends Error {
  abstract readonly status: number;

  constructor(
    readonly code: string,
    message: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

/** What one may not see does not exist, in looks and acts alike (decisions.md 5). */
export class NotFound extends DomainError {
  readonly status = 404;

  constructor(message = 'Cette page n’existe pas, ou n’est pas pour vous.') {
    super('not-found', message);
  }
}

/** For those who may see but not do. */
export class Forbidden extends DomainError {
  readonly status = 403;

  constructor(message = 'Votre rôle ne permet pas cette action.') {
    super('forbidden', message);
  }
}

/** A rule said no. */
export class Refused extends DomainError {
  readonly status = 409;
}

/** Nobody is signed in, or the session has ended. */
export class SignInNeeded extends DomainError {
  readonly status = 401;

  constructor(message = 'Identifiez-vous pour continuer.') {
    super('sign-in-needed', message);
  }
}

/** A request that cannot even be read: broken JSON, multipart without a boundary, an unknown charset. */
export class Unreadable extends DomainError {
  readonly status = 400;

  constructor(message = 'La demande n’a pas pu être lue. Rechargez la page, puis recommencez.') {
    super('bad-request', message);
  }
}

/** A body or a file over the announced limit. */
export class TooLarge extends DomainError {
  readonly status = 413;
}

export class TooMany extends DomainError {
  readonly status = 429;
}

/** Closed by the operator, for a while. */
export class Unavailable extends DomainError {
  readonly status = 503;

  constructor(sentence = '') {
    super('maintenance', ['Souspli est en maintenance : rien ne peut être lu ni déposé pour le moment.', sentence].filter(Boolean).join(' '));
  }
}

/** A form with at least one wrong field. */
export class Invalid extends DomainError {
  readonly status = 422;

  constructor(
    readonly errors: FieldError[],
    readonly typed: Record<string, unknown> = {},
  ) {
    super('invalid', errors.map((error) => error.message).join(' '));
  }

  static field(field: string, message: string, typed: Record<string, unknown> = {}) {
    return new Invalid([{ field, message }], typed);
  }
}
