import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { CHANNEL_NAMES, Consultation, Invitation } from '../consultations/consultation.js';
import { mayOpen, worksOn } from '../consultations/consultation.policy.js';
import { Organisation } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { inFrench } from '../platform/dates.js';
import { DomainError, NotFound, Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { Random, sha256 } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import { Custodian } from '../sealing/custodian.js';
import { envelopeOf, type Manifest, sealHash, sealManifest } from '../sealing/envelope.js';
import { sealPart } from '../sealing/part.js';
import { Bid, succession } from './bid.js';
import { BidImport } from './bid-import.js';
import { sameCandidate } from './candidate.js';
import { filesOf, type GivenImport, type ImportPlan, planImport, type PlannedBid } from './import-plan.js';
import type { Invited } from './import-register.js';

/** The whole of the archive, compressed or not: a hostile one is stopped there. */
const MOST_TIMES = 3;

export interface SealedImport extends PlannedBid {
  bidId: string;
  manifestBlob: string;
  envelope: ReturnType<typeof envelopeOf>;
}

/** Bids opened on PLACE or elsewhere, taken over once: sealed here as if they had come here, so that every later step is the same. */
@Injectable()
export class BidImportsService {
  constructor(
    private readonly acts: Acts,
    private readonly custodian: Custodian,
    private readonly files: Files,
    private readonly random: Random,
    private readonly config: Config,
  ) {}

  /** What the page shows before: is it possible, and was it done? Two queries. */
  show(actor: Actor, id: string) {
    return this.acts.look(actor, 'bids.import-show', async (act) => {
      const consultation = await this.visible(act, actor, id);
      return { consultation, done: await act.db.findOneBy(BidImport, { id }), may: mayOpen(actor, consultation), now: act.now };
    });
  }

  /** The rehearsal: reads and checks everything, writes nothing. */
  async plan(actor: Actor, id: string, given: GivenImport): Promise<{ consultation: Consultation; plan: ImportPlan; invited: Invited[] }> {
    const { consultation, invited, now } = await this.acts.look(actor, 'bids.import-plan', async (act) => {
      const found = await this.visible(act, actor, id);
      act.require(mayOpen(actor, found), 'Les plis se reprennent par un ouvreur désigné : lui seul les lit.');
      mustWait(found, act.now, await act.db.existsBy(BidImport, { id }));
      const rows = (await act.db.createQueryBuilder(Invitation, 'i').innerJoinAndMapOne('i.organisation', Organisation, 'o', 'o.id = i."organisationId"').where('i."consultationId" = :id and i."invitedAt" is not null', { id }).orderBy('i.number').getMany()) as Invited[];
      return { consultation: found, invited: rows, now: act.now };
    });
    return { consultation, invited, plan: await planImport(given, consultation, invited, MOST_TIMES * this.config.maxImportBytes, now) };
  }

  /**
   * All the bids or none.
   * @param seen of the rehearsal: other files, or another hour, are to be rehearsed first
   * @returns the plan when something is wrong with it, null once it is done
   */
  async run(actor: Actor, id: string, given: GivenImport, seen: string): Promise<ImportPlan | null> {
    const { plan, invited } = await this.plan(actor, id, given);
    if (plan.errors.length > 0 || !plan.openedThereAt || !given.register) return plan;
    if (seen !== plan.seen) throw new Refused('not-rehearsed', 'Ces fichiers ne sont pas ceux de l’essai : vérifiez-les d’abord, puis reprenez les mêmes.');
    const blobs: string[] = [];
    try {
      const sealed = await this.sealAll(id, plan.bids, given.archive?.bytes ?? null, await this.recipient(actor, id), blobs);
      const register = await StoredFile.write(this.files, this.random, plan.openedThereAt, given.register.name, 'application/octet-stream', given.register.bytes);
      blobs.push(register.blob);
      await this.keep(actor, id, { sealed, register, invited, openedThereAt: plan.openedThereAt, archiveSha256: given.archive && sha256(given.archive.bytes) });
    } catch (error) {
      // A commit whose answer was lost may have kept them: only a refusal is certain.
      if (error instanceof DomainError) for (const blob of blobs) await this.files.remove(blob);
      throw error;
    }
    return null;
  }

  private keep(actor: Actor, id: string, facts: { sealed: SealedImport[]; register: StoredFile; invited: Invited[]; openedThereAt: Date; archiveSha256: string | null }): Promise<void> {
    return this.acts.perform(actor, 'bids.import', async (act) => {
      const consultation = await act.load(Consultation, id);
      act.see(worksOn(actor, consultation.territory));
      act.require(mayOpen(actor, consultation));
      act.on(id);
      mustWait(consultation, act.now, await act.db.existsBy(BidImport, { id }));
      const bids = bidsIn(consultation, facts.sealed, facts.invited, actor.id);
      const { register, openedThereAt, archiveSha256 } = facts;
      await act.add(register, ...bids, Object.assign(new BidImport(), { id, at: act.now, byId: actor.id, openedThereAt, registerFileId: register.id, archiveSha256, received: bids.length }));
      act.record({ channel: consultation.channel, register: register.sha256, archive: archiveSha256, openedThereAt: openedThereAt.toISOString(), bids: bids.map((bid) => ({ bid: bid.id, sealHash: bid.sealHash })) });
    });
  }

  /** Sealed to the key of the consultation, file by file: what was read in memory never touches the disk in clear. */
  private async sealAll(consultationId: string, bids: readonly PlannedBid[], archive: Buffer | null, recipient: string, blobs: string[]): Promise<SealedImport[]> {
    const parts = new Map<PlannedBid, { file: Manifest['files'][number]; blob: string }[]>(bids.map((one) => [one, []]));
    for (const { bid, name, content } of archive ? filesOf(archive, bids, MOST_TIMES * this.config.maxImportBytes) : []) {
      const blob = await this.files.create();
      blobs.push(blob.key);
      const part = await sealPart([recipient], (async function* () { yield content; })(), blob.sink);
      await blob.commit();
      parts.get(bid)?.push({ file: { name, size: content.byteLength, sha256: part.sha256, mediaType: 'application/octet-stream', parts: [part] }, blob: blob.key });
    }
    const sealed: SealedImport[] = [];
    for (const [bid, own] of parts) {
      const manifest: Manifest = { version: 1, consultationId, bidId: this.random.id(), mode: 'first', files: own.map((one) => one.file) };
      const closed = await sealManifest([recipient], manifest);
      const manifestBlob = await this.files.write(closed.bytes);
      blobs.push(manifestBlob);
      sealed.push({ ...bid, bidId: manifest.bidId, manifestBlob, envelope: envelopeOf(manifest, closed, own.map((one) => one.blob)) });
    }
    return sealed;
  }

  private recipient(actor: Actor, id: string): Promise<string> {
    return this.acts.look(actor, 'bids.import-key', async (act) => {
      await this.visible(act, actor, id);
      return this.custodian.recipient(act.db, id);
    });
  }

  private async visible(act: Act, actor: Actor, id: string): Promise<Consultation> {
    const consultation = await act.db.findOneBy(Consultation, { id });
    if (!consultation) throw new NotFound();
    act.see(worksOn(actor, consultation.territory));
    if (!consultation.elsewhere) throw new NotFound('Cette consultation se tient ici : ses plis n’ont pas à être repris.');
    return consultation;
  }
}

function mustWait(consultation: Consultation, now: Date, done: boolean) {
  if (consultation.status !== 'launched') throw new Refused('not-open', consultation.openedAt ? 'Les plis sont déjà ouverts : la reprise les précède.' : 'Cette consultation n’est pas en cours.');
  if (now < consultation.opensAt) throw new Refused('too-early', `Les plis se reprennent après leur ouverture sur ${CHANNEL_NAMES[consultation.channel]}, donc au plus tôt le ${inFrench(consultation.opensAt, consultation.timeZone)}.`);
  if (done) throw new Refused('already-imported', 'Les plis de cette consultation ont déjà été repris : cela ne se fait qu’une fois.');
}

/** By the same rules as those received here: late or not by its arrival (R2151-5), the last in time stands for each candidate (R2151-6). */
function bidsIn(consultation: Consultation, sealed: readonly SealedImport[], invited: readonly Invited[], actorId: string): Bid[] {
  const { id: consultationId, deadline, deadlineVersion, documentsVersion } = consultation;
  const organisationOf = new Map(invited.map((one) => [one.organisationId, one.organisation]));
  const bids: Bid[] = [];
  for (const { bidId, invitation, receivedAt, late, envelope, manifestBlob } of sealed) {
    const organisation = organisationOf.get(invitation.organisationId);
    const earlier = bids.filter((one) => organisation && sameCandidate(organisationOf.get(one.organisationId) ?? organisation, organisation));
    const { replaced } = succession(earlier, { receivedAt, writtenAt: receivedAt, late });
    for (const former of replaced) former.replace();
    bids.push(Object.assign(new Bid(), { id: bidId, consultationId, organisationId: invitation.organisationId, status: late ? 'late' : 'sealed', receivedAt, deadline, deadlineVersion, documentsVersion, sealHash: sealHash(envelope), envelope, manifestBlob, idempotencyKey: `import-${bidId}`, depositedById: actorId, replacesId: replaced[0]?.id ?? null }));
  }
  return bids;
}

/** For the opening: bids held elsewhere come first. @returns sentences for the minutes */
export async function takenOver(act: Act, { id, elsewhere, channel, externalReference, timeZone }: Consultation): Promise<string[]> {
  if (!elsewhere) return [];
  const done = await act.db.findOneBy(BidImport, { id });
  if (!done) throw new Refused('not-imported', `Cette consultation s’est tenue sur ${CHANNEL_NAMES[channel]} : reprenez d’abord le registre et les plis de cette plateforme.`);
  const register = await act.db.findOneByOrFail(StoredFile, { id: done.registerFileId });
  const archive = done.archiveSha256 ? `, archive des plis ${done.archiveSha256}` : ', aucun pli reçu';
  return [`Plis repris de ${CHANNEL_NAMES[channel]} (référence ${externalReference ?? ''}), où ils ont été ouverts le ${inFrench(done.openedThereAt, timeZone)}. Empreintes SHA-256\u00a0: registre ${register.sha256}${archive}.`];
}
