import { Injectable } from '@nestjs/common';
import { PART_BYTES, Pieces, wholeBlocks } from '../bids/upload.js';
import type { Arriving } from '../platform/body.js';
import { canonical } from '../platform/canonical.js';
import { Clock, machineNow } from '../platform/clock.js';
import { preciseFrench } from '../platform/dates.js';
import { Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { Log } from '../platform/log.js';
import { Random } from '../platform/random.js';
import { generateIdentity, recipientOf } from '../sealing/age-keys.js';
import type { Uploads } from '../platform/tus.js';
import { Keyring } from '../sealing/keyring.js';
import { type SealedPart, sealPart } from '../sealing/part.js';
import { MOST_BYTES, tooLarge, type Trial, type TrialPart, Trials } from './trials.js';

const MOST_ATTEMPTS = 20;
const ZONE = 'Europe/Paris';
/** Never the format of a real receipt: the verifier refuses it at its first line. */
export const TRIAL_FORMAT = 'souspli/essai/v1';

export interface TrialReceipt {
  format: typeof TRIAL_FORMAT;
  warning: string;
  receivedAt: string;
  receivedAtLocal: string;
  timeZone: string;
  size: number;
  sha256: string;
  parts: TrialPart[];
  signature: { alg: 'Ed25519'; publicKey: string; value: string };
}

export interface TrialResult {
  receipt: TrialReceipt;
  /** The bytes under the signature, so that a browser checks them without writing canonical JSON itself. */
  signed: string;
  milliseconds: number;
}

/** « Tester mon poste » : the road of a real deposit, to a key that nobody has, and nothing is left of it. */
@Injectable()
export class WorkstationService {
  private readonly trials = new Trials();

  constructor(
    private readonly files: Files,
    private readonly keyring: Keyring,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly log: Log,
  ) {}

  /** The protocol of a real deposit. */
  of(address: string): Uploads {
    return {
      create: async ({ size }) => ({ id: this.begin(address, size), size, offset: 0 }),
      find: async (id) => {
        const { size, received } = this.trials.find(id);
        return { id, size, offset: received };
      },
      write: (id, _, body) => this.write(id, body),
      remove: async (id) => this.trials.end(id),
    };
  }

  begin(address: string, size: number): string {
    return this.trials.begin(this.random.id(), address, size).id;
  }

  async write(id: string, body: Arriving): Promise<number> {
    const trial = this.trials.find(id);
    trial.attempts += 1;
    if (trial.attempts > MOST_ATTEMPTS) throw new Refused('too-many-attempts', 'La connexion a été coupée trop souvent pour ce test. Recommencez-le d’un autre réseau si vous le pouvez.');
    const pieces = new Pieces(wholeBlocks(body));
    while (await pieces.more()) await this.receive(trial, pieces.next(PART_BYTES), trial.size);
    return trial.received;
  }

  finish(id: string): TrialResult {
    const trial = this.trials.find(id);
    if (trial.received !== trial.size) throw new Refused('incomplete', 'Le fichier n’est pas arrivé en entier : recommencez le test.');
    this.trials.end(id);
    return this.result(trial, true);
  }

  /**
   * A file whose size is known at its end only, as a form without JavaScript sends it.
   * @param announced bytes of the request, when its header says so
   */
  async whole(address: string, announced: number | undefined, work: (receive: (source: AsyncIterable<Uint8Array>) => Promise<void>) => Promise<void>): Promise<TrialResult> {
    const trial = this.trials.begin(this.random.id(), address, Math.min(announced ?? MOST_BYTES, MOST_BYTES));
    try {
      await work((source) => this.receive(trial, source, MOST_BYTES));
      if (trial.received === 0) throw new Refused('empty', 'Choisissez un fichier qui contient quelque chose, de 20 Mo au plus.');
      return this.result(trial, false);
    } finally {
      this.trials.end(trial.id);
    }
  }

  private async receive(trial: Trial, source: AsyncIterable<Uint8Array>, most: number) {
    const whole = trial.whole.copy();
    const before = trial.received;
    try {
      const { plainSize, sha256 } = await this.sealAndDestroy(this.advancing(trial, source, most), (chunk) => whole.update(chunk));
      trial.parts.push({ size: plainSize, sha256 });
      trial.whole = whole;
    } catch (error) {
      trial.received = before;
      throw error;
    }
  }

  /** Counts as it goes: what no longer advances loses its place, and what was not announced is not read. */
  private async *advancing(trial: Trial, source: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of source) {
        if (trial.received + chunk.length > most) throw tooLarge();
        if (!trial.isAlive(machineNow().getTime())) this.trials.find(trial.id);
        trial.received += chunk.length;
        yield chunk;
      }
    } catch (error) {
      if (error instanceof Error && 'status' in error) throw error;
      throw new Refused('cut', 'L’envoi a été interrompu en route : votre connexion a été coupée. Recommencez le test.');
    }
  }

  /** Sealed, durable, and destroyed: each part to a new key whose private half is dropped at once. */
  private async sealAndDestroy(source: AsyncIterable<Uint8Array>, onPlain: (chunk: Uint8Array) => void): Promise<SealedPart> {
    const recipient = recipientOf(generateIdentity());
    const blob = await this.files.create();
    try {
      const facts = await sealPart([recipient], source, blob.sink, { maxBytes: MOST_BYTES, onPlain });
      await blob.commit();
      return facts;
    } finally {
      await blob.abort();
      await this.files.remove(blob.key);
    }
  }

  private result(trial: Trial, javascript: boolean): TrialResult {
    const at = this.clock.now();
    const milliseconds = machineNow().getTime() - trial.startedAt;
    const body = {
      format: TRIAL_FORMAT,
      warning: 'ESSAI – sans valeur. Rien n’est déposé, rien n’est conservé.',
      receivedAt: at.toISOString(),
      receivedAtLocal: preciseFrench(at, ZONE),
      timeZone: ZONE,
      size: trial.received,
      sha256: trial.whole.copy().digest('hex'),
      parts: trial.parts,
    } as const;
    const signed = canonical(body);
    const value = this.keyring.sign(Buffer.from(signed, 'utf8'));
    this.log.info('workstation tested', { bytes: trial.received, milliseconds, javascript });
    return { receipt: { ...body, signature: { alg: 'Ed25519', publicKey: this.keyring.publicKeyPem, value } }, signed, milliseconds };
  }
}
