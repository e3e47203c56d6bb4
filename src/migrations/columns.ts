import type { TableColumnOptions } from 'typeorm';

/** Twins of `platform/columns.ts`: six shapes that mean the same on SQLite and on PostgreSQL. */
export const id: TableColumnOptions = { name: 'id', type: 'varchar', length: '64', isPrimary: true };
export const ref = (name: string, isNullable = false): TableColumnOptions => ({ name, type: 'varchar', length: '64', isNullable });
export const text = (name: string, isNullable = false): TableColumnOptions => ({ name, type: 'text', isNullable });
export const instant = (name: string, isNullable = false): TableColumnOptions => ({ name, type: 'varchar', length: '24', isNullable });
export const money = (name: string, isNullable = false): TableColumnOptions => ({ name, type: 'bigint', isNullable });
export const int = (name: string, isNullable = false): TableColumnOptions => ({ name, type: 'integer', isNullable });
export const flag = (name: string): TableColumnOptions => ({ name, type: 'boolean' });
/** `simple-json` is text for both databases. */
export const json = text;
