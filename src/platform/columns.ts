import { Column, type FindOperator, PrimaryColumn, type ValueTransformer } from 'typeorm';

/**
 * Portable column types: the same shape and the same meaning on SQLite and on PostgreSQL.
 * `src/migrations/columns.ts` is their twin on the side of the schema.
 */

/** ISO text in UTC, 24 characters, ordered like time: a plain Date column lies on PostgreSQL outside UTC. */
export const instantTransformer: ValueTransformer = {
  to: (value: Date | FindOperator<Date> | null | undefined) => (value instanceof Date ? value.toISOString() : value),
  from: (value: string | null) => (value === null ? null : new Date(value)),
};

/** Integer cents; PostgreSQL returns bigint as text. */
const integerTransformer: ValueTransformer = {
  to: (value: number | null | undefined) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};

/** Identifier made by `Random.id()` before insertion. */
export const Id = () => PrimaryColumn({ type: 'varchar', length: 64 });
/** Reference to another row. */
export const Ref = (nullable = false) => Column({ type: 'varchar', length: 64, nullable });
export const Text = (nullable = false) => Column({ type: 'text', nullable });
export const Instant = (nullable = false) =>
  Column({ type: 'varchar', length: 24, nullable, transformer: instantTransformer });
/** Cents, excluding VAT unless the name says otherwise; also used for sizes in bytes. */
export const Money = (nullable = false) => Column({ type: 'bigint', nullable, transformer: integerTransformer });
export const Int = (nullable = false) => Column({ type: 'integer', nullable });
export const Flag = () => Column({ type: 'boolean' });
export const Json = (nullable = false) => Column({ type: 'simple-json', nullable });
