import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { id, instant, json, ref, text } from './columns.js';

export class Imports1700000000005 implements MigrationInterface {
  async up(db: QueryRunner) {
    await db.createTable(
      new Table({
        name: 'data_import',
        columns: [
          id, ref('frameworkId'), text('kind'), ref('fileId'), text('fileName'), text('status'), json('regions'), json('counts', true), ref('createdById'), instant('createdAt'), instant('appliedAt', true),
        ],
        indices: [{ name: 'data_import_framework', columnNames: ['frameworkId', 'createdAt'] }],
      }),
    );
  }

  async down(db: QueryRunner) {
    await db.dropTable('data_import');
  }
}
