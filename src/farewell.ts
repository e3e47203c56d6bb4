import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server } from 'node:http';

const FAREWELL_MS = 5_000;

/** Requests in progress have this long to end when the server stops: a browser's silent connection would hold it for ever. */
@Injectable()
export class Farewell implements BeforeApplicationShutdown {
  constructor(private readonly host: HttpAdapterHost) {}

  beforeApplicationShutdown() {
    const server = this.host.httpAdapter?.getHttpServer() as Server | undefined; // a context that serves no page has no adapter
    if (server) setTimeout(() => server.closeAllConnections(), FAREWELL_MS).unref();
  }
}
