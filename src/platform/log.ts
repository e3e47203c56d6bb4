/** What the operator reads: one JSON line each, no name, no content, no secret. */
export class Log {
  constructor(private readonly write: (line: string) => void = (line) => process.stderr.write(`${line}\n`)) {}

  info(message: string, facts: Record<string, unknown> = {}) {
    this.write(JSON.stringify({ level: 'info', message, ...facts }));
  }

  error(message: string, error: unknown) {
    const known = error instanceof Error ? { error: error.message, stack: error.stack } : { error: String(error) };
    this.write(JSON.stringify({ level: 'error', message, ...known }));
  }
}
