import { Injectable, Optional } from '@nestjs/common';
import type { Act } from '../platform/acts.js';
import { Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { machineNow } from '../platform/clock.js';
import { Invalid, NotFound, Refused } from '../platform/errors.js';
import { Outbox } from '../platform/outbox.js';
import { sha256 } from '../platform/random.js';
import { Config } from '../config.js';
import { passwordMatches } from './passwords.js';
import { Membership, Organisation, Person, ROLES, SignInLink } from './people.js';
import { Sessions } from './sessions.js';
import { WhatNow } from './what-now.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Invitations wait in a mailbox during the holidays; a link asked for is used at once. */
export const INVITATION_LINK_MS = 60 * DAY_MS;
const ASKED_LINK_MS = 120 * MINUTE_MS;

const WRONG = 'Adresse ou mot de passe inexacts.';

@Injectable()
export class AccountsService {
  constructor(
    private readonly acts: Acts,
    private readonly sessions: Sessions,
    private readonly outbox: Outbox,
    private readonly config: Config,
    @Optional() private readonly whatNow?: WhatNow,
  ) {}

  /** Agents sign in with a password (decisions.md 24). Returns the token of a new session. */
  async signIn(email: string, password: string): Promise<string> {
    const personId = await this.acts.perform(Actor.anonymous, 'session.open', async (act) => {
      act.see(true);
      const person = await act.db.findOneBy(Person, { email: email.toLowerCase() });
      // The same sentence and the same time for an unknown address and for a wrong password.
      const right = await passwordMatches(password, person?.password ?? null);
      if (!person || !right || !person.active) throw Invalid.field('email', WRONG, { email });
      act.record({ person: sha256(person.id).slice(0, 16) });
      return person.id;
    });
    return this.sessions.open(personId);
  }

  /** One click in the demonstration, where accounts are invented; refused anywhere else. */
  async signInForDemonstration(personId: string): Promise<string> {
    const accounts = await this.demonstrationAccounts();
    if (!accounts.some((one) => one.id === personId)) throw new NotFound();
    return this.sessions.open(personId);
  }

  demonstrationAccounts() {
    return this.acts.look(Actor.anonymous, 'person.list-demo', async (act) => {
      act.see(this.config.demo);
      const rows = await act.db
        .createQueryBuilder(Person, 'p')
        .innerJoin(Membership, 'm', 'm."personId" = p.id')
        .innerJoin(Organisation, 'o', 'o.id = m."organisationId"')
        .select(['p.id AS "id"', 'p."givenName" AS "givenName"', 'p."familyName" AS "familyName"', 'p.email AS "email"'])
        .addSelect(['m.role AS "role"', 'o.name AS "organisation"'])
        .where('p.password is not null or m.role = :bidder', { bidder: 'bidder' })
        .orderBy('p.familyName')
        .addOrderBy('o.name')
        .getRawMany<{ id: string; givenName: string; familyName: string; email: string; role: keyof typeof ROLES; organisation: string }>();
      const rank = Object.keys(ROLES); // the order of the story: who drafts, who signs, who opens, who bids
      const played = rows.filter((row) => row.role !== 'bidder' || this.whatNow?.mayEnter(row.organisation));
      const sorted = played.toSorted((a, b) => rank.indexOf(a.role) - rank.indexOf(b.role) || a.organisation.localeCompare(b.organisation, 'fr'));
      // Somebody with two roles stands once, under the first.
      const once = sorted.filter((row, index) => sorted.findIndex((other) => other.id === row.id) === index);
      return once.map((row) => ({ ...row, name: [row.givenName, row.familyName].filter(Boolean).join(' ') || row.organisation, roleLabel: ROLES[row.role] }));
    });
  }

  /** Asks for a new link. The answer is the same whether the address is known or not. */
  async askForLink(email: string, leadsTo: string): Promise<void> {
    await this.acts.perform(Actor.anonymous, 'link.ask', async (act) => {
      act.see(true);
      const person = await act.db.findOneBy(Person, { email: email.toLowerCase(), active: true });
      if (!person) return;
      const url = await this.newLink(act, person.id, leadsTo, ASKED_LINK_MS);
      await this.outbox.queue(act, {
        kind: 'sign-in-link',
        to: person.email,
        subject: 'Votre lien de connexion à Souspli',
        data: { url, base: this.config.baseUrl },
      });
    });
  }

  /** Makes a link inside an act; only its hash is stored. */
  async newLink(act: Act, personId: string, leadsTo: string, lifeMs: number, organisationId: string | null = null): Promise<string> {
    const token = act.random.token();
    const at = machineNow();
    await act.add(
      Object.assign(new SignInLink(), {
        id: sha256(token),
        personId,
        organisationId,
        leadsTo,
        createdAt: at,
        expiresAt: new Date(at.getTime() + lifeMs),
      }),
    );
    return `${this.config.baseUrl}/lien/${token}`;
  }

  /** What the page behind a link may say before the button is pressed: whether it still works, nothing else. */
  linkState(token: string) {
    return this.acts.look(Actor.anonymous, 'link.state', async (act) => {
      act.see(true);
      const link = await act.db.findOneBy(SignInLink, { id: sha256(token) });
      return { usable: Boolean(link && !link.usedAt && link.expiresAt > machineNow()) };
    });
  }

  /** Consumes the link, once, by POST. */
  async useLink(token: string): Promise<{ session: string; leadsTo: string }> {
    const link = await this.acts.perform(Actor.anonymous, 'link.use', async (act) => {
      act.see(true);
      const found = await act.load(SignInLink, sha256(token)).catch(() => null);
      if (!found || found.usedAt || found.expiresAt <= machineNow()) {
        throw new Refused('link-used', 'Ce lien a déjà servi ou a expiré. Demandez-en un nouveau : il arrive dans la minute.');
      }
      await act.db.update(SignInLink, { id: found.id }, { usedAt: machineNow() });
      return found;
    });
    return { session: await this.sessions.open(link.personId, link.organisationId), leadsTo: link.leadsTo };
  }

  /** One mailbox may serve several organisations: the pages show, and deposits are made for, the one chosen here. */
  async actFor(actor: Actor, sessionId: string, organisationId: string): Promise<void> {
    await this.acts.look(actor, 'session.act-for', (act) => Promise.resolve(act.see(actor.holds('bidder', organisationId))));
    await this.sessions.actFor(sessionId, organisationId);
  }

  /** Accounts, for the technical administrator: who exists, with which mandates. No consultation is reachable from here. */
  list(actor: Actor) {
    return this.acts.look(actor, 'account.list', async (act) => {
      act.see(actor.has('sysadmin'));
      const rows = await act.db
        .createQueryBuilder(Person, 'p')
        .leftJoin(Membership, 'm', 'm."personId" = p.id')
        .leftJoin(Organisation, 'o', 'o.id = m."organisationId"')
        .select(['p.id AS "id"', 'p."givenName" AS "givenName"', 'p."familyName" AS "familyName"', 'p.email AS "email"'])
        .addSelect(['p.active AS "active"', 'm.role AS "role"', 'm.territory AS "territory"', 'o.name AS "organisation"'])
        // Accounts of organisations would tell who was invited, not who bids; still, agents only here.
        .where('m.role <> :bidder', { bidder: 'bidder' })
        .orderBy('p."familyName"')
        .addOrderBy('p.id')
        .limit(200)
        .getRawMany<{ id: string; givenName: string; familyName: string; email: string; active: boolean | number; role: keyof typeof ROLES; territory: string; organisation: string }>();
      return rows.map((row) => ({ ...row, active: Boolean(row.active), name: `${row.givenName} ${row.familyName}`.trim(), roleLabel: ROLES[row.role] }));
    });
  }
}
