import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Readable } from 'node:stream';
import yazl from 'yazl';
import { Opening } from '../bids/opening.js';
import { ConsultationDocument, DeadlineVersion, Invitation } from '../consultations/consultation.js';
import { Evaluation } from '../evaluations/evaluation.js';
import { Letter } from '../letters/letter.js';
import { LettersService } from '../letters/letters.service.js';
import { Authority, Organisation } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { inFrench } from '../platform/dates.js';
import { Files } from '../platform/files.js';
import { StoredFile } from '../platform/stored-file.js';
import { dayInFrench } from '../platform/working-days.js';
import { Award } from './award.js';
import { remediesOf } from './award-letters.js';
import { visibleCall } from './awards-facts.js';
import { ReasonsRequest } from './reasons-request.js';
import { OUTCOMES, REMEDIES, Remedy, STEPS } from './remedy.js';

interface Fact {
  at: Date;
  what: string;
  fileId?: string | null;
}

/** The numbered file of exhibits for the judge: chronology and pieces, in one act, streamed. Bids are not in it: business secrets (L2132-1). */
@Injectable()
export class ExhibitsService {
  constructor(
    private readonly acts: Acts,
    private readonly letters: LettersService,
    private readonly files: Files,
  ) {}

  async build(actor: Actor, id: string): Promise<{ reference: string; stream: Readable }> {
    const { consultation, authority, facts, claims, stored, now } = await this.acts.look(actor, 'award.exhibits', async (act) => {
      const call = await visibleCall(act, actor, id);
      const found = await factsOf(act, id, call.launchedAt, call.openedAt);
      const ids = found.facts.flatMap((one) => (one.fileId ? [one.fileId] : []));
      return { consultation: call, now: act.now, authority: await act.db.findOneByOrFail(Authority, { id: call.authorityId }), stored: await act.db.findBy(StoredFile, { id: In([...ids, '-']) }), ...found };
    });
    const { timeZone, reference } = consultation;
    const inTurn = facts.toSorted((a, b) => a.at.getTime() - b.at.getTime());
    const pieces = inTurn.flatMap((fact) => {
      const file = stored.find((one) => one.id === fact.fileId);
      return file ? [{ fact, file }] : [];
    });
    const numberOf = (fact: Fact) => pieces.findIndex((one) => one.fact === fact) + 1;
    const line = (fact: Fact) => ({ at: inFrench(fact.at, timeZone), what: fact.what, ...(numberOf(fact) > 0 ? { piece: `Pièce ${numberOf(fact)}` } : {}) });
    const { letterhead } = authority;
    const pdf = await this.letters.print('exhibits', {
      frame: { brandLabel: letterhead.brandLines, motto: letterhead.motto, service: letterhead.serviceLines, footer: letterhead.footerLines },
      consultation: { reference, title: consultation.title, object: consultation.object },
      buyer: consultation.buyerName,
      drawnUpOn: inFrench(now, timeZone),
      remedies: remediesOf(authority),
      claims,
      chronology: inTurn.map((fact) => line(fact)),
      pieces: pieces.map(({ fact }) => line(fact)),
    });
    const zip = new yazl.ZipFile();
    zip.addBuffer(pdf, '00-bordereau-et-chronologie.pdf', { mtime: now, mode: 0o100644 });
    pieces.forEach(({ fact, file }, index) => {
      const name = `${String(index + 1).padStart(2, '0')}-${plain(fact.what)}${/\.\w{1,5}$/.exec(file.name)?.[0] ?? ''}`;
      // Each file is opened when its turn comes: a long file of exhibits holds one at a time.
      zip.addReadStreamLazy(name, { mtime: fact.at, mode: 0o100644, size: file.size }, (ready) => ready(null, this.files.stream(file.blob)));
    });
    zip.end();
    return { reference, stream: zip.outputStream as Readable };
  }
}

/** A name that every system unpacks. */
const plain = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '').slice(0, 80);

async function factsOf(act: Act, id: string, launchedAt: Date | null, openedAt: Date | null): Promise<{ facts: Fact[]; claims: string[] }> {
  const where = { consultationId: id };
  const [documents, versions, invitations, awards, remedies, requests] = await Promise.all([act.db.findBy(ConsultationDocument, where), act.db.findBy(DeadlineVersion, where), act.db.findBy(Invitation, where), act.db.findBy(Award, where), act.db.findBy(Remedy, where), act.db.findBy(ReasonsRequest, where)]);
  const opening = await act.db.findOneBy(Opening, { id });
  const evaluation = await act.db.findOneBy(Evaluation, { id });
  const letters = await act.db.find(Letter, { where: [{ invitationId: In([...invitations.map((one) => one.id), '-']), status: 'sent' }, { subjectId: In([...awards.map((one) => one.id), '-']), kind: 'award-decision' }], order: { sentAt: 'ASC', number: 'ASC' }, select: { id: true, title: true, chrono: true, sentAt: true, fileId: true } });
  const names = new Map((await act.db.findBy(Organisation, { id: In([...awards, ...requests].map((one) => one.organisationId).concat('-')) })).map((one) => [one.id, one.name]));
  const facts: Fact[] = [
    ...(launchedAt ? [{ at: launchedAt, what: 'Consultation lancée' }] : []),
    ...versions.filter((one) => one.number > 1).map((one) => ({ at: one.createdAt, what: `Date limite reportée : ${one.reason}` })),
    ...documents.map((one) => ({ at: one.createdAt, what: `${one.title}, version ${one.version}`, fileId: one.fileId })),
    ...(openedAt ? [{ at: openedAt, what: 'Plis ouverts : procès-verbal', fileId: opening?.minutesFileId }, { at: openedAt, what: 'Registre des dépôts', fileId: opening?.registerFileId }] : []),
    ...(evaluation?.lockedAt ? [{ at: evaluation.lockedAt, what: 'Analyse arrêtée : rapport d’analyse des offres', fileId: evaluation.reportFileId }] : []),
    ...awards.flatMap((one) => [
      { at: one.proposedAt, what: `Attributaire proposé : ${names.get(one.organisationId) ?? ''}` },
      ...(one.askedAt ? [{ at: one.askedAt, what: 'Pièces demandées à l’attributaire pressenti' }] : []),
      ...one.passed.map((passed) => ({ at: new Date(passed.at), what: `${passed.operator} est écarté : ${passed.reason}` })),
      ...(one.decidedAt && one.reportFileId && one.reportFileId !== evaluation?.reportFileId ? [{ at: one.decidedAt, what: 'Rapport d’analyse des offres sur lequel la décision est prise', fileId: one.reportFileId }] : []),
      ...(one.endedAt ? [{ at: one.endedAt, what: `${one.status === 'reversed' ? 'Décision rapportée' : 'Proposition retirée'} : ${one.endReason ?? ''}` }] : []),
    ]),
    ...letters.map((one) => ({ at: one.sentAt ?? new Date(0), what: `${one.title} (${one.chrono ?? ''})`, fileId: one.fileId })),
    ...requests.flatMap((one) => [{ at: one.receivedAt, what: `Demande de motifs de ${names.get(one.organisationId) ?? ''}` }]),
    ...remedies.flatMap((one) => [{ at: one.recordedAt, what: `${REMEDIES[one.kind].label} n° ${one.number}, du ${dayInFrench(one.filedOn)}` }, ...(one.closedAt && one.outcome ? [{ at: one.closedAt, what: `${OUTCOMES[one.outcome]} (n° ${one.number}), le ${dayInFrench(one.outcomeOn ?? '')}${one.sentBackTo ? ` : la procédure reprend à ${STEPS[one.sentBackTo]}` : ''}` }] : [])]),
  ];
  return { facts, claims: remedies.map((one) => `${REMEDIES[one.kind].label} (art. ${REMEDIES[one.kind].article}), ${one.court}, n° ${one.number}, par ${one.applicant}, le ${dayInFrench(one.filedOn)}`) };
}
