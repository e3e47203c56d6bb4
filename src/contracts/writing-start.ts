import type { Programme } from '../agreements/framework-agreement.js';
import { STARTS, type WrittenKind } from '../consultations/writing.js';
import type { SubsequentContract } from './subsequent-contract.js';

/** The start of a document, its blanks filled with what is known: the sheet of the programme, the criteria of the contract. */
export function startOf(kind: WrittenKind, programme: Programme | null, contract: Pick<SubsequentContract, 'weights'> | null): string {
  const start = STARTS[kind];
  if (kind === 'specifications') return programme ? start.replace('Présentez le territoire et le programme.', `${sheetOf(programme)}\n\nPrésentez le territoire.`) : start;
  const weights = contract?.weights ?? [];
  if (weights.length === 0) return start;
  return start.replace('Rappelez les critères de l’accord-cadre et leurs poids.', `Les critères sont ceux de l’accord-cadre, pondérés comme suit :\n\n${list(weights.map(({ label, weight }) => `${label} : ${weight} %`))}`);
}

const list = (items: readonly string[]) => items.map((one) => `- ${one}`).join('\n');

function sheetOf(one: Programme): string {
  const durations = [one.pathMaxMonths && `un parcours de ${one.pathMaxMonths} mois au plus`, one.supportMaxMonths && `un accompagnement de ${one.supportMaxMonths} mois au plus`].filter(Boolean).join(', ');
  return [
    one.objective,
    one.audience && `Public : ${one.audience}`,
    one.orientation,
    durations && `Le programme prévoit ${durations}.`,
    one.services.length > 0 && `Il comprend :\n\n${list(one.services)}`,
    one.fundedItems.length > 0 && `Sont financés :\n\n${list(one.fundedItems)}`,
  ].filter(Boolean).join('\n\n');
}
