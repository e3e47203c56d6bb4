import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { id, instant, int, json, money, ref, text } from './columns.js';

export class LettersAndConsultations1700000000002 implements MigrationInterface {
  async up(db: QueryRunner) {
    await db.createTable(
      new Table({
        name: 'letter',
        columns: [
          id,
          ref('authorityId'),
          text('kind'),
          ref('subjectId'),
          text('form'),
          int('number'),
          ref('invitationId', true),
          text('title'),
          text('status'),
          text('chrono', true),
          json('data', true),
          text('body', true),
          text('bodyHash', true),
          ref('fileId', true),
          instant('signedAt', true),
          ref('signedById', true),
          ref('delegationId', true),
          instant('sentAt', true),
        ],
        indices: [{ name: 'letter_subject', columnNames: ['subjectId', 'number'] }],
      }),
    );
    await db.createTable(
      new Table({
        name: 'delegation',
        columns: [id, ref('authorityId'), ref('delegateId'), text('quality'), json('kinds'), instant('validFrom'), instant('validTo', true), text('reference')],
        indices: [{ name: 'delegation_delegate', columnNames: ['authorityId', 'delegateId'] }],
      }),
    );
    await db.createTable(new Table({ name: 'chrono', columns: [id, int('last')] }));
    await db.createTable(
      new Table({
        name: 'consultation',
        columns: [
          id,
          text('ocid'),
          ref('authorityId'),
          text('departmentCode'),
          text('reference'),
          text('buyerName'),
          text('title'),
          text('object'),
          text('status'),
          text('timeZone'),
          text('localDeadline'),
          instant('deadline'),
          int('deadlineVersion'),
          int('openingDelayMinutes'),
          int('quorum'),
          json('openerIds'),
          json('substituteIds'),
          json('contact'),
          instant('createdAt'),
          instant('launchedAt', true),
          instant('openedAt', true),
        ],
        indices: [{ name: 'consultation_ocid', columnNames: ['ocid'], isUnique: true }],
      }),
    );
    await db.createTable(
      new Table({
        name: 'deadline_version',
        columns: [id, ref('consultationId'), int('number'), text('localDeadline'), text('timeZone'), instant('deadline'), text('reason'), instant('createdAt')],
        indices: [{ name: 'deadline_version_number', columnNames: ['consultationId', 'number'], isUnique: true }],
      }),
    );
    await db.createTable(
      new Table({
        name: 'invitation',
        columns: [
          id,
          ref('consultationId'),
          ref('organisationId'),
          ref('personId'),
          int('number'),
          text('name'),
          text('email'),
          json('address'),
          text('origin'),
          instant('invitedAt', true),
        ],
        indices: [
          { name: 'invitation_organisation', columnNames: ['consultationId', 'organisationId'], isUnique: true },
          { name: 'invitation_of', columnNames: ['organisationId'] },
        ],
      }),
    );
    await db.createTable(
      new Table({
        name: 'consultation_document',
        columns: [id, ref('consultationId'), text('kind'), text('title'), int('version'), ref('fileId'), instant('createdAt')],
        indices: [{ name: 'consultation_document_of', columnNames: ['consultationId'] }],
      }),
    );
    await db.createTable(
      new Table({
        name: 'commission',
        columns: [
          id,
          ref('authorityId'),
          text('departmentCode'),
          ref('consultationId'),
          text('title'),
          text('status'),
          json('terms'),
          money('ceilingCents'),
          ref('specificationsFileId', true),
          ref('createdById'),
          instant('createdAt'),
          instant('submittedAt', true),
          instant('sentAt', true),
        ],
        indices: [
          { name: 'commission_department', columnNames: ['departmentCode', 'createdAt', 'id'] },
          { name: 'commission_consultation', columnNames: ['consultationId'], isUnique: true },
        ],
      }),
    );
  }

  async down(db: QueryRunner) {
    for (const name of ['commission', 'consultation_document', 'invitation', 'deadline_version', 'consultation', 'chrono', 'delegation', 'letter']) {
      await db.dropTable(name);
    }
  }
}
