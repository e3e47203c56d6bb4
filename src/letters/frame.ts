import { stampDate } from '../platform/dates.js';
import type { Authority, Person } from '../people/people.js';
import type { Agent, LetterFrame, Signature } from './letter-data.js';
import type { Delegation } from './letter.js';

/** Who signed, under what, when. */
export interface Signed {
  person: Person;
  delegation: Delegation;
  at: Date;
}

export type AddresseeChoice = { mode: 'in-fine'; names: string[] } | { mode: 'single'; lines: string[] };

export interface FrameFacts {
  authority: Authority;
  contact: Agent;
  demo: boolean;
  /** Null while nobody has signed: the letter then says « Projet ». */
  signed: Signed | null;
  subject: string;
  attachments: readonly string[];
  addressee: AddresseeChoice;
}

/** Head, parties, subject and ending of any letter of an authority. */
export function frameOf({ authority, contact, demo, signed, subject, attachments, addressee }: FrameFacts): LetterFrame {
  return {
    brandLabel: authority.letterhead.brandLines,
    motto: authority.letterhead.motto,
    service: authority.letterhead.serviceLines,
    // At the foot rather than in a band: the letter keeps to one page, like the real one.
    footer: [...(demo ? ['Démonstration : document sans valeur'] : []), ...authority.letterhead.footerLines],
    caseOfficer: contact,
    place: authority.place,
    date: signed ? stampDate(signed.at, authority.timeZone) : null,
    authorTitles: authority.letterhead.authorTitles,
    addressee: addressee.mode === 'single' ? { mode: 'single', lines: addressee.lines } : { mode: 'in-fine' },
    subject,
    attachments: [...attachments],
    closing: 'Mes services restent à votre disposition pour toute information complémentaire.',
    signature: signed && signatureOf(authority, signed),
    inFine: addressee.mode === 'in-fine' ? addressee.names : undefined,
  };
}

export function signatureOf(authority: Authority, { person, delegation }: Signed): Signature {
  return {
    qualityLines: [authority.letterhead.delegationLine, delegation.quality],
    name: `${person.givenName} ${person.familyName.toLocaleUpperCase('fr-FR')}`,
  };
}

/** « Sébastien BOUCHÉ », as letters name an agent. */
export const agentOf = (person: Person): Agent => ({
  name: `${person.givenName} ${person.familyName.toLocaleUpperCase('fr-FR')}`.trim(),
  phone: person.phone ?? '',
  email: person.email,
});
