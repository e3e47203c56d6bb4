import type { Holder } from '../agreements/lot.js';
import { DEPARTMENTS } from '../people/departments.js';
import type { Person } from '../people/people.js';
import type { Actor } from '../platform/actor.js';
import type { Mail } from '../platform/mail.js';
import type { StoredFile } from '../platform/stored-file.js';
import { dayInFrench } from '../platform/working-days.js';
import { type Diagnostic, DIAGNOSTIC_MOVES, type DiagnosticMove, type DiagnosticShare, type DiagnosticStatus, involved } from './diagnostic.js';
import { mayKeepDiagnostic } from './diagnostic.policy.js';

export const DIAGNOSTIC_WORDS: Record<DiagnosticStatus, { label: string; tone: string }> = {
  expected: { label: 'Attendu', tone: 'neutral' },
  submitted: { label: 'Remis, à relire', tone: 'attention' },
  'under-review': { label: 'En relecture', tone: 'current' },
  'changes-requested': { label: 'À reprendre par son auteur', tone: 'attention' },
  accepted: { label: 'Admis, relecture des données à faire', tone: 'current' },
  cleared: { label: 'Publiable', tone: 'current' },
  published: { label: 'Publié', tone: 'done' },
  rejected: { label: 'Rejeté', tone: 'danger' },
  superseded: { label: 'Remplacé', tone: 'neutral' },
};

const SENT: Record<Mail['state'], { label: string; tone: string }> = {
  queued: { label: 'en cours d’envoi', tone: 'current' },
  sent: { label: 'envoyé', tone: 'done' },
  failed: { label: 'échec de l’envoi', tone: 'danger' }, held: { label: 'Dans le courriel quotidien', tone: 'neutral' },
};

interface Facts {
  diagnostic: Diagnostic & { file: StoredFile | null; reviewer: Person | null };
  holders: Holder[];
  shares: (DiagnosticShare & { mail: Mail | null })[];
  missing: string[];
}

export function showDiagnostic({ diagnostic, holders, shares, missing }: Facts, who: Actor) {
  const may = mayKeepDiagnostic(who, diagnostic.departmentCode);
  const can = (move: DiagnosticMove) => may && (DIAGNOSTIC_MOVES[move].from as readonly string[]).includes(diagnostic.status);
  const shared = diagnostic.status === 'published' && missing.length === 0 && holders.length > 0;
  return {
    id: diagnostic.id,
    title: diagnostic.title,
    departmentCode: diagnostic.departmentCode,
    departmentName: DEPARTMENTS.get(diagnostic.departmentCode)?.name ?? diagnostic.departmentCode,
    status: diagnostic.status,
    stage: shared ? { label: 'Publié et remis à tous les titulaires', tone: 'done' } : DIAGNOSTIC_WORDS[diagnostic.status],
    author: diagnostic.authorName,
    authorMembers: diagnostic.authorMembers ?? [],
    authors: involved(diagnostic, holders).map((one) => one.name),
    commissionId: diagnostic.commissionId,
    version: diagnostic.version,
    expectedOn: diagnostic.expectedOn ? dayInFrench(diagnostic.expectedOn) : null,
    note: diagnostic.note,
    reviewer: diagnostic.reviewer?.name ?? null,
    privacyReviewer: diagnostic.privacyReviewer,
    privacyNote: diagnostic.privacyNote,
    publishedOn: diagnostic.publishedOn ? dayInFrench(diagnostic.publishedOn) : null,
    publicAddress: diagnostic.publicAddress,
    declaredSource: diagnostic.declaredSource,
    file: diagnostic.file ? { name: diagnostic.file.name, size: diagnostic.file.size, href: `/diagnostics/${diagnostic.id}/diagnostic.pdf` } : null,
    holders: holders.map(({ organisationId, name }) => ({ value: organisationId, label: name, checked: diagnostic.authorOrganisationIds.includes(organisationId) })),
    shares: shares.map((one) => ({ name: one.name, email: one.email, version: one.version, sentAt: one.sentAt, state: one.mail ? SENT[one.mail.state] : { label: 'déclaré', tone: 'neutral' } })),
    missing,
    can: { submit: can('submit'), review: can('review'), decide: can('accept'), clear: can('clear'), publish: can('publish'), share: may && diagnostic.status === 'published' && missing.length > 0, supersede: can('supersede') },
  };
}
