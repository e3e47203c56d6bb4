import { Commission } from '../commissions/commission.js';
import { Consultation } from '../consultations/consultation.js';
import { Letter } from '../letters/letter.js';
import type { Act } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { counted } from '../platform/counted.js';
import { inFrench } from '../platform/dates.js';
import { SubsequentContract } from './subsequent-contract.js';
import type { Todo } from './todo.service.js';

const LISTED = 100;

interface Row {
  order: string | null;
  contract: string | null;
  title: string;
  letters: string | number;
  signedAt: string | Date;
  timeZone: string;
}

/** Letters that are signed and still here: whoever prepared them sends them, and nothing leaves by itself. One query. */
export async function signedLetters(act: Act, actor: Actor): Promise<Todo[]> {
  const territories = actor.mandates.filter((one) => one.role === 'dept-officer' || one.role === 'regional-buyer').map((one) => one.territory);
  if (territories.length === 0) return [];
  const rows = await act.db
    .createQueryBuilder(Letter, 'l')
    .leftJoin(Commission, 'c', 'c.id = l."subjectId"')
    .leftJoin(SubsequentContract, 'm', 'm.id = l."subjectId"')
    .innerJoin(Consultation, 'k', 'k.id = coalesce(c."consultationId", m."consultationId")')
    .select(['c.id AS "order"', 'm.id AS "contract"', 'k.title AS "title"', 'count(*) AS "letters"', 'max(l."signedAt") AS "signedAt"', 'k."timeZone" AS "timeZone"'])
    .where('l.status = :signed and k.territory in (:...territories) and k.status in (:...living)', { signed: 'signed', territories, living: ['draft', 'launched'] })
    .groupBy('c.id, m.id, k.id, k.title, k."timeZone"')
    .orderBy('max(l."signedAt")')
    .limit(LISTED)
    .getRawMany<Row>();
  return rows.map((row) => {
    const at = new Date(row.signedAt);
    return {
      at,
      what: row.contract ? `Consultation à lancer\u00a0: ${counted(Number(row.letters), 'lettre signée', 'lettres signées')}` : counted(Number(row.letters), 'lettre signée à envoyer', 'lettres signées à envoyer'),
      subject: row.title,
      href: row.contract ? `/marches/${row.contract}/controle` : `/commandes/${row.order}/lettres`,
      when: `signature du ${inFrench(at, row.timeZone)}`,
      tone: 'attention',
    };
  });
}
