// Who takes part: five invited organisations, two of them of one legal person, an outsider, and the buyer's agents.
import { Authority, Membership, Organisation, Person } from '../../src/people/people.js';
import { Actor } from '../../src/platform/actor.js';
import { Consultation, Invitation } from '../../src/consultations/consultation.js';
import { Custodian } from '../../src/sealing/custodian.js';
import { localOf } from '../../src/platform/dates.js';
import type { Acts } from '../../src/platform/acts.js';

/** Where they are put: a stage, or an application that prepares a server’s data. */
export interface Place {
  acts: Acts;
  get<T>(type: abstract new (...args: never[]) => T): T;
}

export const ZONE = 'Europe/Paris';
export const MINUTE_MS = 60_000;

/** Members of each organisation, by its id. */
export const ORGANISATIONS = {
  alpha: { siret: '11111111800013', members: ['anne', 'alain', 'aline'] },
  'alpha-bis': { siret: '11111111800021', members: ['bruno', 'berthe'] },
  gamma: { siret: '22222222600017', members: ['carla'] },
  delta: { siret: '33333333400010', members: ['denis', 'dora'] },
  epsilon: { siret: null, members: ['emile'] },
  outsider: { siret: '44444444200012', members: ['zoe'] },
} as const;
export type OrgId = keyof typeof ORGANISATIONS;
export const INVITED = Object.keys(ORGANISATIONS).filter((id) => id !== 'outsider') as OrgId[];

/** Two SIRETs of one SIREN are one candidate (R2151-6). */
export const candidateOf = (org: OrgId): string => ORGANISATIONS[org].siret?.slice(0, 9) ?? org;

export const OPENERS = ['opener-1', 'opener-2', 'opener-3', 'substitute'] as const;
export const AGENTS = ['officer', ...OPENERS, 'sysadmin'] as const;
export type AgentId = (typeof AGENTS)[number];

export function memberOf(org: OrgId, index: number): Actor {
  const { members } = ORGANISATIONS[org];
  const id = members[index % members.length] as string;
  return new Actor(id, id, [{ organisationId: org, organisationName: org, role: 'bidder', territory: '*' }]);
}

export function agent(id: AgentId): Actor {
  if (id === 'sysadmin') return new Actor(id, id, [{ organisationId: 'platform', organisationName: 'Souspli', role: 'sysadmin', territory: '*' }]);
  return new Actor(id, id, [{ organisationId: 'ddets', organisationName: 'DDETS', role: id === 'officer' ? 'dept-officer' : 'opener', territory: '67' }]);
}

/** People, in the template: they are the same in every world. */
export function seedCast(stage: Place): Promise<void> {
  return stage.acts.perform(Actor.system, 'test.cast', async (act) => {
    act.require(true);
    const letterhead = { brandLines: ['PRÉFÈTE'], motto: ['Liberté'], serviceLines: ['DDETS'], authorTitles: ['La Préfète'], delegationLine: 'Pour la Préfète', footerLines: ['5, place de la République'] };
    await act.add(Object.assign(new Authority(), { id: 'ddets', territory: '67', timeZone: ZONE, place: 'Strasbourg', chronoKey: 'DDETS67', letterhead }));
    await act.add(Object.assign(new Organisation(), { id: 'ddets', kind: 'authority', name: 'DDETS' }));
    for (const id of AGENTS) {
      await act.add(Object.assign(new Person(), { id, email: `${id}@ddets.example`, givenName: id, familyName: 'Agent' }));
      const [{ organisationId, role, territory }] = agent(id).mandates;
      await act.add(Object.assign(new Membership(), { id: `m-${id}`, personId: id, organisationId, role, territory, validFrom: new Date(0) }));
    }
    for (const [org, { siret, members }] of Object.entries(ORGANISATIONS)) {
      await act.add(Object.assign(new Organisation(), { id: org, kind: 'company', name: `Société ${org}`, scheme: siret ? 'FR-SIRET' : null, schemeId: siret }));
      for (const id of members) {
        await act.add(Object.assign(new Person(), { id, email: `${id}@${org}.example`, givenName: id, familyName: org }));
        await act.add(Object.assign(new Membership(), { id: `m-${id}`, personId: id, organisationId: org, role: 'bidder', territory: '*', validFrom: new Date(0) }));
      }
    }
  });
}

/** What differs from one call to another. */
export interface Call {
  id: string;
  /** Milliseconds; a whole minute of the buyer's clocks. */
  deadline: number;
  delayMinutes: number;
  quorum: number;
  openers: AgentId[];
  substitutes: AgentId[];
  outageRule: { minutes: number; hours: number } | null;
  invited: OrgId[];
}

export interface Setup {
  start: number;
  calls: Call[];
  /** Organisations that reserve the deposit to their first member. */
  reserved: OrgId[];
}

/** Preparing a stage is no act of the product: a loaded machine may take its time. */
export const SEEDING_MS = 120_000;

export async function launch(stage: Place, { calls, reserved }: Setup): Promise<void> {
  await stage.acts.perform(Actor.system, 'test.launch', async (act) => {
    act.require(true);
    for (const org of reserved) await act.db.update(Organisation, { id: org }, { depositorIds: [ORGANISATIONS[org].members[0]] });
    for (const call of calls) {
      const consultation = Object.assign(new Consultation(), {
        id: call.id,
        ocid: `ocds-test-${call.id}`,
        authorityId: 'ddets',
        territory: '67',
        reference: call.id.toUpperCase(),
        buyerName: 'Préfecture du Bas-Rhin',
        title: `Diagnostic ${call.id}`,
        object: 'Réalisation du diagnostic',
        timeZone: ZONE,
        openingDelayMinutes: call.delayMinutes,
        quorum: call.quorum,
        openerIds: call.openers,
        substituteIds: call.substitutes,
        outageRule: call.outageRule,
        contact: { name: 'Odile', phone: '03 00 00 00 00', email: 'odile@ddets.example' },
        createdAt: act.now,
      });
      consultation.plan(localOf(new Date(call.deadline), ZONE), act.now);
      const version = consultation.launch(act.now);
      await stage.get(Custodian).create(act, { consultationId: call.id, notBefore: consultation.opensAt, quorum: call.quorum, openers: call.openers, substitutes: call.substitutes });
      await act.add(consultation, version);
      for (const [index, org] of call.invited.entries()) {
        const invitation = { id: `${call.id}-${org}`, consultationId: call.id, organisationId: org, personId: ORGANISATIONS[org].members[0], number: index + 1 };
        await act.add(Object.assign(new Invitation(), { ...invitation, name: `Société ${org}`, email: `contact@${org}.example`, invitedAt: act.now }));
      }
    }
  }, { limitMs: SEEDING_MS });
}
