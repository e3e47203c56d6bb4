import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Ref, Text } from '../platform/columns.js';

/** Before the opening an attestation says nothing that a bid could move; after it, all. */
export type Stage = 'sealed' | 'opened';

/** Attestation de fonctionnement : what was observed of the platform during one call. Each is printed and signed once; a later one has the next number. */
@Entity('attestation')
@Index('attestation_number', ['consultationId', 'number'], { unique: true })
export class Attestation {
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Int() number!: number;
  @Text() stage!: Stage;
  @Instant() askedAt!: Date;
  /** Null when Souspli drew it up by itself. */
  @Ref(true) askedById: string | null = null;
  /** The exact bytes that were signed, with their signature: facts, and the SHA-256 of the PDF. Null while it is printed. */
  @Text(true) statement: string | null = null;
  @Ref(true) fileId: string | null = null;
}
