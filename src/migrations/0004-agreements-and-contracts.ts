import { type MigrationInterface, type QueryRunner, Table, TableColumn, type TableColumnOptions, TableIndex } from 'typeorm';
import { flag, id, instant, int, json, money, ref, text } from './columns.js';

const table = (name: string, columns: TableColumnOptions[], ...indices: [string, string[], boolean?][]) =>
  new Table({ name, columns, indices: indices.map(([index, columnNames, isUnique = false]) => ({ name: index, columnNames, isUnique })) });

const TABLES = [
  table(
    'programme',
    [id, text('code'), text('name'), text('objective'), text('audience'), text('orientation'), json('services'), json('fundedItems'), int('pathMaxMonths', true), int('supportMaxMonths', true)],
    ['programme_code', ['code'], true],
  ),
  table(
    'framework_agreement',
    [
      id, ref('programmeId'), text('reference'), text('title'), text('status'), text('buyerName'), text('buyerSiret'), text('procedure'), text('legalBasis'), text('method'), text('cpv'),
      text('ccag'), text('renewals'), json('criteria'), json('services'), json('priceForms'), text('startsOn'), text('endsOn'), text('durationJustification', true), ref('previousId', true),
      text('source'), text('recordedIn', true), text('sourceReference', true), ref('sourceFileId', true), ref('createdById'), instant('createdAt'), instant('inForceAt', true),
    ],
    ['framework_reference', ['reference'], true],
  ),
  table(
    'lot',
    [id, ref('frameworkId'), int('number'), text('name'), text('regionCode'), text('status'), money('maxCents', true), money('minCents', true), int('maxQuantity', true), int('minQuantity', true)],
    ['lot_number', ['frameworkId', 'number'], true],
  ),
  table(
    'lot_department',
    [
      id, ref('frameworkId'), ref('lotId'), text('departmentCode'), int('wave', true), text('targetWording', true), text('targetEarliest', true), text('targetLatest', true),
      text('pulledForward', true), text('wantedStart', true), json('actors'),
    ],
    ['lot_department_once', ['frameworkId', 'departmentCode'], true],
    ['lot_department_lot', ['lotId']],
  ),
  table(
    'holder',
    [
      id, ref('frameworkId'), ref('lotId'), ref('organisationId'), text('name'), text('form'), json('members'), text('status'), text('enteredOn'), text('leftOn', true), text('reason', true),
      ref('replacedById', true), text('legalCase', true), json('capacity'), text('source'),
    ],
    ['holder_lot', ['lotId', 'organisationId']],
  ),
  table(
    'green_light',
    [
      id, ref('frameworkId'), text('scope'), ref('lotId', true), int('wave', true), text('departmentCode', true), text('givenOn'), text('reference'), text('issuer'), text('conditions'),
      ref('fileId', true), text('source'), ref('createdById'), instant('createdAt'), text('revokedOn', true), text('revokedReason', true),
    ],
    ['green_light_framework', ['frameworkId']],
  ),
  table(
    'diagnostic',
    [
      id, ref('frameworkId'), text('departmentCode'), ref('commissionId', true), text('title'), text('status'), text('authorName'), json('authorOrganisationIds'), text('expectedOn', true),
      int('version'), ref('fileId', true), text('note', true), ref('reviewerId', true), text('privacyReviewer', true), text('privacyNote', true), text('publishedOn', true),
      text('publicAddress', true), text('declaredSource', true), ref('createdById'), instant('createdAt'),
    ],
    ['diagnostic_place', ['frameworkId', 'departmentCode']],
    ['diagnostic_commission', ['commissionId']],
  ),
  table(
    'diagnostic_share',
    [id, ref('diagnosticId'), ref('organisationId'), text('name'), text('email'), int('version'), ref('mailId', true), instant('sentAt')],
    ['diagnostic_share_once', ['diagnosticId', 'organisationId'], true],
  ),
  table(
    'subsequent_contract',
    [
      id, ref('frameworkId'), ref('lotId'), text('departmentCode'), text('slot'), ref('authorityId', true), ref('consultationId', true), text('title'), text('status'), money('budgetCents', true),
      int('minQuantity', true), int('estimatedQuantity', true), int('maxQuantity', true), json('weights'), json('documents'), int('validityDays'), text('questionsBefore', true), json('overrides'), ref('relaunchOfId', true), ref('commonWithId', true),
      flag('declared'), text('declaredSource', true), text('contractorName', true), money('amountCents', true), text('startsOn', true), text('endReason', true), ref('createdById'),
      instant('createdAt'), instant('submittedAt', true), instant('launchedAt', true), instant('endedAt', true),
    ],
    ['subsequent_contract_place', ['frameworkId', 'departmentCode']],
    ['subsequent_contract_slot', ['slot'], true],
    ['subsequent_contract_consultation', ['consultationId']],
  ),
  table('declared_stage', [id, ref('frameworkId'), text('departmentCode'), text('stage'), text('on'), text('source'), ref('createdById'), instant('createdAt')], ['declared_stage_place', ['frameworkId', 'departmentCode']]),
];

export class AgreementsAndContracts1700000000004 implements MigrationInterface {
  async up(db: QueryRunner) {
    // A regional platform buys too: what was a department becomes a territory.
    await db.dropIndex('authority', 'authority_department');
    await db.renameColumn('authority', 'departmentCode', 'territory');
    await db.createIndex('authority', new TableIndex({ name: 'authority_territory', columnNames: ['territory'] }));
    await db.renameColumn('consultation', 'departmentCode', 'territory');
    await db.createIndex('organisation', new TableIndex({ name: 'organisation_scheme', columnNames: ['scheme', 'schemeId'], isUnique: true }));
    await db.createIndex('membership', new TableIndex({ name: 'membership_organisation', columnNames: ['organisationId'] }));
    await db.addColumns('organisation', [new TableColumn(text('legalForm', true)), new TableColumn(text('rna', true))]);
    await db.addColumn('commission', new TableColumn(ref('frameworkId', true)));
    for (const one of TABLES) await db.createTable(one);
  }

  async down(db: QueryRunner) {
    for (const one of TABLES.toReversed()) await db.dropTable(one);
    await db.dropColumn('commission', 'frameworkId');
    await db.dropIndex('membership', 'membership_organisation');
    await db.dropIndex('organisation', 'organisation_scheme');
    await db.dropColumns('organisation', ['legalForm', 'rna']);
    await db.renameColumn('consultation', 'territory', 'departmentCode');
    await db.dropIndex('authority', 'authority_territory');
    await db.renameColumn('authority', 'territory', 'departmentCode');
    await db.createIndex('authority', new TableIndex({ name: 'authority_department', columnNames: ['departmentCode'] }));
  }
}
