import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';

/** A form that comes back without its session is found by the token it carries. */
export class SessionByForm1700000000024 implements MigrationInterface {
  async up(db: QueryRunner) {
    await db.createIndex('session', new TableIndex({ name: 'session_csrf', columnNames: ['csrf'] }));
  }

  async down(db: QueryRunner) {
    await db.dropIndex('session', 'session_csrf');
  }
}
