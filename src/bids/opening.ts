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
}

/** Séance d’ouverture: what happened, once; id of the consultation. */
@Entity('opening')
export class Opening {
  @Id() id!: string;
  @Instant() openedAt!: Date;
  @Json() openerIds: string[] = [];
  @Instant(true) checkedAt: Date | null = null;
  /** Sentences for the minutes. */
  @Json() anomalies: string[] = [];
  @Ref(true) minutesFileId: string | null = null;
  @Ref(true) registerFileId: string | null = null;
}
