import { Entity, Index } from 'typeorm';
import { Flag, Id, Instant, Int, Json, Money, Ref, Text } from '../platform/columns.js';

/** A file of an opened bid, as its manifest names it and as its bytes were checked. */
@Entity('opened_file')
@Index('opened_file_bid', ['bidId', 'position'], { unique: true })
export class OpenedFile {
  /** `<bid id>.<position>` */
  @Id() id!: string;
  @Ref() bidId!: string;
  @Int() position!: number;
  @Text() name!: string;
  @Text() mediaType!: string;
  @Money() size!: number;
  @Text() sha256!: string;
  @Flag() intact!: boolean;
  /** Blobs of its parts, in order. */
  @Json() blobs: string[] = [];
  /** Envelope handed over from which an opener scanned it. */
  @Ref(true) deliveryId: string | null = null;
  @Ref(true) scannedById: string | null = null;
  @Instant(true) scannedAt: Date | null = null;
}

/** Séance d’ouverture: what happened, once. Number 1 is the opening; the next ones are supplementary. */
@Entity('opening')
@Index('opening_number', ['consultationId', 'number'], { unique: true })
export class Opening {
  /** The consultation's, then `<consultation id>.<number>`. */
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Int() number: number = 1;
  @Instant() openedAt!: Date;
  @Json() openerIds: string[] = [];
  @Instant(true) checkedAt: Date | null = null;
  /** Sentences for the minutes. */
  @Json() anomalies: string[] = [];
  @Ref(true) minutesFileId: string | null = null;
  @Ref(true) registerFileId: string | null = null;

  static idOf(consultationId: string, number: number) {
    return number === 1 ? consultationId : `${consultationId}.${number}`;
  }
}
