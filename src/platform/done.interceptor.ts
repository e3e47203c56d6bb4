import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { mergeMap } from 'rxjs';
import { heldIn } from './held.js';
import { SessionReader } from './session-reader.js';
import type { Req } from './web.js';

/** After an act, the page that follows says what was done, once: `seeOther(url, 'Les lettres sont parties.')`. */
@Injectable()
export class DoneInterceptor implements NestInterceptor {
  constructor(private readonly sessions: SessionReader) {}

  intercept(context: ExecutionContext, next: CallHandler) {
    const { session } = context.switchToHttp().getRequest<Req>();
    return next.handle().pipe(
      mergeMap(async (result: unknown) => {
        const done = sentenceOf(result);
        const held = heldIn(session);
        if (done && session) await this.sessions.flash(session.id, { ...(held ? { held } : {}), done });
        return result;
      }),
    );
  }
}

const sentenceOf = (result: unknown) => (typeof result === 'object' && result !== null && 'done' in result && 'statusCode' in result && typeof result.done === 'string' ? result.done : null);
