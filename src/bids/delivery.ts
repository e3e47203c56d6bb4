import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Ref, Text } from '../platform/columns.js';
import { Invalid, Refused } from '../platform/errors.js';
import { type Moves, next } from '../platform/moves.js';

/** What an envelope handed over is: a bid where the documents admit it (R2132-12), or the backup copy of an electronic one (R2132-11). */
export const DELIVERY_KINDS = { bid: 'Pli', copy: 'Copie de sauvegarde' } as const;
export const MEDIA = { paper: 'papier', usb: 'clé USB', disc: 'disque ou autre support électronique', sample: 'échantillon ou maquette' } as const;
export const CARRIERS = { hand: 'remis en main propre', post: 'par la poste', carrier: 'par un transporteur ou un coursier' } as const;
export type DeliveryKind = keyof typeof DELIVERY_KINDS;
export type Medium = keyof typeof MEDIA;
export type Carrier = keyof typeof CARRIERS;

export type DeliveryStatus = 'held' | 'opened' | 'set-aside' | 'destroyed';

/** An unopened copy is destroyed and its line stays; so is one set aside for malware (annex 6, art. 2 III). */
export const DELIVERY_MOVES = {
  open: { from: ['held'], to: 'opened' },
  setAside: { from: ['opened'], to: 'set-aside' },
  destroy: { from: ['held', 'set-aside'], to: 'destroyed' },
} satisfies Moves<DeliveryStatus>;

const WRONG_STATE: Record<keyof typeof DELIVERY_MOVES, string> = {
  open: 'Cette enveloppe n’est plus fermée.',
  setAside: 'Seul un support ouvert peut être écarté.',
  destroy: 'Une enveloppe ouverte se conserve comme un pli ; elle ne se détruit pas.',
};

/** When a backup copy may be opened (arrêté of 22 March 2019, annex 6, art. 2 II). */
export const COPY_CASES = {
  malware: { label: 'Un programme malveillant est détecté dans l’offre électronique', hint: 'La trace en est conservée (art. 2, II, 1°).' },
  unreadable: { label: 'L’offre électronique n’a pas pu être ouverte', hint: 'Art. 2, II, 2°.' },
  incomplete: { label: 'L’offre électronique est reçue de façon incomplète', hint: 'Un envoi commencé avant la clôture n’a jamais été achevé (art. 2, II, 2°).' },
} as const;
export type CopyCase = keyof typeof COPY_CASES;

/** What only the recorder and the candidate know before the opening; sealed by the vault. */
export interface DeliveryFacts {
  medium: Medium;
  carrier: Carrier;
  broughtBy: string;
  /** State of the envelope. */
  remark: string;
  /** Why it is recorded long after it came. */
  justification: string;
}

/** Remise sur support physique : an envelope received and kept closed. Until the opening only whoever recorded it knows of it. */
@Entity('delivery')
@Index('delivery_of', ['consultationId', 'recordedById'])
@Index('delivery_idempotency', ['recordedById', 'idempotencyKey'], { unique: true })
export class Delivery {
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Ref() organisationId!: string;
  @Text() kind!: DeliveryKind;
  @Text() status: DeliveryStatus = 'held';
  /** As the officer entered it; the verdict rests on it. */
  @Instant() receivedAt!: Date;
  @Instant() deadline!: Date;
  @Int() deadlineVersion!: number;
  @Instant() recordedAt!: Date;
  @Ref() recordedById!: string;
  @Ref() idempotencyKey!: string;
  @Text() sealedFacts!: string;
  /** Of the record, as the receipt shows it. */
  @Ref() recordHash!: string;
  /** The bid it is, or the one in whose place a copy is opened. */
  @Ref(true) bidId: string | null = null;
  @Text(true) copyCase: CopyCase | 'late' | null = null;
  @Text(true) copyReasons: string | null = null;
  @Ref(true) decidedById: string | null = null;
  @Instant(true) decidedAt: Date | null = null;
  /** Session that opens it. */
  @Int(true) session: number | null = null;
  @Instant(true) openedAt: Date | null = null;
  @Instant(true) scannedAt: Date | null = null;
  /** What was not scanned, or the trace of what a copy was set aside for. */
  @Text(true) scanNote: string | null = null;
  @Instant(true) destroyedAt: Date | null = null;
  @Ref(true) destroyedById: string | null = null;

  /** The same rule as for an electronic deposit, on the hour recorded (decisions.md 2). */
  get late() {
    return this.receivedAt >= this.deadline;
  }

  /** A copy that nobody has decided to open. */
  get idle() {
    return this.kind === 'copy' && this.status === 'held' && this.session === null;
  }

  open(now: Date, session: number) {
    this.status = this.after('open');
    this.openedAt = now;
    this.session = session;
  }

  /** Everything that is in it has been looked at. @throws Refused when it is not open, or was ended before */
  endScan(now: Date, files: number, note: string) {
    if (this.status !== 'opened' || this.scannedAt) throw new Refused('not-open', 'Cette enveloppe n’est pas à numériser : elle est encore fermée, ou sa numérisation est terminée.');
    if (files === 0 && note === '') throw Invalid.field('note', 'Joignez au moins un fichier numérisé, ou écrivez pourquoi il n’y en a pas.');
    this.scannedAt = now;
    this.scanNote = note || null;
  }

  /** R2132-11, annex 6, art. 2 III: a copy in which malware is found is set aside; its trace is kept. */
  setAside(now: Date, files: number, trace: string) {
    if (this.kind !== 'copy') throw new Refused('not-a-copy', 'Seule une copie de sauvegarde s’écarte ainsi. Écrivez ce que contient le pli, sans joindre le fichier.');
    if (files > 0) throw new Refused('files', 'Retirez d’abord les fichiers joints : une copie écartée n’en garde aucun.');
    if (trace === '') throw Invalid.field('note', 'Écrivez la trace de ce qui a été détecté : elle est conservée.');
    const status = this.after('setAside');
    if (this.scannedAt) throw new Refused('not-open', 'La numérisation de cette copie est terminée.');
    Object.assign(this, { status, scannedAt: now, scanNote: trace });
  }

  destroy(now: Date, by: string) {
    if (this.kind !== 'copy') throw new Refused('not-a-copy', 'Un pli se conserve, ouvert ou non : seule une copie de sauvegarde non ouverte se détruit.');
    if (this.session !== null && this.status === 'held') throw new Refused('to-open', 'L’ouverture de cette copie est décidée : elle ne se détruit pas.');
    this.status = this.after('destroy');
    Object.assign(this, { destroyedAt: now, destroyedById: by });
  }

  private after(move: keyof typeof DELIVERY_MOVES) {
    return next<DeliveryStatus>(DELIVERY_MOVES, move, this.status, WRONG_STATE[move]);
  }
}

/** Beyond, the gap between what came and what is written has to be explained. */
export const LONG_AFTER_MS = 60 * 60_000;

/** @throws Invalid on `receivedOn` or `justification` */
export function checkReception({ receivedAt, launchedAt, now, justification }: { receivedAt: Date; launchedAt: Date | null; now: Date; justification: string }) {
  if (receivedAt > now) throw Invalid.field('receivedOn', 'Cette heure n’est pas encore passée : indiquez celle à laquelle l’enveloppe est arrivée.');
  if (!launchedAt || receivedAt < launchedAt) throw Invalid.field('receivedOn', 'La consultation n’était pas encore lancée à cette heure.');
  if (now.getTime() - receivedAt.getTime() > LONG_AFTER_MS && justification === '') {
    throw Invalid.field('justification', 'Vous l’enregistrez plus d’une heure après son arrivée : écrivez pourquoi, et où l’enveloppe est restée.');
  }
}

export interface CopyOpening {
  copyCase: CopyCase;
  copy: Pick<Delivery, 'kind' | 'receivedAt' | 'idle'>;
  deadline: Date;
  /** The candidate's bid that was opened, if there is one. */
  bid: { status: string; startedAt: Date | null } | null;
  /** Files of that bid whose hash was wrong. */
  damaged: number;
  /** A draft begun and never filed. */
  unfinished: { startedAt: Date } | null;
  trace: string;
}

/**
 * The legal cases, and nothing else; the electronic sending must have begun before the closing.
 * @throws Refused naming what does not hold; Invalid on `trace`
 */
export function checkCopyOpening({ copyCase, copy, deadline, bid, damaged, unfinished, trace }: CopyOpening) {
  if (!copy.idle) throw new Refused('not-held', 'Cette enveloppe n’est pas une copie de sauvegarde fermée.');
  if (copy.receivedAt >= deadline) throw new Refused('copy-late', 'La copie de sauvegarde est arrivée après la date limite : elle ne peut pas être ouverte (annexe 6 du code de la commande publique, art. 2, I).');
  if (copyCase === 'malware') {
    if (!bid) throw new Refused('no-bid', 'Aucune offre électronique de ce candidat n’a été ouverte.');
    if (trace === '') throw Invalid.field('trace', 'Écrivez la trace de la détection : logiciel, fichier, nom du programme. Elle est conservée.');
    return;
  }
  if (copyCase === 'unreadable') {
    if (!bid || (bid.status !== 'unreadable' && damaged === 0)) throw new Refused('readable', 'L’offre électronique de ce candidat a été ouverte sans anomalie : sa copie de sauvegarde reste fermée.');
    mustHaveBegun(bid.startedAt, deadline);
    return;
  }
  if (bid) throw new Refused('complete', 'L’offre électronique de ce candidat est arrivée en entier : sa copie de sauvegarde reste fermée.');
  mustHaveBegun(unfinished?.startedAt ?? null, deadline);
}

function mustHaveBegun(startedAt: Date | null, deadline: Date) {
  if (!startedAt || startedAt >= deadline) {
    throw new Refused('not-begun', 'Aucune transmission électronique de ce candidat n’avait commencé avant la clôture : la copie de sauvegarde ne peut pas être ouverte (annexe 6 du code de la commande publique, art. 2, II).');
  }
}
