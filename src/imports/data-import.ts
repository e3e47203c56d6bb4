import { Entity, Index } from 'typeorm';
import { Id, Instant, Json, Ref, Text } from '../platform/columns.js';
import { type Moves, next } from '../platform/moves.js';

export type ImportKind = 'lots' | 'titulaires' | 'cibles' | 'historique';
export type ImportStatus = 'pending' | 'applied' | 'cancelled';

export const IMPORT_MOVES = {
  apply: { from: ['pending'], to: 'applied' },
  cancel: { from: ['pending'], to: 'cancelled' },
} satisfies Moves<ImportStatus>;

export interface ImportCounts {
  total: number;
  create: number;
  update: number;
  same: number;
  error: number;
}

/** Import: one file about one framework, rehearsed before it is applied, all or nothing. */
@Entity('data_import')
@Index('data_import_framework', ['frameworkId', 'createdAt'])
export class DataImport {
  @Id() id!: string;
  @Ref() frameworkId!: string;
  @Text() kind!: ImportKind;
  @Ref() fileId!: string;
  @Text() fileName!: string;
  @Text() status: ImportStatus = 'pending';
  /** Regions it may touch, as INSEE codes; none when the ministry imports, everywhere. */
  @Json() regions: string[] = [];
  /** What it changed; null until it is applied. */
  @Json(true) counts: ImportCounts | null = null;
  @Ref() createdById!: string;
  @Instant() createdAt!: Date;
  @Instant(true) appliedAt: Date | null = null;

  apply(counts: ImportCounts, now: Date) {
    this.status = next<ImportStatus>(IMPORT_MOVES, 'apply', this.status, 'Cet import est déjà appliqué, ou abandonné.');
    this.counts = counts;
    this.appliedAt = now;
  }

  cancel() {
    this.status = next<ImportStatus>(IMPORT_MOVES, 'cancel', this.status, 'Cet import est déjà appliqué, ou abandonné.');
  }
}
