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
  const postgres = act.db.dataSource.options.type === 'postgres';
  const f = postgres ? '$1' : '?1';
  const one = departmentCode ? ` and "departmentCode" = ${postgres ? '$2' : '?2'}` : '';
  const sql = `
    select "departmentCode" as "code", 'commission' as "kind", "sentAt" as "at", id as "id" from commission where "frameworkId" = ${f} and "sentAt" is not null${one}
    union all
    select "departmentCode", 'diagnostic', "publishedOn", id from diagnostic where "frameworkId" = ${f} and "publishedOn" is not null and status in ('published', 'superseded')${one}
    union all
    select "departmentCode", 'due-diagnostic', "expectedOn", id from diagnostic where "frameworkId" = ${f} and "expectedOn" is not null and status in ('expected', 'changes-requested')${one}
    union all
    select "departmentCode", 'launch', "launchedAt", id from subsequent_contract where "frameworkId" = ${f} and "launchedAt" is not null and status not in ('abandoned', 'unsuccessful')${one}
    union all
    select "departmentCode", 'start', "startsOn", id from subsequent_contract where "frameworkId" = ${f} and "startsOn" is not null and status in ('signed', 'in-execution', 'completed', 'terminated')${one}
    union all
    select "departmentCode", 'due-bids', k.deadline, c.id from subsequent_contract c inner join consultation k on k.id = c."consultationId" where c."frameworkId" = ${f} and k.status = 'launched'${one}
    union all
    select "departmentCode", stage, "on", '' from declared_stage where "frameworkId" = ${f}${one}`;
  const rows = await act.db.query<{ code: string; kind: string; at: string; id: string }[]>(sql, departmentCode ? [frameworkId, departmentCode] : [frameworkId]);
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
