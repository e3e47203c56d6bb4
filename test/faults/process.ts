// The server's process, started again whenever it has died.
import { type ChildProcess, fork } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Command } from './commands.js';
import type { Field } from './field.js';

const PROGRAM = join(import.meta.dirname, 'server.js');

export class ServerProcess {
  port = 0;
  starts = 0;
  /** Of its legal clock, over the machine’s. */
  legalOffset = 0;
  private child: ChildProcess | undefined;
  private readonly waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  private count = 0;
  /** What to do when the server asks for a disaster from outside; it waits meanwhile. */
  onStruck: (step: string) => Promise<void> = async () => {};

  constructor(
    private readonly field: Field,
    private readonly smtpUrl: string,
  ) {}

  get base() {
    return `http://127.0.0.1:${this.port}`;
  }

  get alive() {
    return this.child?.exitCode === null && this.child.signalCode === null;
  }

  /** As an operator or a supervisor does: what died starts again on the same data. */
  async ensure(): Promise<void> {
    if (this.alive) return;
    this.starts += 1;
    const env = { ...process.env, SOUSPLI_MODE: 'test', DATABASE_URL: this.field.url, DATA_DIR: this.field.folder, KEY_FILE: '', PORT: '0', SMTP_URL: this.smtpUrl, LEGAL_OFFSET_MS: String(this.legalOffset) };
    const child = fork(PROGRAM, { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: ['--enable-source-maps'] });
    this.child = child;
    child.stderr?.pipe(createWriteStream(join(this.field.folder, 'server.log'), { flags: 'a' }));
    const dead = once(child, 'exit').then(() => {
      for (const { reject } of this.waiting.values()) reject(new Error('The server died'));
      this.waiting.clear();
      return undefined;
    });
    const ready = new Promise<{ port: number }>((resolve) => child.once('message', (message) => resolve(message as { port: number })));
    const started = await Promise.race([ready, dead]);
    if (!started) throw new Error(`The server does not start: see ${join(this.field.folder, 'server.log')}`);
    this.port = started.port;
    child.on('message', (message) => this.hear(message as { id?: number; value?: unknown; error?: string; struck?: string }));
  }

  private hear({ id, value, error, struck }: { id?: number; value?: unknown; error?: string; struck?: string }) {
    if (struck !== undefined) void this.onStruck(struck).finally(() => void this.tell({ do: 'resume' }).catch(() => undefined));
    const waiting = id === undefined ? undefined : this.waiting.get(id);
    if (!waiting || id === undefined) return;
    this.waiting.delete(id);
    if (error === undefined) waiting.resolve(value);
    else waiting.reject(new Error(error));
  }

  tell<T = void>(command: Command): Promise<T> {
    if (!this.alive) return Promise.reject(new Error('The server is dead'));
    this.count += 1;
    const id = this.count;
    return new Promise<unknown>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.child?.send({ ...command, id }, (error) => error && reject(error));
    }) as Promise<T>;
  }

  /** An orderly stop. */
  async stop(): Promise<void> {
    const { child } = this;
    if (!child || !this.alive) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const patience = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(patience);
  }
}
