import Database from 'better-sqlite3';

/**
 * Two processes on one file would wait for each other for seconds: the second one refuses to start.
 * The lock is SQLite's own on a file beside, so that a killed process leaves nothing to clean.
 */
export function lockForThisProcess(file: string): () => void {
  const lock = new Database(`${file}.lock`, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    throw new Error(
      `Souspli tourne déjà sur cette base (${file}). Arrêtez l’autre processus, ou utilisez PostgreSQL pour en lancer plusieurs.`,
    );
  }
  return () => lock.close();
}
