import { Injectable } from '@nestjs/common';
import { Like } from 'typeorm';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, NotFound } from '../platform/errors.js';
import { linesOf } from '../platform/typed.js';
import { mayLetIn } from './guests.js';
import type { MemberTitleForm, OrganisationForm } from './organisations.forms.js';
import { Membership, Organisation, Person } from './people.js';
import { digits } from './registry-numbers.js';

const PAGE = 25;

/** Agents who write to companies; an organisation is known by several services at once. */
export const mayKeepDirectory = (who: Actor) => who.has('ministry') || who.has('regional-buyer') || who.has('dept-officer');

/** Annuaire: companies and associations, their numbers and their people. */
@Injectable()
export class OrganisationsService {
  constructor(private readonly acts: Acts) {}

  /** By name, 25 at a time (one query). */
  list(actor: Actor, search = '', after = '') {
    return this.acts.look(actor, 'organisation.list', async (act) => {
      act.see(mayKeepDirectory(actor));
      const query = act.db.createQueryBuilder(Organisation, 'o').where('o.kind = :kind', { kind: 'company' }).orderBy('o.name').addOrderBy('o.id').take(PAGE + 1);
      const number = digits(search);
      if (search) query.andWhere('(lower(o.name) like :like or o."schemeId" like :number)', { like: `%${escaped(search.toLowerCase())}%`, number: `${/^\d{3,14}$/.test(number) ? number : '-'}%` });
      const cut = after.lastIndexOf('_');
      if (cut > 0) query.andWhere('(o.name > :name or (o.name = :name and o.id > :id))', { name: after.slice(0, cut), id: after.slice(cut + 1) });
      const rows = await query.getMany();
      const last = rows.length > PAGE ? rows[PAGE - 1] : undefined;
      return { rows: rows.slice(0, PAGE), next: last ? `${last.name}_${last.id}` : null };
    });
  }

  find(actor: Actor, id: string) {
    return this.acts.look(actor, 'organisation.show', async (act) => {
      act.see(mayKeepDirectory(actor));
      const organisation = await act.db.findOneBy(Organisation, { id, kind: 'company' });
      if (!organisation) throw new NotFound();
      const people = (await act.db.createQueryBuilder(Person, 'p').innerJoinAndMapOne('p.membership', Membership, 'm', 'm."personId" = p.id and m."organisationId" = :id and m.role = :role', { id, role: 'bidder' }).orderBy('p.email').getMany()) as (Person & { membership: Membership })[];
      // Two establishments of one SIREN are one legal candidate: said, so that nobody invites it twice.
      const siren = organisation.scheme === 'FR-SIRET' ? organisation.schemeId?.slice(0, 9) : undefined;
      const same = siren ? await act.db.findBy(Organisation, { kind: 'company', scheme: 'FR-SIRET', schemeId: Like(`${siren}%`) }) : [];
      return { organisation, people, establishments: same.filter((one) => one.id !== id) };
    });
  }

  create(actor: Actor, form: OrganisationForm): Promise<{ id: string }> {
    return this.acts.perform(actor, 'organisation.create', async (act) => {
      act.see(mayKeepDirectory(actor));
      await mustBeNew(act.db, form);
      await mustNotJoin(act, actor, form);
      const organisation = fill(Object.assign(new Organisation(), { id: act.random.id(), kind: 'company' }), form);
      await act.add(organisation);
      act.subject = organisation.id;
      return { id: organisation.id };
    });
  }

  /** « présidente », « responsable des réponses aux marchés »: who one is speaking to. It opens no right. */
  setTitle(actor: Actor, id: string, personId: string, form: MemberTitleForm): Promise<void> {
    return this.acts.perform(actor, 'organisation.member-title', async (act) => {
      act.see(mayKeepDirectory(actor));
      const organisation = await act.load(Organisation, id);
      if (organisation.kind !== 'company') throw new NotFound();
      const member = await memberOf(act, id, personId);
      await act.db.update(Membership, { id: member.id }, { title: form.title || null });
      act.record({ member: member.id });
    });
  }

  edit(actor: Actor, id: string, form: OrganisationForm): Promise<void> {
    return this.acts.perform(actor, 'organisation.edit', async (act) => {
      act.see(mayKeepDirectory(actor));
      const organisation = await act.load(Organisation, id);
      if (organisation.kind !== 'company') throw new NotFound();
      // Known by several services: once somebody has an address for it, its identity is kept by those who buy for a region, or nationally.
      act.require(actor.has('ministry') || actor.has('regional-buyer') || (await mayLetIn(act, id)), 'La fiche d’une organisation qui a déjà un accès se corrige par la plateforme régionale ou le niveau national.');
      const before = organisation.schemeId;
      await mustBeNew(act.db, form, id);
      if (form.siret && digits(form.siret) !== before) await mustNotJoin(act, actor, form, id);
      await act.db.save(fill(organisation, form));
      if (before !== organisation.schemeId) act.record({ siretBefore: before, siretAfter: organisation.schemeId });
    });
  }
}

/** @throws NotFound when this person is nobody in the organisation */
async function memberOf(act: Act, organisationId: string, personId: string): Promise<Membership> {
  const found = await act.db.findOneBy(Membership, { organisationId, personId, role: 'bidder' });
  if (!found) throw new NotFound();
  return found;
}

async function mustBeNew(db: { findOneBy(type: typeof Organisation, where: object): Promise<Organisation | null> }, form: OrganisationForm, self = '') {
  if (!form.siret) return;
  const known = await db.findOneBy(Organisation, { scheme: 'FR-SIRET', schemeId: digits(form.siret) });
  if (known && known.id !== self) throw Invalid.field('siret', `Ce SIRET est déjà celui de « ${known.name} » dans l’annuaire.`, { ...form });
}

/**
 * Two SIRETs of one SIREN are one candidate, and the bid of one replaces the other's. Beside an organisation that has an
 * access, a new establishment is entered by those who buy for a region, or nationally: not by the service that invites it.
 */
async function mustNotJoin(act: Act, actor: Actor, form: OrganisationForm, self = '') {
  if (!form.siret || actor.has('ministry') || actor.has('regional-buyer')) return;
  const siren = digits(form.siret).slice(0, 9);
  const joined = await act.db
    .createQueryBuilder(Organisation, 'o')
    .innerJoin(Membership, 'm', 'm."organisationId" = o.id and m.role = :role', { role: 'bidder' })
    .where('o.scheme = :scheme and o."schemeId" like :siren and o.id <> :self', { scheme: 'FR-SIRET', siren: `${siren}%`, self })
    .getOne();
  if (joined) throw Invalid.field('siret', `Ce SIRET est un établissement de « ${joined.name} », qui a déjà un accès : la plateforme régionale ou le niveau national l’inscrit.`, { ...form });
}

function fill(organisation: Organisation, form: OrganisationForm): Organisation {
  return Object.assign(organisation, {
    name: form.name,
    scheme: form.siret ? 'FR-SIRET' : null,
    schemeId: form.siret ? digits(form.siret) : null,
    rna: form.rna.toUpperCase() || null,
    legalForm: form.legalForm || null,
    email: form.email.toLowerCase() || null,
    address: linesOf(form.address),
  });
}

const escaped = (typed: string) => typed.replaceAll(/[%_\\]/g, '');
