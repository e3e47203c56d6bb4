import { Injectable } from '@nestjs/common';
import type { Role } from '../people/people.js';
import { WhatNow } from '../people/what-now.js';
import { Actor } from '../platform/actor.js';
import { instantOf } from '../platform/dates.js';
import { agirData } from './agir-data.js';
import { demoData } from './demo-data.js';
import type { GuideFacts } from './guide.js';
import { GuideService } from './guide.service.js';

/** For the one-click accounts: who they are, and what each can do at this moment of the story. */
@Injectable()
export class DemoWhatNow extends WhatNow {
  private readonly real = new Set([...demoData().addressees, ...agirData().lots.flatMap((lot) => lot.holders)].map((one) => one.name));

  constructor(private readonly guide: GuideService) {
    super();
  }

  /** The addressees of the real letter and the real holders are read, never played; an organisation that a visitor invents is. */
  mayEnter(organisation: string) {
    return !this.real.has(organisation);
  }

  async sentences() {
    const facts = await this.guide.facts(Actor.anonymous);
    const closed = facts.now >= instantOf(demoData().deadline, 'Europe/Paris');
    return (role: Role, personId: string) => sentencesOf(facts, closed, facts.invited.includes(personId))[role];
  }
}

/** The same whatever was deposited: a sentence on the sign-in page must not tell that a bid exists. */
export function sentencesOf(facts: GuideFacts, closed: boolean, invited: boolean): Record<Role, string> {
  return {
    'dept-officer': officer(facts, closed),
    'dept-signatory': signatory(facts, closed),
    opener: opener(facts, closed),
    bidder: bidder(facts, closed, invited),
    'regional-buyer': 'Suivre les départements de la région, préparer un marché subséquent, lire ce qui manque avant son lancement.',
    'regional-signatory': 'Signer les lettres de consultation d’un marché subséquent.',
    ministry: 'Regarder la carte du déploiement, tenir l’accord-cadre, donner ou retirer un feu vert.',
    sysadmin: 'Voir les comptes, et rien d’autre : ni consultation, ni pli.',
  };
}

function officer(facts: GuideFacts, closed: boolean) {
  if (facts.opened) return 'Lire les plis ouverts, le registre et le procès-verbal.';
  if (closed) return 'Attendre l’ouverture : rien ne peut être lu avant elle.';
  if (!facts.lettersSent) return facts.lettersSigned ? 'Envoyer les lettres signées.' : 'Relire la commande et ses 20 lettres, soumises à la signature.';
  if (facts.added > 0 && !facts.addedInvited && !facts.addedUnsigned) return 'Envoyer la lettre signée de l’organisation ajoutée.';
  return 'Suivre les envois, répondre aux questions, ajouter une organisation.';
}

function signatory(facts: GuideFacts, closed: boolean) {
  if (!facts.lettersSigned) return 'Relire, puis signer les 20 lettres du parapheur.';
  if (facts.addedUnsigned && !closed) return 'Signer la lettre de l’organisation ajoutée.';
  if (facts.opened) return 'Décider des plis hors délai, s’il y en a : éliminer, avec la lettre, ou admettre.';
  return 'Relire ce qui est signé ; rien n’attend au parapheur.';
}

function opener(facts: GuideFacts, closed: boolean) {
  if (facts.opened) return 'Relire les plis ouverts et le procès-verbal.';
  if (!closed) return 'Rien avant la date limite, c’est la règle : lire la consultation.';
  return facts.confirmedBy.length === 0 ? 'Confirmer sa présence : il faut deux ouvreurs.' : 'Confirmer sa présence, puis ouvrir les plis.';
}

function bidder(facts: GuideFacts, closed: boolean, invited: boolean) {
  if (!invited) return closed ? 'Rien : cette organisation n’a pas été invitée.' : 'Attendre : l’agent ne l’a pas encore invitée.';
  if (facts.opened) return 'Relire la consultation et, si elle a déposé, son accusé de réception.';
  if (closed) return 'Relire son accusé de réception ; un pli déposé maintenant serait hors délai.';
  return 'Lire l’invitation dans la messagerie, préparer et déposer un pli.';
}
