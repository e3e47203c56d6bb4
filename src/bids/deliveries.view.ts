import { showConsultation } from '../consultations/consultation.view.js';
import type { CopiesService } from './copies.service.js';
import { mayDecide } from './bid.policy.js';
import type { DeliveriesService, HeldDelivery } from './deliveries.service.js';
import { CARRIERS, COPY_CASES, type Delivery, DELIVERY_KINDS, MEDIA } from './delivery.js';
import { carrierInFrench, mediumInFrench } from './delivery-words.js';
import type { ScansService } from './scans.service.js';

const choices = (words: Record<string, string>) => Object.entries(words).map(([value, label]) => ({ value, label: label.charAt(0).toLocaleUpperCase('fr-FR') + label.slice(1) }));

function stateWords({ status, kind, session, scannedAt, late }: Delivery): { label: string; tone: string } {
  if (status === 'destroyed') return { label: 'détruite', tone: 'neutral' };
  if (status === 'set-aside') return { label: 'ouverte, écartée', tone: 'danger' };
  if (status === 'opened') return scannedAt ? { label: 'ouverte et numérisée', tone: 'done' } : { label: 'ouverte, à numériser', tone: 'attention' };
  if (session !== null) return { label: `fermée, à ouvrir en séance ${session}`, tone: 'attention' };
  return { label: kind === 'bid' && late ? 'fermée, hors délai' : 'fermée', tone: 'neutral' };
}

/** The recorder's own before the opening; all of them afterwards. */
export function showDeliveries({ consultation, opened, deliveries, invited, records, now, actor }: Awaited<ReturnType<DeliveriesService['list']>>) {
  return {
    consultation: showConsultation(consultation, now),
    opened,
    paper: consultation.otherMeans !== null,
    deliveries: deliveries.map((one) => showDelivery(one, opened, records, mayDecide(actor, consultation))),
    form: {
      kinds: Object.entries(DELIVERY_KINDS)
        .filter(([value]) => value === 'copy' || consultation.otherMeans !== null)
        .map(([value, label]) => ({ value, label })),
      organisations: invited.map(({ organisationId, name }) => ({ value: organisationId, label: name })),
      media: choices(MEDIA),
      carriers: choices(CARRIERS),
    },
    can: { record: records },
  };
}

function showDelivery(one: HeldDelivery, opened: boolean, records: boolean, decides: boolean) {
  const base = `/consultations/${one.consultationId}/remises/${one.id}`;
  return {
    id: one.id,
    kind: DELIVERY_KINDS[one.kind],
    operator: one.organisation.name,
    receivedAt: one.receivedAt,
    late: one.late,
    medium: mediumInFrench(one.facts.medium),
    carrier: carrierInFrench(one.facts.carrier),
    broughtBy: one.facts.broughtBy,
    remark: one.facts.remark,
    recordedAt: one.recordedAt,
    recordedBy: one.recorder?.name ?? '',
    receiptHref: one.receipt ? `/recus/${one.receipt.id}` : null,
    state: stateWords(one),
    note: one.scanNote,
    copyReasons: one.copyReasons,
    scanHref: ['opened', 'set-aside'].includes(one.status) ? `${base}/numerisation` : null,
    copyHref: opened && decides && one.idle ? `${base}/copie` : null,
    destroyHref: opened && records && one.kind === 'copy' && one.session === null && one.status === 'held' ? `${base}/detruire` : null,
  };
}

export function showCopy({ consultation, delivery, organisation, bid, damaged, unfinished, late, decides, now }: Awaited<ReturnType<CopiesService['find']>>) {
  return {
    consultation: showConsultation(consultation, now),
    copy: { id: delivery.id, operator: organisation.name, receivedAt: delivery.receivedAt, late: delivery.late, state: stateWords(delivery), reasons: delivery.copyReasons },
    electronic: bid ? { receivedAt: bid.receivedAt, startedAt: bid.startedAt, unreadable: bid.status === 'unreadable', damaged } : null,
    unfinishedFrom: unfinished?.startedAt ?? null,
    lateUndecided: late,
    cases: Object.entries(COPY_CASES).map(([value, { label, hint }]) => ({ value, label, hint })),
    can: { decide: decides && delivery.idle && !late },
  };
}

export function showScan({ consultation, delivery, organisation, files, scans, now }: Awaited<ReturnType<ScansService['show']>>) {
  const base = `/consultations/${consultation.id}/remises/${delivery.id}/numerisation`;
  const open = scans && delivery.scannedAt === null;
  return {
    consultation: showConsultation(consultation, now),
    envelope: { id: delivery.id, kind: DELIVERY_KINDS[delivery.kind], copy: delivery.kind === 'copy', operator: organisation.name, openedAt: delivery.openedAt, session: delivery.session, scannedAt: delivery.scannedAt, note: delivery.scanNote, setAside: delivery.status === 'set-aside' },
    files: files.map(({ id, name, size, sha256 }) => ({ id, name, size, sha256, note: 'numérisé en séance', href: `/consultations/${consultation.id}/plis/${delivery.bidId}/fichiers/${id}`, ...(open ? { deleteHref: `${base}/fichiers/${id}/supprimer` } : {}) })),
    can: { scan: open },
  };
}
