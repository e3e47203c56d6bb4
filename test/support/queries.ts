import type { DataSource, Logger } from 'typeorm';

/** The statements that a look sends to the database. */
export async function queriesOf(source: DataSource, look: () => Promise<unknown>): Promise<string[]> {
  const seen: string[] = [];
  const kept = source.logger;
  const silent = () => undefined;
  const logger: Logger = { logQuery: (sql) => void seen.push(sql), logQueryError: silent, logQuerySlow: silent, logSchemaBuild: silent, logMigration: silent, log: silent };
  Object.assign(source, { logger });
  try {
    await look();
  } finally {
    Object.assign(source, { logger: kept });
  }
  return seen;
}
