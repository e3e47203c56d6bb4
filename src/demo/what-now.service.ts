import { Injectable } from '@nestjs/common';
import { WhatNow } from '../people/what-now.js';
import type { Role } from '../people/people.js';
import { Actor } from '../platform/actor.js';
import type { GuideFacts } from './guide.js';
import { GuideService } from './guide.service.js';
import { demoData } from './demo-data.js';
import { instantOf } from '../platform/dates.js';

/** For the one-click accounts: what each role can do at this moment of the story. */
@Injectable()
export class DemoWhatNow extends WhatNow {
  constructor(private readonly guide: GuideService) {
    super();
  }

  async sentences(): Promise<Record<Role, string>> {
    const deadline = instantOf(demoData().deadline, 'Europe/Paris');
    return sentencesFor(await this.guide.facts(Actor.anonymous), deadline);
  }
}

/** The same whatever was deposited: a sentence on the sign-in page must not tell that a bid exists. */
export function sentencesFor(facts: GuideFacts, deadline: Date): Record<Role, string> {
  const closed = facts.now >= deadline;
  return {
    'dept-officer': officer(facts, closed),
    'dept-signatory': signatory(facts, closed),
    'regional-buyer': 'Suivre les départements de la région, préparer un marché subséquent, lire ses contrôles avant lancement.',
    'regional-signatory': 'Signer les lettres de consultation et lancer un marché subséquent.',
    ministry: 'Regarder la carte du déploiement, tenir l’accord-cadre, donner ou retirer un feu vert.',
    opener: opener(facts, closed),
    bidder: bidder(facts, closed),
    sysadmin: 'Voir les comptes, et rien d’autre : ni consultation, ni pli.',
  };
}

function officer(facts: GuideFacts, closed: boolean) {
  if (facts.opened) return 'Lire les plis ouverts, le registre et le procès-verbal.';
  if (closed) return 'Attendre l’ouverture : rien ne peut être lu avant elle.';
  if (facts.lettersSent) return 'Suivre les envois, ajouter une organisation et envoyer sa lettre signée.';
  return facts.lettersSigned ? 'Envoyer les lettres signées.' : 'Relire la commande et ses 20 lettres, soumises à la signature.';
}

function signatory(facts: GuideFacts, closed: boolean) {
  if (!facts.lettersSigned) return 'Relire, puis signer les 20 lettres du parapheur.';
  if (facts.added > 0 && !facts.addedInvited && !closed) return 'Signer la lettre de l’organisation ajoutée.';
  if (facts.opened) return 'Décider des plis hors délai, s’il y en a : éliminer, avec la lettre, ou admettre.';
  return 'Relire ce qui est signé ; rien n’attend au parapheur.';
}

function opener(facts: GuideFacts, closed: boolean) {
  if (facts.opened) return 'Relire les plis ouverts et le procès-verbal.';
  if (!closed) return 'Rien avant la date limite, c’est la règle : lire la consultation.';
  return facts.confirmations === 0 ? 'Confirmer sa présence : il faut deux ouvreurs.' : 'Confirmer sa présence, puis ouvrir les plis.';
}

function bidder(facts: GuideFacts, closed: boolean) {
  if (!facts.lettersSent) return 'Attendre : aucune lettre n’est encore partie.';
  if (closed) return 'Relire son accusé de réception ; un pli déposé maintenant serait hors délai.';
  return 'Une fois sa lettre reçue, lire la consultation, préparer et déposer un pli.';
}
