import type { StoredFile } from '../platform/stored-file.js';
import type { Consultation, ConsultationDocument } from './consultation.js';
import { DOCUMENT_KINDS } from './consultation-parts.js';

/** All that leaves the server about a consultation. Nothing about sealed bids passes here, not even their number. */
export function showConsultation(c: Consultation, now: Date) {
  const closed = c.isClosed(now) || c.status === 'opened';
  return {
    id: c.id,
    title: c.title,
    object: c.object,
    reference: c.reference,
    buyer: c.buyerName,
    deadline: c.deadline,
    timeZone: c.timeZone,
    deadlineVersion: c.deadlineVersion,
    closed,
    statusLabel: c.status === 'draft' ? 'En préparation' : c.status === 'abandoned' ? 'Terminée sans attribution' : c.status === 'opened' ? 'Plis ouverts' : closed ? 'Close' : 'En cours',
    tone: c.status === 'draft' ? 'draft' : c.status === 'opened' ? 'done' : closed || c.status === 'abandoned' ? 'neutral' : 'current',
    contact: c.contact,
  };
}

export function showDocument(consultationId: string, document: ConsultationDocument & { file: StoredFile }) {
  return {
    id: document.id,
    kind: DOCUMENT_KINDS[document.kind],
    name: document.title,
    version: document.version,
    difference: document.note,
    publishedAt: document.createdAt,
    size: document.file.size,
    sha256: document.file.sha256,
    note: document.version > 1 ? `version ${document.version}` : undefined,
    href: `/consultations/${consultationId}/documents/${document.id}`,
  };
}
