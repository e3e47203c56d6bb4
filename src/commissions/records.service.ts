import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Consultation } from '../consultations/consultation.js';
import { Person } from '../people/people.js';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { preciseFrench } from '../platform/dates.js';
import { NotFound } from '../platform/errors.js';
import { JournalEntry, JournalPerson, verifyChain } from '../platform/journal-entry.js';
import { mayView } from './commission.policy.js';
import { Commission } from './commission.js';
import { toldBefore } from './told-before.js';

const LABELS: Record<string, string> = {
  'commission.draft': 'Brouillon créé',
  'commission.edit': 'Contenu modifié',
  'commission.addressees': 'Liste des destinataires enregistrée',
  'commission.openers': 'Ouvreurs désignés',
  'commission.specifications': 'Cahier des charges joint',
  'commission.submit': 'Soumise à la signature',
  'commission.take-back': 'Reprise pour modification',
  'commission.sign': 'Lettres signées',
  'commission.send': 'Lettres envoyées',
  'commission.abandon': 'Commande terminée sans suite',
  'commission.copy': 'Copiée d’une commande précédente',
  'commission.add-addressees': 'Organisations ajoutées',
  'consultation.extend': 'Date limite reportée',
  'consultation.outage': 'Date limite reportée par la règle annoncée',
  'incident.notice': 'Incident de la plateforme constaté',
  'attestation.ask': 'Attestation de fonctionnement demandée',
  'attestation.made': 'Attestation de fonctionnement établie',
  'consultation.document': 'Document publié',
  'consultation.rectify': 'Avis rectificatif publié',
  'question.ask': 'Question reçue',
  'question.record': 'Question enregistrée',
  'question.draft': 'Réponse rédigée',
  'question.publish': 'Réponses publiées',
  'question.withdraw': 'Question retirée',
  'invitation.opened': 'Invitation consultée',
  'invitation.intent': 'Intention déclarée',
  'invitation.colleague': 'Accès donné à un collègue',
  'invitation.repair': 'Adresse corrigée, lettre renvoyée',
  'document.withdraw': 'Document retiré',
  'opening.confirm': 'Présence d’un ouvreur confirmée',
  'consultation.open': 'Plis ouverts',
  'opening.checked': 'Empreintes des plis contrôlées',
  'opening.minutes': 'Procès-verbal établi',
  'late.eliminate': 'Pli hors délai éliminé',
  'late.admit': 'Pli hors délai admis',
  'late.letter-sent': 'Lettre « hors délai » envoyée',
  'session.confirm': 'Présence d’un ouvreur confirmée, séance complémentaire',
  'session.open': 'Séance complémentaire ouverte',
  'bid.deposit': 'Pli déposé',
  'bid.withdraw': 'Pli retiré',
};

/** The journal of a commission and of its consultation, readable as a timeline. */
@Injectable()
export class RecordsService {
  constructor(private readonly acts: Acts) {}

  /**
   * Before the opening the page hides all about bids, their number included: hence no replay of the chain either,
   * whose count of lines would tell (decisions.md 15).
   */
  read(actor: Actor, commissionId: string) {
    return this.acts.look(actor, 'journal.read', async (act) => {
      const commission = await act.db.findOneBy(Commission, { id: commissionId });
      if (!commission) throw new NotFound();
      act.see(mayView(actor, commission));
      const consultation = await act.db.findOneByOrFail(Consultation, { id: commission.consultationId });
      const lines = await act.db.find(JournalEntry, { where: { chain: consultation.id }, order: { seq: 'ASC' } });
      const opened = consultation.openedAt !== null;
      const shown = opened ? lines : lines.filter((line) => toldBefore(line.act));
      const names = await this.names(act.db, shown);
      return {
        chain: opened ? verifyChain(lines) : null,
        events: shown.toReversed().map((line) => ({
          date: preciseFrench(line.instant, consultation.timeZone),
          at: line.instant.toISOString(),
          label: LABELS[line.act] ?? line.act,
          // Who deposited is in the register and the minutes, not repeated here.
          author: line.act.startsWith('bid.') ? undefined : names.get(line.actor),
        })),
      };
    });
  }

  private async names(db: Parameters<Parameters<Acts['look']>[2]>[0]['db'], lines: JournalEntry[]): Promise<Map<string, string>> {
    const hashes = [...new Set(lines.map((line) => line.actor))];
    if (hashes.length === 0) return new Map();
    const rows = await db
      .createQueryBuilder(JournalPerson, 'j')
      .innerJoin(Person, 'p', 'p.id = j."personId"')
      .select(['j.hash AS "hash"', 'p."givenName" AS "givenName"', 'p."familyName" AS "familyName"'])
      .where({ hash: In(hashes) })
      .getRawMany<{ hash: string; givenName: string; familyName: string }>();
    return new Map(rows.map((row) => [row.hash, `${row.givenName} ${row.familyName}`.trim()]));
  }
}
