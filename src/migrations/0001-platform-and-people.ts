import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { flag, id, instant, int, json, money, ref, text } from './columns.js';

export class PlatformAndPeople1700000000001 implements MigrationInterface {
  async up(db: QueryRunner) {
    const tables: Table[] = [
      new Table({
        name: 'journal',
        columns: [
          id,
          ref('chain'),
          int('seq'),
          int('version'),
          text('act'),
          text('outcome'),
          ref('actor'),
          text('subject', true),
          instant('instant'),
          instant('recordedAt'),
          json('details'),
          ref('previous'),
          ref('hash'),
        ],
        indices: [{ name: 'journal_chain_seq', columnNames: ['chain', 'seq'], isUnique: true }],
      }),
      new Table({ name: 'journal_chain', columns: [id, int('length'), ref('head')] }),
      new Table({
        name: 'journal_person',
        columns: [{ ...ref('hash'), isPrimary: true }, ref('personId'), text('salt')],
        indices: [{ name: 'journal_person_of', columnNames: ['personId'], isUnique: true }],
      }),
      new Table({
        name: 'job',
        columns: [
          id,
          text('kind'),
          json('payload'),
          text('state'),
          int('attempts'),
          instant('runAt'),
          instant('leasedUntil', true),
          text('error', true),
          instant('createdAt'),
        ],
        indices: [{ name: 'job_due', columnNames: ['state', 'runAt'] }],
      }),
      new Table({
        name: 'stored_file',
        columns: [id, text('name'), text('mediaType'), money('size'), text('sha256'), text('blob'), instant('createdAt')],
      }),
      new Table({
        name: 'mail',
        columns: [
          id,
          text('messageId'),
          text('recipient'),
          ref('organisationId', true),
          ref('consultationId', true),
          text('kind'),
          text('sealed'),
          json('attachments'),
          text('state'),
          int('attempts'),
          text('error', true),
          instant('queuedAt'),
          instant('sentAt', true),
        ],
        indices: [{ name: 'mail_recipient', columnNames: ['recipient', 'queuedAt'] }],
      }),
      new Table({
        name: 'person',
        columns: [
          id,
          text('email'),
          text('givenName'),
          text('familyName'),
          text('gender', true),
          text('phone', true),
          text('password', true),
          flag('active'),
        ],
        indices: [{ name: 'person_email', columnNames: ['email'], isUnique: true }],
      }),
      new Table({
        name: 'organisation',
        columns: [id, text('kind'), text('name'), text('scheme', true), text('schemeId', true), text('email', true), json('address')],
      }),
      new Table({
        name: 'membership',
        columns: [id, ref('personId'), ref('organisationId'), text('role'), text('territory'), instant('validFrom'), instant('validTo', true)],
        indices: [
          { name: 'membership_person', columnNames: ['personId'] },
          { name: 'membership_role', columnNames: ['role', 'territory'] },
        ],
      }),
      new Table({
        name: 'authority',
        columns: [
          id,
          text('departmentCode'),
          text('timeZone'),
          text('place'),
          text('hourStyle'),
          text('chronoKey'),
          int('quorum'),
          int('openingDelayMinutes'),
          json('letterhead'),
        ],
        indices: [{ name: 'authority_department', columnNames: ['departmentCode'] }],
      }),
      new Table({
        name: 'session',
        columns: [id, ref('personId', true), ref('csrf'), instant('createdAt'), instant('seenAt'), instant('expiresAt'), json('flash', true)],
        indices: [{ name: 'session_expiry', columnNames: ['expiresAt'] }],
      }),
      new Table({
        name: 'sign_in_link',
        columns: [id, ref('personId'), text('leadsTo'), instant('createdAt'), instant('expiresAt'), instant('usedAt', true)],
      }),
      new Table({
        name: 'sealing_key',
        columns: [
          id,
          text('recipient'),
          text('wrapped'),
          instant('notBefore'),
          int('quorum'),
          json('openers'),
          json('substitutes'),
          json('confirmations'),
          instant('releasedAt', true),
        ],
      }),
    ];
    for (const table of tables) await db.createTable(table);
  }

  async down(db: QueryRunner) {
    const names = ['sealing_key', 'sign_in_link', 'session', 'authority', 'membership', 'organisation', 'person', 'mail', 'stored_file', 'job', 'journal_person', 'journal_chain', 'journal'];
    for (const name of names) await db.dropTable(name);
  }
}
