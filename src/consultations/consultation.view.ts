import type { StoredFile } from '../platform/stored-file.js';
import type { Consultation, ConsultationDocument } from './consultation.js';

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
    statusLabel: c.status === 'opened' ? 'Plis ouverts' : closed ? 'Close' : 'En cours',
    tone: c.status === 'opened' ? 'done' : closed ? 'neutral' : 'current',
    contact: c.contact,
  };
}

export function showDocument(consultationId: string, document: ConsultationDocument & { file: StoredFile }) {
  return {
    id: document.id,
    name: document.title,
    version: document.version,
    size: document.file.size,
    sha256: document.file.sha256,
    href: `/consultations/${consultationId}/documents/${document.id}`,
  };
}
