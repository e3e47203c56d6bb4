import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor, StreamableFile } from '@nestjs/common';
import { once } from 'node:events';
import { ReadStream } from 'node:fs';
import { mergeMap } from 'rxjs';

/** A file is opened before its answer begins: one that cannot be read is then an error like any other, with its page and its reference. */
@Injectable()
export class StreamedInterceptor implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler) {
    return next.handle().pipe(
      mergeMap(async (result: unknown) => {
        const source = result instanceof StreamableFile ? result.getStream() : null;
        if (source?.errored) throw source.errored;
        if (source instanceof ReadStream && source.pending) await once(source, 'open');
        return result;
      }),
    );
  }
}
