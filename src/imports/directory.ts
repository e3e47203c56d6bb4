import type { Member } from '../agreements/lot.js';
import { Organisation } from '../people/people.js';
import { type LineReader, spaced } from './cells.js';
import type { Writes } from './plan.js';
import type { ReadMember } from './plan-members.js';
import type { Facts } from './planner.js';

/** An organisation of the directory, and those addresses of the file that already sign in for it. */
export interface Listed {
  organisation: Organisation;
  emails: readonly string[];
  /** Somebody has an address for it already. */
  entered: boolean;
}

export interface Mentioned {
  name: string;
  siret: string | null;
  rna: string | null;
  email: string | null;
}

interface Party {
  organisation: Organisation;
  emails: Set<string>;
  entered: boolean;
  known: boolean;
  /** Already among the records to write. */
  written: boolean;
}

/** What the directory says of an organisation before a line, and after it. */
export interface Found {
  organisation: Organisation;
  before: { siret: string; rna: string; email: string };
  after: { siret: string; rna: string; email: string };
}

const siretIn = (organisation: Organisation) => (organisation.scheme === 'FR-SIRET' ? organisation.schemeId : null);

/**
 * Which organisation a line means: by SIRET, else by the address of somebody who signs in for it, else by its exact name
 * among the holders of the framework, else a new one. Two lines about one new organisation make one.
 */
export class Directory {
  private readonly bySiret = new Map<string, Party>();
  private readonly byEmail = new Map<string, Set<Party>>();
  private readonly byName = new Map<string, Set<Party>>();
  private readonly sirets = new Map<string, string>();

  constructor(
    private readonly facts: Facts,
    private readonly writes: Writes,
  ) {
    const byId = new Map<string, Party>();
    for (const { organisation, emails, entered } of facts.directory) {
      const party = { organisation: Object.assign(new Organisation(), organisation), emails: new Set<string>(), entered, known: true, written: false };
      byId.set(organisation.id, party);
      const siret = siretIn(organisation);
      if (siret) {
        this.bySiret.set(siret, party);
        this.sirets.set(organisation.id, siret);
      }
      for (const email of emails) this.letIn(party, email);
    }
    for (const { organisationId, name } of facts.holders) {
      const party = byId.get(organisationId);
      for (const alias of party ? [name, party.organisation.name] : []) if (party) put(this.byName, spaced(alias), party);
    }
  }

  /** @returns null, and the fault is kept, when the line contradicts the directory or names two organisations */
  find(reader: LineReader, mentioned: Mentioned): Found | null {
    const { email, siret, rna } = mentioned;
    if (email && this.facts.agents.has(email)) return reader.fail('Courriel', `«\u00a0${email}\u00a0» est l’adresse d’un agent de l’État\u00a0: un agent n’est pas candidat.`);
    const party = this.partyOf(reader, mentioned);
    if (!party) return null;
    const { organisation } = party;
    const known = siretIn(organisation);
    if (siret && known && known !== siret) return reader.fail('SIRET', `L’annuaire donne à «\u00a0${organisation.name}\u00a0» le SIRET ${known}\u00a0: corrigez la ligne, ou l’annuaire.`);
    // The organisation alone lets people in once it has an address: an agent's line never opens its space to another one.
    if (email && party.entered && !party.emails.has(email)) return reader.fail('Courriel', `«\u00a0${organisation.name}\u00a0» a déjà une adresse dans l’annuaire\u00a0: indiquez-la, ou videz cette cellule. L’organisation seule peut donner accès à une autre personne.`);
    if (rna && organisation.rna && organisation.rna !== rna) return reader.fail('RNA', `L’annuaire donne à «\u00a0${organisation.name}\u00a0» le RNA ${organisation.rna}\u00a0: corrigez la ligne, ou l’annuaire.`);
    const before = this.shown(party, email);
    this.complete(party, mentioned);
    const now = siretIn(organisation);
    if (now) this.sirets.set(organisation.id, now);
    return { organisation, before, after: this.shown(party, email) };
  }

  /** Members beside the lead: a SIRET leads to the directory, where it is added when it is new; a name alone keeps what is known of it. */
  membersOf(reader: LineReader, lead: Organisation, mentioned: readonly ReadMember[], before: readonly Member[]): Member[] {
    return mentioned.map(({ name, siret, part }) => {
      if (siret && siret.slice(0, 9) === this.sirenOf(lead.id)) reader.fail('SIRET des membres', `«\u00a0${name}\u00a0» a le même SIREN que le mandataire\u00a0: c’est la même personne morale.`);
      const organisationId = siret ? this.withSiret(siret, name) : (before.find((one) => one.name === name)?.organisationId ?? null);
      return { organisationId, name, ...(part ? { part } : {}) };
    });
  }

  /** SIRET of an organisation, known or of this file. */
  siretOf(organisationId: string): string | null {
    return this.sirets.get(organisationId) ?? null;
  }

  sirenOf(organisationId: string): string | null {
    return this.siretOf(organisationId)?.slice(0, 9) ?? null;
  }

  private withSiret(siret: string, name: string): string {
    const party = this.bySiret.get(siret) ?? this.create(name);
    Object.assign(party.organisation, { scheme: 'FR-SIRET', schemeId: siret });
    this.bySiret.set(siret, party);
    this.sirets.set(party.organisation.id, siret);
    return party.organisation.id;
  }

  private partyOf(reader: LineReader, { name, email, siret }: Mentioned): Party | null {
    const sameSiret = siret ? this.bySiret.get(siret) : undefined;
    const sameEmail = [...((email && this.byEmail.get(email)) || [])];
    if (sameSiret) {
      const [other] = sameEmail;
      if (!other || sameEmail.includes(sameSiret)) return sameSiret;
      return reader.fail('Courriel', `Cette adresse est celle de «\u00a0${other.organisation.name}\u00a0», et ce SIRET celui de «\u00a0${sameSiret.organisation.name}\u00a0».`);
    }
    if (sameEmail.length > 1) return reader.fail('Courriel', siret ? 'Cette adresse est celle de plusieurs organisations, dont aucune n’a ce SIRET\u00a0: donnez-en une autre.' : 'Cette adresse est celle de plusieurs organisations\u00a0: donnez le SIRET.');
    const sameName = [...(this.byName.get(spaced(name)) ?? [])].filter(({ organisation }) => !siret || !siretIn(organisation));
    // A homonym that has a SIRET of its own is somebody else; so is one of two homonyms.
    if (!sameEmail[0] && sameName.length > 1) return reader.fail('Titulaire', 'Plusieurs titulaires de cet accord-cadre portent ce nom\u00a0: donnez le SIRET ou le courriel.');
    return sameEmail[0] ?? sameName[0] ?? this.create(name);
  }

  private create(name: string): Party {
    const organisation = Object.assign(new Organisation(), { id: this.facts.newId(), kind: 'company', name });
    const party = { organisation, emails: new Set<string>(), entered: false, known: false, written: true };
    this.writes.add.push(organisation);
    put(this.byName, spaced(name), party);
    return party;
  }

  /** What the directory did not know is added, and shown; what it knew is never overwritten. */
  private complete(party: Party, { siret, rna, email }: Mentioned) {
    const { organisation } = party;
    const changed = (siret && !siretIn(organisation)) || (rna && !organisation.rna);
    if (siret) {
      Object.assign(organisation, { scheme: 'FR-SIRET', schemeId: siret });
      this.bySiret.set(siret, party);
    }
    if (rna) organisation.rna = rna;
    if (email && !party.emails.has(email)) {
      this.letIn(party, email);
      this.writes.access.push({ email, organisationId: organisation.id });
      if (!party.known) organisation.email ??= email;
    }
    if (changed && !party.written) {
      this.writes.change.push(organisation);
      party.written = true;
    }
  }

  private letIn(party: Party, email: string) {
    party.emails.add(email);
    put(this.byEmail, email, party);
  }

  private shown({ organisation, emails }: Party, email: string | null) {
    return { siret: siretIn(organisation) ?? '', rna: organisation.rna ?? '', email: email && emails.has(email) ? email : '' };
  }
}

function put<Value>(index: Map<string, Set<Value>>, key: string, value: Value) {
  const found = index.get(key);
  if (found) found.add(value);
  else index.set(key, new Set([value]));
}
