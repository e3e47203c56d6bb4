import { Entity, Index } from 'typeorm';
import { Id, Instant, Money, Ref, Text } from '../platform/columns.js';
import { Invalid, Refused } from '../platform/errors.js';
import { type Moves, next } from '../platform/moves.js';
import { type Day, dayInFrench } from '../platform/working-days.js';

/** What an intended winner proves before the award, with the text that asks for it. `expires`: it is only valid for a time. */
export const CERTIFICATES = {
  social: { label: 'Attestation de vigilance : déclarations et paiement des cotisations sociales', article: 'D. 8222-5 du code du travail', expires: true },
  tax: { label: 'Attestation de régularité fiscale', article: 'R. 2143-7', expires: true },
  registration: { label: 'Extrait K bis, ou récépissé de déclaration de l’association', article: 'R. 2143-9', expires: false },
  foreign: { label: 'Liste nominative des salariés étrangers soumis à autorisation de travail, ou déclaration qu’il n’y en a pas', article: 'D. 8254-2 du code du travail', expires: true },
  insurance: { label: 'Attestation d’assurance de responsabilité civile professionnelle', article: 'R. 2142-6', expires: true },
  powers: { label: 'Pouvoir de la personne qui signe le marché', article: 'R. 2142-23', expires: false },
  judgment: { label: 'Jugement de redressement judiciaire, s’il y en a un', article: 'R. 2143-9', expires: false },
} as const;
export type CertificateKind = keyof typeof CERTIFICATES;

export type CertificateStatus = 'asked' | 'received' | 'accepted' | 'refused';

export const CERTIFICATE_MOVES = {
  receive: { from: ['asked', 'received', 'refused'], to: 'received' },
  accept: { from: ['received'], to: 'accepted' },
  refuse: { from: ['received'], to: 'refused' },
} satisfies Moves<CertificateStatus>;

/** Pièce of the intended winner, of nobody else (R2144-4). */
@Entity('award_certificate')
@Index('award_certificate_of', ['awardId', 'organisationId'])
export class AwardCertificate {
  @Id() id!: string;
  @Ref() awardId!: string;
  @Ref() consultationId!: string;
  @Ref() organisationId!: string;
  @Text() kind!: CertificateKind;
  @Text() status: CertificateStatus = 'asked';
  @Ref(true) fileId: string | null = null;
  @Text(true) fileName: string | null = null;
  @Money(true) fileSize: number | null = null;
  @Instant(true) receivedAt: Date | null = null;
  @Ref(true) receivedById: string | null = null;
  @Text(true) expiresOn: Day | null = null;
  /** Why it was refused. */
  @Text(true) note: string | null = null;
  @Ref(true) checkedById: string | null = null;
  @Instant(true) checkedAt: Date | null = null;

  get words() {
    return CERTIFICATES[this.kind];
  }

  receive(file: { id: string; name: string; size: number }, byId: string, now: Date) {
    const status = this.after('receive', 'Cette pièce est déjà acceptée : rien n’est à renvoyer.');
    Object.assign(this, { status, fileId: file.id, fileName: file.name, fileSize: file.size, receivedAt: now, receivedById: byId, note: null, expiresOn: null });
  }

  /** @param expiresOn `''` only for a piece that does not expire */
  accept(expiresOn: Day, today: Day, byId: string, now: Date) {
    const status = this.after('accept', 'Seule une pièce reçue se contrôle.');
    if (this.words.expires && expiresOn === '') throw Invalid.field('expiresOn', `« ${this.words.label} » : indiquez la date de fin de validité.`);
    if (expiresOn !== '' && expiresOn < today) throw Invalid.field('expiresOn', `Cette pièce a expiré le ${dayInFrench(expiresOn)} : demandez-en une à jour (art. ${this.words.article}).`);
    Object.assign(this, { status, expiresOn: expiresOn || null, note: null, checkedById: byId, checkedAt: now });
  }

  refuse(note: string, byId: string, now: Date) {
    const status = this.after('refuse', 'Seule une pièce reçue se contrôle.');
    if (note.length < 10) throw Invalid.field('note', 'Dites ce qui ne va pas : l’attributaire pressenti le lit.');
    Object.assign(this, { status, note, checkedById: byId, checkedAt: now });
  }

  private after(move: keyof typeof CERTIFICATE_MOVES, sentence: string) {
    return next<CertificateStatus>(CERTIFICATE_MOVES, move, this.status, sentence);
  }
}

/** @throws Refused naming what is still missing, refused or expired on the day of the act (R2144-4) */
export function mustBeProven(certificates: readonly AwardCertificate[], today: Day) {
  const missing = certificates.filter((one) => one.status !== 'accepted').map((one) => `« ${one.words.label} » ${one.status === 'asked' ? 'n’est pas reçue' : one.status === 'refused' ? 'est refusée' : 'n’est pas contrôlée'}.`);
  const expired = certificates.filter((one) => one.status === 'accepted' && one.expiresOn !== null && one.expiresOn < today).map((one) => `« ${one.words.label} » a expiré.`);
  if (missing.length + expired.length > 0) throw new Refused('unproven', `L’attributaire pressenti n’a pas tout prouvé (art. R. 2144-4) : ${[...missing, ...expired].join(' ')}`);
}
