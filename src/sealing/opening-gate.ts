import { Id, Instant, Int, Json } from '../platform/columns.js';
import { Forbidden, Refused } from '../platform/errors.js';

export interface Confirmation {
  personId: string;
  /** ISO 8601, UTC, milliseconds: ordered like time. */
  at: string;
}

/** What must be gathered before a release: an hour, and distinct persons. The same for the opening and for each supplementary session. */
export abstract class OpeningGate {
  @Id() id!: string;
  /** Deadline + opening delay. Only rises. */
  @Instant() notBefore!: Date;
  @Int() quorum!: number;
  @Json() openers!: string[];
  @Json() substitutes!: string[];
  @Json() confirmations!: Confirmation[];
  @Instant(true) releasedAt!: Date | null;

  /** Distinct persons still named, who confirmed when the opening was already possible (the instant may have risen since). */
  confirmedBy(): string[] {
    const from = this.notBefore.toISOString();
    const valid = this.confirmations.filter(({ personId, at }) => this.names(personId) && at >= from);
    return [...new Set(valid.map(({ personId }) => personId))];
  }

  names(personId: string) {
    return this.openers.includes(personId) || this.substitutes.includes(personId);
  }

  confirm(personId: string, now: Date) {
    if (!this.names(personId)) throw new Forbidden('Vous n’êtes pas désigné pour ouvrir les plis de cette consultation.');
    this.mustBeSealed();
    this.mustBeTime(now);
    if (!this.confirmedBy().includes(personId)) {
      this.confirmations = [...this.confirmations, { personId, at: now.toISOString() }];
    }
  }

  appoint(openers: readonly string[], substitutes: readonly string[]) {
    this.mustBeSealed();
    checkOpeners(this.quorum, openers, substitutes);
    this.openers = [...openers];
    this.substitutes = [...substitutes];
  }

  /** Recused: their confirmation stops counting. Too few may be left: the bids stay sealed until somebody is named in their place. */
  remove(personId: string) {
    this.mustBeSealed();
    this.openers = this.openers.filter((one) => one !== personId);
    this.substitutes = this.substitutes.filter((one) => one !== personId);
  }

  /** One comes in, and one goes out or had gone before: the others, and what they confirmed, stay. The quorum never falls. */
  replace(outgoing: string, incoming: string) {
    this.mustBeSealed();
    if (incoming === outgoing || this.openers.includes(incoming)) throw new Refused('openers', 'Cette personne est déjà désignée pour l’ouverture.');
    this.openers = [...this.openers.filter((one) => one !== outgoing), incoming];
    this.substitutes = this.substitutes.filter((one) => one !== outgoing && one !== incoming);
  }

  /** Fail-closed: any doubt about the hour or the persons refuses (sealing.md 1). */
  release(now: Date) {
    this.mustBeSealed();
    this.mustBeTime(now);
    const confirmed = this.confirmedBy().length;
    if (!(this.quorum >= 1 && confirmed >= this.quorum)) {
      throw new Refused(
        'quorum',
        `Confirmations des personnes désignées pour l’ouverture : ${confirmed} sur ${this.quorum} exigées.`,
        { confirmed, quorum: this.quorum },
      );
    }
    this.releasedAt = now;
  }

  private mustBeTime(now: Date) {
    if (!(now >= this.notBefore)) {
      throw new Refused('too-early', 'Les plis ne peuvent pas encore être ouverts : l’instant d’ouverture n’est pas atteint.', {
        notBefore: this.notBefore.toISOString(),
      });
    }
  }

  /** Opening again, or undoing, is not possible (sealing.md 6). */
  protected mustBeSealed() {
    if (this.releasedAt !== null) throw new Refused('already-released', 'Les plis de cette consultation sont déjà ouverts.');
  }
}

/** A quorum out of reach would keep the bids sealed for ever: refused when it is written, not on the day of the opening. */
export function checkOpeners(quorum: number, openers: readonly string[], substitutes: readonly string[]) {
  const distinct = new Set([...openers, ...substitutes]).size === openers.length + substitutes.length;
  if (!distinct) throw new Refused('openers', 'Une même personne ne peut pas être désignée deux fois pour l’ouverture.');
  if (!Number.isInteger(quorum) || quorum < 1 || openers.length < quorum) {
    throw new Refused('openers', 'Désignez au moins autant de membres pour l’ouverture que de confirmations exigées (une au moins).');
  }
}
