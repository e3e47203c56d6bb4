import { type DataSource, LessThan } from 'typeorm';
import { Actor, type Mandate } from '../platform/actor.js';
import { type Clock, machineNow } from '../platform/clock.js';
import { type Random, sha256 } from '../platform/random.js';
import { type Held, heldIn } from '../platform/held.js';
import { type CurrentSession, SessionReader } from '../platform/session-reader.js';
import { zoneOfAddress } from './departments.js';
import { ROLES, Session, type Role } from './people.js';

const LIFE_MS = 12 * 3_600_000;
const TOUCH_EVERY_MS = 5 * 60_000;
const RANK: string[] = Object.keys(ROLES);

/** An ended session still says whose it was: what that person had typed can be given back. */
const REMEMBERED_MS = 7 * 24 * 3_600_000;

interface Row {
  csrf: string;
  seenAt: string;
  flash: string | null;
  personId: string | null;
  givenName: string | null;
  familyName: string | null;
  email: string | null;
  active: boolean | number | null;
  timeZone: string | null;
  organisationId: string | null;
  organisationName: string | null;
  address: string | null;
  role: Role | null;
  territory: string | null;
  actsFor: string | null;
}

/** Sessions are machine bookkeeping, not acts: no journal line, machine time (decisions.md 3, 20). */
export class Sessions extends SessionReader {
  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    super();
  }

  /** One joined query for session, person and memberships. */
  async read(token: string): Promise<CurrentSession | null> {
    const id = sha256(token);
    const at = machineNow();
    const legal = this.clock.now().toISOString();
    const rows = await this.source
      .createQueryBuilder()
      .select(['s.csrf AS "csrf"', 's."organisationId" AS "actsFor"', 's."seenAt" AS "seenAt"', 's.flash AS "flash"'])
      .addSelect(['p.id AS "personId"', 'p."givenName" AS "givenName"', 'p."familyName" AS "familyName"', 'p.email AS "email"', 'p.active AS "active"', 'p."timeZone" AS "timeZone"'])
      .addSelect(['m."organisationId" AS "organisationId"', 'm.role AS "role"', 'm.territory AS "territory"', 'o.name AS "organisationName"', 'o.address AS "address"'])
      .from('session', 's')
      .leftJoin('person', 'p', 'p.id = s."personId"')
      .leftJoin('membership', 'm', 'm."personId" = p.id and m."validFrom" <= :legal and (m."validTo" is null or m."validTo" > :legal)', { legal })
      .leftJoin('organisation', 'o', 'o.id = m."organisationId"')
      .where('s.id = :id and s."expiresAt" > :now', { id, now: at.toISOString() })
      .orderBy('m.id')
      .getRawMany<Row>();
    // The first role of the story names the person: a buyer who may also open is a buyer. Of several organisations, the one they act for.
    const other = (row: Row) => Number(row.organisationId !== row.actsFor);
    rows.sort((a, b) => RANK.indexOf(a.role ?? '') - RANK.indexOf(b.role ?? '') || other(a) - other(b) || (a.organisationName ?? '').localeCompare(b.organisationName ?? '', 'fr'));
    const [first] = rows;
    if (!first || (first.personId && !first.active)) return null;
    if (at.getTime() - Date.parse(first.seenAt) > TOUCH_EVERY_MS) {
      await this.source.manager.update(Session, { id }, { seenAt: at, expiresAt: new Date(at.getTime() + LIFE_MS) });
    }
    return {
      id,
      csrf: first.csrf,
      actor: first.personId ? new Actor(first.personId, nameOf(first), rows.flatMap(mandate)) : Actor.anonymous,
      roleLabel: first.role ? ROLES[first.role] : '',
      timeZone: first.timeZone ?? (first.address ? zoneOfAddress(JSON.parse(first.address) as string[]) : null),
      flash: first.flash ? (JSON.parse(first.flash) as Record<string, unknown>) : null,
    };
  }

  /** A new session with a new token: never the one from before the sign-in. */
  async open(personId: string | null, organisationId: string | null = null): Promise<string> {
    const token = this.random.token();
    const at = machineNow();
    await this.source.manager.delete(Session, { expiresAt: LessThan(new Date(at.getTime() - REMEMBERED_MS)) });
    await this.source.manager.insert(Session, {
      id: sha256(token),
      personId,
      organisationId,
      csrf: this.random.token(),
      createdAt: at,
      seenAt: at,
      expiresAt: new Date(at.getTime() + LIFE_MS),
    });
    return token;
  }

  async close(id: string): Promise<void> {
    await this.source.manager.update(Session, { id }, { expiresAt: machineNow(), flash: null });
  }

  /** The caller has checked that the person belongs to it. */
  async actFor(id: string, organisationId: string): Promise<void> {
    await this.source.manager.update(Session, { id }, { organisationId });
  }

  async ownerOf(cookie: string | undefined, formToken: string): Promise<string | null> {
    const byCookie = cookie ? await this.source.manager.findOneBy(Session, { id: sha256(cookie) }) : null;
    // Signed out in another tab, the cookie is gone; the form still carries the token of the session that made it.
    const found = byCookie ?? (formToken ? await this.source.manager.findOneBy(Session, { csrf: formToken }) : null);
    return found?.personId ?? null;
  }

  /** The session after a sign-in. What its person had typed when an earlier one ended goes with them, and with nobody else. */
  async succeed(previous: CurrentSession | undefined, token: string): Promise<Held | null> {
    const held = heldIn(previous);
    if (previous) await this.close(previous.id);
    const session = await this.read(token);
    if (!session || !held || held.owner !== session.actor.id) return null;
    await this.flash(session.id, { held });
    return held;
  }

  async flash(id: string, flash: Record<string, unknown> | null): Promise<void> {
    await this.source.manager.update(Session, { id }, { flash: flash as never });
  }
}

function nameOf(row: Row) {
  return [row.givenName, row.familyName].filter(Boolean).join(' ') || (row.organisationName ?? row.email ?? '');
}

function mandate(row: Row): Mandate[] {
  if (!row.role || !row.organisationId) return [];
  return [{ organisationId: row.organisationId, organisationName: row.organisationName ?? '', role: row.role, territory: row.territory ?? '' }];
}
