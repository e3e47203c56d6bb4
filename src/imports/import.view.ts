import { frenchNumber } from '../platform/templates.js';
import { dayOf } from '../platform/working-days.js';
import type { FrameworkAgreement } from '../agreements/framework-agreement.js';
import type { ImportCounts, ImportStatus } from './data-import.js';
import { fingerprint, type FullImport } from './imports.service.js';
import { KINDS } from './kinds.js';
import { dayShown, type Effect, type Plan } from './plan.js';

const STATUS: Record<ImportStatus, { label: string; tone: string }> = {
  pending: { label: 'À relire', tone: 'attention' },
  applied: { label: 'Appliqué', tone: 'done' },
  cancelled: { label: 'Abandonné', tone: 'neutral' },
};
const EFFECTS: Record<Effect, { label: string; tone: string }> = {
  create: { label: 'créé', tone: 'done' },
  update: { label: 'modifié', tone: 'current' },
  same: { label: 'inchangé', tone: 'neutral' },
  error: { label: 'erreur', tone: 'danger' },
};

export const showFramework = (framework: FrameworkAgreement) => ({ id: framework.id, reference: framework.reference, title: framework.title });

export function showImportRow(one: FullImport) {
  return {
    id: one.id,
    kind: one.kind,
    kindLabel: KINDS[one.kind].label,
    fileName: one.fileName,
    fileSize: one.file.size,
    fileSha256: one.file.sha256,
    status: one.status,
    stage: STATUS[one.status],
    author: one.author.name,
    createdOn: dayShown(dayOf(one.createdAt, 'Europe/Paris')),
    createdAt: one.createdAt,
    appliedAt: one.appliedAt,
    counts: one.counts,
    changes: one.counts ? one.counts.create + one.counts.update : 0,
  };
}

/** All that leaves the server about an import, by page or by API. */
export function showImport({ one, plan }: { one: FullImport; plan: Plan | null }) {
  const counts: ImportCounts = plan?.counts ?? one.counts ?? { total: 0, create: 0, update: 0, same: 0, error: 0 };
  const errors = plan?.errors ?? [];
  const changes = counts.create + counts.update;
  const pending = one.status === 'pending';
  return {
    ...showImportRow(one),
    framework: showFramework(one.framework),
    counts,
    changes,
    /** Said when applying: what was read is what is applied. */
    fingerprint: plan ? fingerprint(plan) : null,
    errors,
    lines: (plan?.lines ?? []).map(({ effect, ...line }) => ({ ...line, effect, effectLabel: EFFECTS[effect].label, tone: EFFECTS[effect].tone })),
    applyLabel: changes === 1 ? 'Appliquer le changement' : `Appliquer les ${frenchNumber(changes)} changements`,
    can: { apply: pending && errors.length === 0 && changes > 0, cancel: pending },
  };
}

export type ImportView = ReturnType<typeof showImport>;

export const LINES_PER_PAGE = 100;
const FILTERS: { id: string; label: string; keeps: (effect: Effect) => boolean; of: (counts: ImportCounts) => number }[] = [
  { id: 'tout', label: 'Toutes les lignes', keeps: () => true, of: ({ create, update, same, error }) => create + update + same + error },
  { id: 'changements', label: 'Changements', keeps: (effect) => effect === 'create' || effect === 'update', of: ({ create, update }) => create + update },
  { id: 'erreurs', label: 'Lignes en erreur', keeps: (effect) => effect === 'error', of: ({ error }) => error },
];

/** Lines of one page of the rehearsal, with its tabs: ten thousand lines are not one page. */
export function pageOf(view: ImportView, href: string, filter?: string, typedPage?: string) {
  const chosen = FILTERS.find((one) => one.id === filter) ?? (view.counts.error > 0 ? FILTERS[2] : FILTERS[0]);
  const kept = view.lines.filter(({ effect }) => chosen?.keeps(effect));
  const last = Math.max(1, Math.ceil(kept.length / LINES_PER_PAGE));
  const page = Math.min(last, /^\d{1,4}$/.test(typedPage ?? '') ? Math.max(1, Number(typedPage)) : 1);
  const at = (number: number) => `${href}?voir=${chosen?.id}&page=${number}`;
  return {
    rows: kept.slice((page - 1) * LINES_PER_PAGE, page * LINES_PER_PAGE),
    tabs: FILTERS.map((one) => ({ href: `${href}?voir=${one.id}`, label: one.label, state: String(one.of(view.counts)), current: one === chosen })),
    page,
    last,
    previousHref: page > 1 ? at(page - 1) : null,
    nextHref: page < last ? at(page + 1) : null,
  };
}
