import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';

/** A mail server that can go down, and remembers what it accepted. */
export class Post {
  readonly delivered = new Set<string>();
  private server: SMTPServer | undefined;
  private port = 0;

  get url() {
    return `smtp://127.0.0.1:${this.port}`;
  }

  async open() {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      onData: (stream, _, done) => {
        let text = '';
        stream.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
        stream.on('end', () => {
          this.delivered.add(/^Message-ID: (<[^>]+>)/im.exec(text)?.[1] ?? '');
          done();
        });
      },
    });
    this.server.on('error', () => undefined); // a client that dies in the middle of a mail
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server.server, 'listening');
    this.port = (this.server.server.address() as AddressInfo).port;
  }

  close() {
    this.server?.close();
    this.server = undefined;
  }
}
