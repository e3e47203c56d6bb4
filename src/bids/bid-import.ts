import { Entity } from 'typeorm';
import { Id, Instant, Int, Ref, Text } from '../platform/columns.js';

/** Reprise des plis d’une autre plateforme: once, by a named opener, before the opening here. Id of the consultation. */
@Entity('bid_import')
export class BidImport {
  @Id() id!: string;
  @Instant() at!: Date;
  @Ref() byId!: string;
  /** When they were opened there, as the minutes of that platform say. */
  @Instant() openedThereAt!: Date;
  /** The register as it was given. */
  @Ref() registerFileId!: string;
  /** Of the ZIP of bids; none when nobody bid. */
  @Text(true) archiveSha256: string | null = null;
  @Int() received!: number;
}
