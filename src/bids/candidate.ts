import { Consultation } from '../consultations/consultation.js';
import { depositorsOf, mayDeposit, membersOf } from '../people/depositors.js';
import { Organisation, Person } from '../people/people.js';
import type { Act } from '../platform/acts.js';
import { preciseFrench } from '../platform/dates.js';
import { Invalid } from '../platform/errors.js';
import { Bid } from './bid.js';

/** The legal person behind a deposit: SIRETs of one SIREN are one candidate, and one rule of succession holds across them (R2151-6). */
export const sirenOf = ({ scheme, schemeId }: Pick<Organisation, 'scheme' | 'schemeId'>) => (scheme === 'FR-SIRET' && schemeId ? schemeId.slice(0, 9) : null);

/** A bid with the establishment and the person that filed it. */
export type FiledBid = Bid & { organisation: Organisation; person: Person | null };

/** The bids of one candidate, whichever of its establishments filed them. */
export function bidsOf(act: Act, consultationId: string, organisation: Organisation) {
  const siren = sirenOf(organisation);
  return act.db
    .createQueryBuilder(Bid, 'b')
    .innerJoinAndMapOne('b.organisation', Organisation, 'o', 'o.id = b."organisationId"')
    .leftJoinAndMapOne('b.person', Person, 'p', 'p.id = b."depositedById"')
    .where('b."consultationId" = :consultationId', { consultationId })
    .andWhere('(b."organisationId" = :own or (o.scheme = :scheme and o."schemeId" like :siren))', { own: organisation.id, scheme: 'FR-SIRET', siren: siren ? `${siren}%` : '-' })
    .orderBy('b.receivedAt', 'DESC');
}

export type Replacing = 'colleague' | 'establishment';

/** Whose bid would give way: one's own gives way without a word, somebody else's after one question. */
export function replacing(former: Pick<Bid, 'organisationId' | 'depositedById'>, by: { organisationId: string; personId: string }): Replacing | null {
  if (former.organisationId !== by.organisationId) return 'establishment';
  return former.depositedById === by.personId ? null : 'colleague';
}

/** What the page asks before, and what the server says when it was not answered. */
export function replacementQuestion({ organisation, person, receivedAt, deliveryId }: FiledBid, how: Replacing, timeZone: string): string {
  const when = preciseFrench(receivedAt, timeZone);
  const siret = organisation.schemeId ? `, SIRET ${organisation.schemeId}` : '';
  if (deliveryId) return `Un pli de votre organisation, remis sur support physique, a été reçu le ${when}.`;
  return how === 'establishment'
    ? `L’établissement « ${organisation.name} »${siret}, de la même personne morale que le vôtre, a déposé un pli le ${when}.`
    : `${person?.name ?? 'Une autre personne'} a déposé un pli pour votre organisation le ${when}.`;
}

/**
 * Asked once, for this very bid: a colleague who files meanwhile is not overwritten unseen.
 * @param confirmed ids of the bids that the person agreed to replace
 * @throws Invalid on `replaces`
 */
export function mustAgree(former: readonly FiledBid[], by: { organisationId: string; personId: string }, confirmed: readonly string[], { timeZone }: Consultation) {
  for (const bid of former) {
    const how = replacing(bid, by);
    if (how && !confirmed.includes(bid.id)) throw Invalid.field('replaces', `${replacementQuestion(bid, how, timeZone)} Rien n’est déposé pour l’instant : cochez la case pour dire que votre pli le remplace, puis déposez à nouveau.`);
  }
}

/** Any member deposits, replaces and withdraws, unless the members have reserved it to some of them. */
export async function mustBeDepositor(act: Act, organisation: Organisation) {
  if (organisation.depositorIds === null) return;
  const members = await membersOf(act, organisation.id);
  const ids = members.map((one) => one.id);
  const named = depositorsOf(organisation, ids);
  act.require(mayDeposit(organisation, act.actor.id, ids), `Votre organisation réserve le dépôt à : ${members.filter((one) => named.includes(one.id)).map((one) => one.name).join(', ')}. Vos fichiers restent dans le brouillon : demandez à l’une de ces personnes de déposer.`);
}

/** Two organisations that are one legal person. */
export function sameCandidate(a: Organisation, b: Organisation): boolean {
  const siren = sirenOf(a);
  return a.id === b.id || (siren !== null && siren === sirenOf(b));
}
