import type { Config } from './config.js';
import { MILESTONES } from './demo/milestones.js';
import { type GuideName, GUIDES } from './help/guides.js';
import { inFrench } from './platform/dates.js';
import type { FieldError } from './platform/errors.js';
import { type Req, visitorOf } from './platform/web.js';

const LINKS: { roles: string[]; href: string; label: string; departmental?: boolean }[] = [
  { roles: ['dept-officer', 'dept-signatory', 'regional-buyer', 'regional-signatory', 'opener', 'bidder'], href: '/a-faire', label: 'À faire' },
  { roles: ['dept-signatory', 'regional-signatory'], href: '/parapheur', label: 'Parapheur' },
  { roles: ['dept-officer', 'dept-signatory', 'opener'], href: '/commandes', label: 'Commandes', departmental: true },
  { roles: ['ministry', 'regional-buyer', 'regional-signatory', 'dept-officer', 'dept-signatory'], href: '/deploiement', label: 'Déploiement' },
  { roles: ['ministry', 'regional-buyer', 'regional-signatory', 'dept-officer', 'dept-signatory', 'opener'], href: '/marches', label: 'Marchés' },
  { roles: ['ministry', 'regional-buyer', 'regional-signatory', 'dept-officer'], href: '/accords-cadres', label: 'Accords-cadres' },
  { roles: ['ministry', 'regional-buyer', 'dept-officer'], href: '/organisations', label: 'Organisations' },
  { roles: ['dept-officer', 'regional-buyer', 'sysadmin'], href: '/problemes', label: 'Problèmes signalés' },
  { roles: ['bidder'], href: '/consultations', label: 'Mes consultations' },
  { roles: ['bidder'], href: '/qui-depose', label: 'Qui dépose' },
  { roles: ['sysadmin'], href: '/comptes', label: 'Comptes' },
];

/** What every page knows: who reads it, the legal time, errors and typed values brought back by a redirect. */
export function localsOf(request: Req, config: Config, now: Date, flash: Record<string, unknown> | null) {
  const errors = flash?.errors as FieldError[] | undefined;
  return {
    now,
    csrf: request.session?.csrf,
    who: whoOf(request, config),
    readerZone: request.session?.timeZone ?? null,
    notice: config.demo ? 'Scénario fictif : aucun de ces dépôts n’a eu lieu.' : undefined,
    demo: config.demo ? { now: inFrench(now, 'Europe/Paris'), href: '/demonstration', at: now, milestones: MILESTONES.filter((one) => new Date(one.at) > now), back: request.originalUrl } : undefined,
    errors,
    errorOf: Object.fromEntries((errors ?? []).map((error) => [error.field, error.message])),
    typed: flash?.typed ?? {},
    done: flash?.done,
    restored: flash?.restored,
    ended: flash?.ended,
    help: helpOf(config),
    guideLink: guideOf(request),
    buildVersion: config.buildVersion,
  };
}

/** The guide of the person's first role; a visitor is most often an organisation that was invited. */
function guideOf(request: Req) {
  const actor = visitorOf(request);
  const [, name] = GUIDE_OF_ROLE.find(([role]) => actor.has(role)) ?? ['', 'candidat' as const];
  return actor.has('sysadmin') ? undefined : { href: `/aide/${name}`, label: GUIDES[name] };
}

const GUIDE_OF_ROLE: [string, GuideName][] = [
  ['dept-signatory', 'signataire'],
  ['regional-signatory', 'signataire'],
  ['dept-officer', 'agent'],
  ['regional-buyer', 'acheteur'],
  ['ministry', 'ministere'],
  ['opener', 'ouvreur'],
];

function helpOf({ helpTelephone: telephone, helpEmail: email, helpHours: hours }: Config) {
  if (!telephone && !email) return undefined;
  return { telephone, email, hours, dial: telephone.replaceAll(/[^+\d]/g, '') };
}

function whoOf(request: Req, config: Config) {
  const actor = visitorOf(request);
  if (!request.session || actor.mandates.length === 0) return undefined;
  const links = LINKS.filter((link) => link.roles.some((role) => actor.mandates.some((one) => one.role === role && !(link.departmental && one.territory.startsWith('R'))))).map(({ href, label }) => ({ href, label, current: request.path.startsWith(href) }));
  if (config.demo) links.push({ href: '/messagerie', label: 'Messagerie (démonstration)', current: request.path.startsWith('/messagerie') });
  const organisation = actor.mandates[0]?.organisationName ?? '';
  const several = actor.organisations('bidder').length > 1;
  return { several, name: actor.name, roleLabel: request.session.roleLabel, organisation: organisation === actor.name && !several ? '' : organisation, links };
}
