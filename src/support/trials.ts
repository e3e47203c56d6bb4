import { createHash, type Hash } from 'node:crypto';
import { machineNow } from '../platform/clock.js';
import { Refused, TooLarge } from '../platform/errors.js';
import { Allowance } from './allowance.js';

export const MOST_BYTES = 20_000_000;
const MINUTE_MS = 60_000;

/** At most this many tests at once; more would take from those who deposit. */
const AT_ONCE = 4;
const AT_ONCE_PER_ADDRESS = 2;
/** Three tests of the largest size a minute. */
const BYTES_PER_MINUTE = 3 * MOST_BYTES;
/** A test of one byte costs more than its byte. */
const LEAST_CHARGE = 1_000_000;
/** A test that stops advancing leaves its place: a minute, plus the time of what was received at 128 kbit/s. */
const GRACE_MS = MINUTE_MS;
const SLOWEST_BYTES_PER_MS = 16;

export interface TrialPart {
  size: number;
  sha256: string;
}

/** One test in progress, in memory only. */
export class Trial {
  received = 0;
  attempts = 0;
  parts: TrialPart[] = [];
  whole: Hash = createHash('sha256');

  constructor(
    readonly id: string,
    readonly size: number,
    readonly address: string,
    readonly startedAt: number,
  ) {}

  isAlive(at: number) {
    return at - this.startedAt < GRACE_MS + this.received / SLOWEST_BYTES_PER_MS;
  }
}

/** Who may test now. A refusal is a sentence, and never a deposit's problem. */
export class Trials {
  private readonly going = new Map<string, Trial>();
  private readonly allowance: Allowance;

  constructor(private readonly now: () => Date = machineNow) {
    this.allowance = new Allowance(BYTES_PER_MINUTE, MINUTE_MS, now);
  }

  /**
   * @param size announced; of the whole request when a plain form sends it
   * @throws TooLarge, or Refused when the server has enough of tests for now
   */
  begin(id: string, address: string, size: number): Trial {
    if (!Number.isSafeInteger(size) || size <= 0) throw new Refused('empty', 'Ce fichier est vide : choisissez-en un autre, ou le fichier d’essai.');
    if (size > MOST_BYTES) throw tooLarge();
    const at = this.now().getTime();
    for (const one of this.going.values()) if (!one.isAlive(at)) this.going.delete(one.id);
    const own = [...this.going.values()].filter((one) => one.address === address).length;
    if (this.going.size >= AT_ONCE || own >= AT_ONCE_PER_ADDRESS) throw busy();
    if (!this.allowance.take(address, Math.max(size, LEAST_CHARGE))) throw busy();
    const trial = new Trial(id, size, address, at);
    this.going.set(id, trial);
    return trial;
  }

  /** @throws Refused when it has ended, or was never begun */
  find(id: string): Trial {
    const trial = this.going.get(id);
    if (trial?.isAlive(this.now().getTime())) return trial;
    this.going.delete(id);
    throw new Refused('trial-ended', 'Ce test s’est arrêté faute de données reçues : recommencez-le. Si cela se répète, votre connexion est très lente ou très instable.');
  }

  end(id: string) {
    this.going.delete(id);
  }
}

export const tooLarge = () => new TooLarge('too-large', 'Le test accepte un fichier de 20 Mo au plus. Un pli réel peut être plus grand.');

const busy = () => new Refused('trial-busy', 'D’autres personnes testent leur poste en ce moment, et le test ne doit pas ralentir les dépôts réels. Attendez une minute, puis recommencez : le dépôt, lui, reste ouvert.');
