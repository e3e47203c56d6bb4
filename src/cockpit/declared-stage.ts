import { Entity, Index } from 'typeorm';
import { Id, Instant, Ref, Text } from '../platform/columns.js';
import type { Day } from '../platform/working-days.js';
import type { StageId } from './stage.js';

/** A step that predates the tool: its day, and the file or address that says so. Its procedure is not replayed. */
@Entity('declared_stage')
@Index('declared_stage_place', ['frameworkId', 'departmentCode'])
export class DeclaredStage {
  @Id() id!: string;
  @Ref() frameworkId!: string;
  @Text() departmentCode!: string;
  @Text() stage!: StageId;
  @Text() on!: Day;
  @Text() source!: string;
  @Ref() createdById!: string;
  @Instant() createdAt!: Date;
}
