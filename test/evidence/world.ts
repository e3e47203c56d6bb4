import { sendFile } from '../support/upload.js';
// The Bas-Rhin's call, launched, with what the platform would have observed of itself.
import { BidUploadsService } from '../../src/bids/uploads.service.js';
import { DepositsService } from '../../src/bids/deposits.service.js';
import { OpeningService } from '../../src/bids/opening.service.js';
import { Heartbeat, sinceLast } from '../../src/consultations/outage.js';
import { AttestationsService } from '../../src/evidence/attestations.service.js';
import { IncidentsService } from '../../src/evidence/incidents.service.js';
import { ObservationService } from '../../src/evidence/observation.service.js';
import type { Actor } from '../../src/platform/actor.js';
import type { DatabaseKind } from '../support/databases.js';
import { launched, startApp, type TestApp } from '../support/app.js';

export const DEADLINE = new Date('2023-07-26T21:59:00.000Z');
export const OPENS = new Date('2023-07-26T22:59:00.000Z');
/** Machine time of a test: it runs beside the legal one, and is never the same. */
const MACHINE_MS = 90_000_000_000;

export interface EvidenceWorld {
  t: TestApp;
  id: string;
  commissionId: string;
  observation: ObservationService;
  incidents: IncidentsService;
  attestations: AttestationsService;
  uploads: BidUploadsService;
  deposits: DepositsService;
  who: Record<'officer' | 'signatory' | 'opener1' | 'opener2' | 'admin' | 'passerelle' | 'territoires' | 'parcours' | 'lignes', Actor>;
  /** A sign of life every 30 s of these minutes; what lies between two calls is a silence, unless `afresh`. */
  beats(from: Date | string, minutes: number, how?: 'afresh'): Promise<void>;
  upload(actor: Actor, name: string, content?: string): Promise<void>;
  deposit(actor: Actor, name: string, at: Date | string, key: string): Promise<string>;
  open(): Promise<void>;
}

export async function evidenceWorld(kind: DatabaseKind): Promise<EvidenceWorld> {
  const t = await startApp(kind);
  const { consultationId, commissionId } = await launched(t);
  const names = ['officer', 'signatory', 'opener1', 'opener2', 'admin', 'passerelle', 'territoires', 'parcours', 'lignes'] as const;
  const actors = await Promise.all(names.map((name) => t.actor(name)));
  const who = Object.fromEntries(names.map((name, index) => [name, actors[index]])) as EvidenceWorld['who'];
  let count = 0;
  let last: Heartbeat | undefined;
  const w: EvidenceWorld = {
    t,
    id: consultationId,
    commissionId,
    observation: t.app.get(ObservationService),
    incidents: t.app.get(IncidentsService),
    attestations: t.app.get(AttestationsService),
    uploads: t.app.get(BidUploadsService),
    deposits: t.app.get(DepositsService),
    who,
    async beats(from, minutes, how) {
      if (how) last = undefined;
      const start = new Date(from).getTime();
      const rows: Heartbeat[] = [];
      for (let at = start; at <= start + minutes * 60_000; at += 30_000) {
        const [machineAt, legalAt] = [new Date(at + MACHINE_MS), new Date(at)];
        count += 1;
        last = Object.assign(new Heartbeat(), { id: `beat-${count}`, machineAt, legalAt, ...sinceLast(last, machineAt, legalAt) });
        rows.push(last);
      }
      for (let index = 0; index < rows.length; index += 100) await t.source.manager.insert(Heartbeat, rows.slice(index, index + 100));
    },
    async upload(actor, name, content = 'contenu') {
      const bytes = Buffer.from(content);
      await sendFile(w.uploads, actor, consultationId, name, bytes);
    },
    async deposit(actor, name, at, key) {
      await w.upload(actor, name);
      return (await w.deposits.deposit(actor, consultationId, key.padEnd(20, '-'), new Date(at))).receiptId;
    },
    async open() {
      if (t.clock.now() < OPENS) t.clock.moveTo(OPENS);
      const opening = t.app.get(OpeningService);
      await opening.confirm(who.opener1, consultationId);
      await opening.confirm(who.opener2, consultationId);
      await opening.open(who.opener2, consultationId);
      await t.jobs.finishAll();
    },
  };
  return w;
}
