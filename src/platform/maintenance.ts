import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Unavailable } from './errors.js';

/** A file beside the data closes every page but the probe: set by the operator, seen by every process at once. */
export class Maintenance {
  private readonly file: string;

  constructor(private readonly dataDir: string) {
    this.file = join(dataDir, 'maintenance.txt');
  }

  /** @param sentence what people read, for instance « Retour prévu à 7 h. » */
  begin(sentence: string) {
    mkdirSync(this.dataDir, { recursive: true });
    writeFileSync(this.file, sentence);
  }

  end() {
    rmSync(this.file, { force: true });
  }

  refusal(): Unavailable | null {
    if (!existsSync(this.file)) return null;
    return new Unavailable(readFileSync(this.file, 'utf8').trim());
  }
}
