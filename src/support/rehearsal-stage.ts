import { CommissionsService } from '../commissions/commissions.service.js';
import { SignatureService } from '../commissions/signature.service.js';
import { Consultation, Invitation } from '../consultations/consultation.js';
import { LaunchingService } from '../consultations/launching.service.js';
import { Delegation } from '../letters/letter.js';
import { LETTER_KINDS, type LetterKind } from '../letters/letter-data.js';
import { newGuest } from '../people/guests.js';
import { hashPassword } from '../people/passwords.js';
import { Authority, type Gender, Membership, Organisation, Person, type Role } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { Files } from '../platform/files.js';
import { Random } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import type { Getter, RehearsedCall } from './rehearsal.js';

export const BIDDERS = ['Le Pont de Papier', 'Atelier des Marges', 'Coopérative Imaginaire'].map((name, index) => ({
  name: `${name} (candidat fictif)`,
  email: `offres@candidat-${index + 1}.example`,
}));

interface Player {
  email: string;
  givenName: string;
  familyName: string;
  gender: Gender;
  roles: (regional: boolean) => Role[];
}

const PLAYERS: Player[] = [
  { email: 'agent@repetition.example', givenName: 'Dominique', familyName: 'Agent-Fictif', gender: 'm', roles: (regional) => [regional ? 'regional-buyer' : 'dept-officer'] },
  { email: 'signataire@repetition.example', givenName: 'Claude', familyName: 'Signataire-Fictive', gender: 'f', roles: (regional) => [regional ? 'regional-signatory' : 'dept-signatory'] },
  { email: 'ouvreur-1@repetition.example', givenName: 'Camille', familyName: 'Ouvreuse-Fictive', gender: 'f', roles: () => ['opener'] },
  { email: 'ouvreur-2@repetition.example', givenName: 'Sacha', familyName: 'Ouvreur-Fictif', gender: 'm', roles: () => ['opener'] },
];

const PHONE = '01\u00a099\u00a000\u00a000\u00a000';
const TEN_YEARS_MS = 10 * 365 * 86_400_000;

/** Sets the stage in an empty instance: the same buyer, invented people, the same call. @returns where it starts, and the consultation */
export async function stageRehearsal(app: Getter, call: RehearsedCall, password: string): Promise<{ start: string; consultation: Consultation }> {
  const people = await seed(app, call, await hashPassword(password, app.get(Random).token()));
  return call.commission ? draft(app, call, call.commission, people.officer) : launch(app, call, people);
}

interface People {
  authorityId: string;
  officer: Actor;
  openerIds: string[];
}

async function seed(app: Getter, { buyer, territory }: RehearsedCall, password: string): Promise<People> {
  return app.get(Acts).perform(Actor.system, 'rehearsal.seed', async (act) => {
    act.require(act.actor.isSystem);
    const organisation = Object.assign(new Organisation(), { id: act.random.id(), kind: 'authority', name: buyer.name });
    // Numbers of letters and references say where they come from.
    const authority = Object.assign(new Authority(), buyer.authority, { id: organisation.id, chronoKey: `REPETITION-${buyer.authority.chronoKey}` });
    await act.add(organisation, authority);
    const actors: Actor[] = [];
    for (const { roles, ...one } of PLAYERS) {
      const person = Object.assign(new Person(), { ...one, id: act.random.id(), phone: PHONE, password });
      await act.add(person);
      const held = roles(territory.startsWith('R'));
      for (const role of held) await act.add(Object.assign(new Membership(), { id: act.random.id(), personId: person.id, organisationId: organisation.id, role, territory, validFrom: act.now }));
      actors.push(new Actor(person.id, person.name, held.map((role) => ({ role, territory, organisationId: organisation.id, organisationName: organisation.name }))));
    }
    const [officer, signatory, ...openers] = actors;
    if (!officer || !signatory) throw new Error('A rehearsal needs an officer and a signatory');
    await act.add(delegation(act, organisation.id, signatory.id));
    return { authorityId: organisation.id, officer, openerIds: openers.map((one) => one.id) };
  });
}

function delegation(act: Act, authorityId: string, delegateId: string) {
  return Object.assign(new Delegation(), {
    id: act.random.id(),
    authorityId,
    delegateId,
    quality: 'la signataire de la répétition',
    kinds: Object.keys(LETTER_KINDS) as LetterKind[],
    validFrom: new Date(act.now.getTime() - TEN_YEARS_MS),
    validTo: new Date(act.now.getTime() + TEN_YEARS_MS),
    reference: 'Délégation inventée pour la répétition',
  });
}

/** A commission starts at « lettres à signer » : the signature and the sending are rehearsed too. */
async function draft(app: Getter, call: RehearsedCall, words: NonNullable<RehearsedCall['commission']>, officer: Actor) {
  const commissions = app.get(CommissionsService);
  const { id } = await commissions.draft(officer, words);
  const [specifications] = call.documents;
  if (specifications) await commissions.setSpecifications(officer, id, specifications);
  await commissions.setAddressees(officer, id, BIDDERS.map(({ name, email }) => `${name} ; ${email}`).join('\n'));
  const { openers } = await commissions.find(officer, id);
  await commissions.setOpeners(officer, id, openers.map((person) => person.id));
  if (specifications) await app.get(SignatureService).submit(officer, id);
  const { consultation } = await commissions.find(officer, id);
  return { start: `/commandes/${id}`, consultation };
}

/** A call without a commission starts launched, its invented bidders invited. */
async function launch(app: Getter, call: RehearsedCall, people: People) {
  const now = app.get(Clock).now();
  const files: StoredFile[] = [];
  for (const one of call.documents) files.push(await StoredFile.write(app.get(Files), app.get(Random), now, one.name, one.mediaType, one.bytes));
  const consultation = await app.get(Acts).perform(Actor.system, 'rehearsal.launch', async (act) => {
    act.require(act.actor.isSystem);
    const called = consultationOf(act, call, people);
    await act.add(called, ...files);
    act.on(called.id, called.id);
    await app.get(LaunchingService).launch(act, called, call.documents.map((one, index) => ({ kind: one.kind, title: one.title, fileId: files[index]?.id ?? '' })));
    for (const [index, line] of BIDDERS.entries()) {
      const guest = await newGuest(act, line);
      await act.add(Object.assign(new Invitation(), { ...guest, id: act.random.id(), consultationId: called.id, number: index + 1, ...line, invitedAt: act.now }));
    }
    return called;
  });
  return { start: `/consultations/${consultation.id}`, consultation };
}

function consultationOf(act: Act, call: RehearsedCall, { authorityId, openerIds, officer }: People): Consultation {
  const id = act.random.id();
  const consultation = Object.assign(new Consultation(), {
    id,
    ocid: `ocds-souspli-${id}`,
    reference: `REPETITION-${id.slice(0, 8)}`,
    authorityId,
    territory: call.territory,
    buyerName: call.buyer.name,
    title: call.title,
    object: call.object,
    timeZone: call.timeZone,
    openingDelayMinutes: call.openingDelayMinutes,
    quorum: Math.min(call.quorum, openerIds.length),
    openerIds,
    expected: call.expected.map((label) => ({ label, fileId: null, fileName: null })),
    outageRule: call.outageRule,
    contact: { name: officer.name, phone: PHONE, email: PLAYERS[0]?.email ?? '' },
    createdAt: act.now,
  });
  consultation.plan(call.localDeadline, act.now);
  return consultation;
}
