import { type Day, dayInFrench } from '../platform/working-days.js';
import { sourceOf } from './agreement.view.js';
import type { ConsortiumForm, Holder, HolderStatus } from './lot.js';

const HOLDER_WORDS: Record<HolderStatus, { label: string; tone: string }> = {
  active: { label: 'Actif', tone: 'done' },
  suspended: { label: 'Suspendu', tone: 'attention' },
  withdrawn: { label: 'Retiré', tone: 'neutral' },
  terminated: { label: 'Résilié', tone: 'danger' },
  replaced: { label: 'Remplacé', tone: 'neutral' },
};
export const FORMS: Record<ConsortiumForm, string> = {
  single: 'Entreprise ou association seule',
  joint: 'Groupement conjoint',
  'joint-solidary-lead': 'Groupement conjoint, mandataire solidaire',
  solidary: 'Groupement solidaire',
};
const LEADS: Record<ConsortiumForm, string> = { single: '', joint: 'mandataire', 'joint-solidary-lead': 'mandataire solidaire', solidary: 'mandataire' };
const MEMBERS: Record<ConsortiumForm, string> = { single: '', joint: 'cotraitant', 'joint-solidary-lead': 'cotraitant', solidary: 'cotraitant solidaire' };

/** AGIR asks that a holder can serve two departments of its lot at least. */
const LEAST_CAPACITY = 2;

export function showHolder(holder: Holder, day: Day) {
  const few = holder.capacity.length < LEAST_CAPACITY;
  return {
    id: holder.id,
    organisationId: holder.organisationId,
    name: holder.name,
    form: FORMS[holder.form],
    members: holder.members.map((one) => one.name),
    /** The lead, then the others, each with the part it carries out. */
    roles: holder.members.length === 0 ? [] : [{ name: holder.name, role: LEADS[holder.form], part: '' }, ...holder.members.map((one) => ({ name: one.name, role: MEMBERS[holder.form], part: one.part ?? '', organisationId: one.organisationId }))],
    stage: HOLDER_WORDS[holder.status],
    active: holder.isActive(day),
    entered: dayInFrench(holder.enteredOn),
    signed: holder.signedOn ? dayInFrench(holder.signedOn) : null,
    notified: holder.notifiedOn ? dayInFrench(holder.notifiedOn) : null,
    left: holder.leftOn ? dayInFrench(holder.leftOn) : null,
    reason: holder.reason,
    legalCase: holder.legalCase,
    replaced: holder.replacedById !== null,
    capacity: holder.capacity,
    warning: few ? (holder.capacity.length === 0 ? 'capacité non déclarée' : 'capacité déclarée pour un seul département : deux au moins sont demandés') : '',
    source: sourceOf(holder),
    sourceReference: holder.sourceReference,
    hasDocument: holder.sourceFileId !== null,
  };
}

/** As it is typed again in its form. */
export const typedHolder = (one: Holder, siretOf: ReadonlyMap<string, string>) => ({
  name: one.name,
  form: one.form,
  members: one.members.map(({ name, organisationId, part }) => [name, ...(organisationId || part ? [siretOf.get(organisationId ?? '') ?? ''] : []), ...(part ? [part] : [])].join(' ; ')).join('\n'),
  enteredOn: one.enteredOn,
  signedOn: one.signedOn ?? '',
  notifiedOn: one.notifiedOn ?? '',
  capacity: one.capacity.join(' '),
  sourceReference: '',
});
