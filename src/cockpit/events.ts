import type { Act } from '../platform/acts.js';
import { type Day, dayOf } from '../platform/working-days.js';
import { STAGES, type StageId } from './stage.js';

/** One dated fact of a department: a stage reached, or something due. */
export interface Reaching {
  departmentCode: string;
  /** None for what is only due. */
  stage: StageId | null;
  due: 'bids' | 'diagnostic' | null;
  on: Day;
  id: string;
  /** Where the fact is read. */
  href: string | null;
}

const STAGE_IDS = new Set<string>(STAGES.map((one) => one.id));

/** What commissions, diagnostics, contracts and declarations say of each department: one query. */
export async function eventsOf(act: Act, frameworkId: string, departmentCode?: string): Promise<Reaching[]> {
  const parameters: string[] = [];
  const bind = (value: string) => {
    parameters.push(value);
    return act.db.dataSource.options.type === 'postgres' ? `$${parameters.length}` : '?';
  };
  const of = (framework = '"frameworkId"') => `${framework} = ${bind(frameworkId)}${departmentCode ? ` and "departmentCode" = ${bind(departmentCode)}` : ''}`;
  const sql = `
    select "departmentCode" as "code", 'commission' as "kind", "sentAt" as "at", id as "id" from commission where ${of()} and "sentAt" is not null
    union all
    select "departmentCode", 'diagnostic', "publishedOn", id from diagnostic where ${of()} and "publishedOn" is not null and status in ('published', 'superseded')
    union all
    select "departmentCode", 'due-diagnostic', "expectedOn", id from diagnostic where ${of()} and "expectedOn" is not null and status in ('expected', 'changes-requested')
    union all
    select "departmentCode", 'launch', "launchedAt", id from subsequent_contract where ${of()} and "launchedAt" is not null and status not in ('abandoned', 'unsuccessful')
    union all
    select "departmentCode", 'start', "startsOn", id from subsequent_contract where ${of()} and "startsOn" is not null and status in ('signed', 'in-execution', 'completed', 'terminated')
    union all
    select "departmentCode", 'due-bids', k.deadline, c.id from subsequent_contract c inner join consultation k on k.id = c."consultationId" where ${of('c."frameworkId"')} and k.status = 'launched'
    union all
    select "departmentCode", stage, "on", '' from declared_stage where ${of()}`;
  const rows = await act.db.query<{ code: string; kind: string; at: string; id: string }[]>(sql, parameters);
  return rows.map(({ code, kind, at, id }) => ({
    departmentCode: code,
    stage: STAGE_IDS.has(kind) ? (kind as StageId) : null,
    due: kind === 'due-bids' ? 'bids' : kind === 'due-diagnostic' ? 'diagnostic' : null,
    on: at.length > 10 ? dayOf(new Date(at), 'Europe/Paris') : at,
    id,
    href: hrefOf(kind, id),
  }));
}

function hrefOf(kind: string, id: string): string | null {
  if (!id) return null;
  if (kind === 'commission') return `/commandes/${id}`;
  return kind === 'diagnostic' || kind === 'due-diagnostic' ? `/diagnostics/${id}` : `/marches/${id}`;
}
