import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Money, Ref, Text } from '../platform/columns.js';
import { Invalid, Refused, TooLarge } from '../platform/errors.js';
import { frenchBytes } from '../platform/templates.js';

/** Brouillon de pli : files already sealed, nothing deposited yet. « Upload first, seal last » (sealing.md 1). */
@Entity('bid_draft')
@Index('bid_draft_of', ['consultationId', 'organisationId', 'state'])
export class BidDraft {
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Ref() organisationId!: string;
  @Text() state: 'open' | 'deposited' = 'open';
  /** Which file answers which expected document: {label: file id}, sealed like the names. */
  @Text(true) sealedChecklist: string | null = null;
  @Instant() createdAt!: Date;
  /** Lead, members, form, mandates; sealed by the vault until the opening. */
  @Text(true) sealedConsortium: string | null = null;

  mustBeOpen() {
    if (this.state !== 'open') {
      throw new Refused('draft-closed', 'Ce brouillon a déjà été déposé. Pour remplacer votre pli, envoyez les fichiers dans un nouveau brouillon.');
    }
  }
}

/** One file of a draft: an ordered list of sealed parts (decisions.md 16). Its name is sealed by the vault. */
@Entity('bid_file')
@Index('bid_file_draft', ['draftId', 'position'])
@Index('bid_file_key', ['draftId', 'clientKey'], { unique: true })
export class BidFile {
  @Id() id!: string;
  @Ref() draftId!: string;
  @Int() position!: number;
  /** {name, mediaType} */
  @Text() sealedName!: string;
  /** Bytes announced before the sending. */
  @Money() size!: number;
  /** Of the whole file, when one process saw every byte. */
  @Text(true) sha256: string | null = null;
  @Text() state: 'sending' | 'complete' = 'sending';
  /** Made by the sender, so that a creation whose answer was lost is not made twice. */
  @Ref(true) clientKey: string | null = null;
}

@Entity('bid_part')
@Index('bid_part_file', ['fileId', 'position'], { unique: true })
export class BidPart {
  @Id() id!: string;
  @Ref() fileId!: string;
  @Int() position!: number;
  @Text() blob!: string;
  @Money() plainSize!: number;
  @Text() sha256!: string;
  @Money() cipherSize!: number;
  @Text() cipherSha256!: string;
}

export interface BidLimits {
  maxFileBytes: number;
  maxBidBytes: number;
  maxBidFiles: number;
}

/**
 * The limits announced on the page and in the letter, in bytes; known from `others` when the file joins them.
 * @throws Invalid on `files` when it is empty, TooLarge when a limit is passed
 */
export function mustFit(limits: BidLimits, file: { name: string; size: number }, others: readonly { size: number }[] = []) {
  const { maxFileBytes, maxBidBytes, maxBidFiles } = limits;
  if (!Number.isSafeInteger(file.size) || file.size <= 0) {
    throw Invalid.field('files', `« ${file.name} » est vide : choisissez un fichier qui contient quelque chose.`);
  }
  if (file.size > maxFileBytes) throw tooLarge(`« ${file.name} » dépasse la taille annoncée : ${frenchBytes(maxFileBytes)} par fichier.`);
  if (others.length >= maxBidFiles) throw tooLarge(`Un pli contient ${maxBidFiles} fichiers au plus.`);
  if (others.reduce((sum, one) => sum + one.size, file.size) > maxBidBytes) {
    throw tooLarge(`Avec « ${file.name} », votre pli dépasserait ${frenchBytes(maxBidBytes)} au total.`);
  }
}

export const tooLarge = (sentence: string) => new TooLarge('too-large', sentence);
