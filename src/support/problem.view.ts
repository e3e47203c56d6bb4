import type { Consultation } from '../consultations/consultation.js';
import type { Person } from '../people/people.js';
import type { Actor } from '../platform/actor.js';
import type { Vault } from '../platform/vault.js';
import { mayReadProblem, maySeeAuthor, maySeeTechnical } from './problem.policy.js';
import type { ProblemReport } from './problem-report.js';

export type FiledProblem = ProblemReport & { consultation?: Consultation | null; person?: Person | null };

export interface Contact {
  email: string;
  telephone: string;
  mailed: boolean;
}

/** Whoever stands on these pages has to do with a bid. */
const TELLS = /^\/(consultations|recus|lien|api)(\/|$)/;

/** All that leaves the server about a problem. Before the opening, agents read number, instant and text, and nothing of its author. */
export function showProblem(report: FiledProblem, who: Actor, vault: Vault) {
  const consultation = report.consultation ?? null;
  const open = consultation !== null && consultation.openedAt !== null;
  const sees = { text: mayReadProblem(who, consultation), author: maySeeAuthor(who, consultation), technical: maySeeTechnical(who) };
  return {
    id: report.id,
    number: report.number,
    at: report.at,
    timeZone: (sees.text && consultation?.timeZone) || 'Europe/Paris',
    text: sees.text ? textOf(report, vault).text : null,
    consultation: sees.text && consultation ? { id: consultation.id, reference: consultation.reference, title: consultation.title } : null,
    author: sees.author ? { name: report.person?.name ?? '', ...contactOf(report, vault) } : null,
    authorHidden: sees.text && !sees.author,
    technical: sees.technical || sees.author ? technicalOf(report, open) : null,
  };
}

/** The page and the size of an upload would say that somebody is bidding: kept back until the opening. */
function technicalOf(report: ProblemReport, open: boolean) {
  const harmless = open || (report.consultationId === null && !TELLS.test(report.page ?? ''));
  return {
    recordedAt: report.recordedAt,
    browser: report.userAgent,
    page: harmless ? report.page : null,
    lastUploadBytes: harmless ? report.lastUploadBytes : null,
  };
}

export function textOf(report: ProblemReport, vault: Vault) {
  return JSON.parse(vault.open(report.sealedText, `problem/${report.id}/text`)) as { text: string; reference: string };
}

export function contactOf(report: ProblemReport, vault: Vault): Contact {
  if (!report.sealedContact) return { email: '', telephone: '', mailed: false };
  return JSON.parse(vault.open(report.sealedContact, `problem/${report.id}/contact`)) as Contact;
}

/** What its author keeps: proof of the hour, and nothing that another could learn from it. */
export function showThanks(report: ProblemReport, vault: Vault) {
  return { id: report.id, number: report.number, at: report.at, timeZone: 'Europe/Paris', mailed: contactOf(report, vault).mailed };
}
