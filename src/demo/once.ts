import 'reflect-metadata';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createApp } from '../app.setup.js';
import { LateBidsService } from '../bids/late.service.js';
import { OpenedBidsService } from '../bids/opened-bids.service.js';
import { ReceiptsService } from '../bids/receipts.service.js';
import { CommissionsService } from '../commissions/commissions.service.js';
import { SignatureService } from '../commissions/signature.service.js';
import { Config } from '../config.js';
import { AnalysisService } from '../evaluations/analysis.service.js';
import { FrozenClock } from '../platform/clock.js';
import { DEMO_START, demoData } from './demo-data.js';
import { actorOf, type Getter } from './seed.js';
import { Story } from './story.js';

/** Plays the story in a throw-away instance and leaves its documents in `out`. Returns whether all happened as expected. */
export async function playOnce(out: string, browserPath?: string): Promise<boolean> {
  const dataDir = mkdtempSync(join(tmpdir(), 'souspli-once-'));
  const config = Config.of({ mode: 'demo', dataDir, databaseUrl: `sqlite:${dataDir}/souspli.sqlite`, browserPath });
  const clock = new FrozenClock(new Date(DEMO_START));
  const app = await createApp(config, { clock });
  try {
    const story = new Story(app, clock);
    await story.play();
    await writeDocuments(app, story, out);
    const failed = story.steps.filter((step) => !step.ok);
    for (const { step, expected, outcome } of failed) process.stderr.write(`Étape inattendue : ${step} (attendu : ${expected}, obtenu : ${outcome})\n`);
    return failed.length === 0;
  } finally {
    await app.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function writeDocuments(app: Getter, story: Story, out: string) {
  mkdirSync(join(out, 'letters'), { recursive: true });
  mkdirSync(join(out, 'receipts'), { recursive: true });
  const officer = await actorOf(app, demoData().people[0]?.email ?? '');
  const signature = app.get(SignatureService);
  const { invitations } = await app.get(CommissionsService).find(officer, story.commissionId);
  const keep = (name: string, bytes: Buffer | string) => writeFileSync(join(out, name), bytes);

  keep('letters/in-fine.pdf', await signature.preview(officer, story.commissionId, { kind: 'invitation', number: 0 }));
  for (const one of invitations) {
    const name = `${String(one.number).padStart(2, '0')}-${slugOf(one.name)}.pdf`;
    keep(`letters/${name}`, await signature.preview(officer, story.commissionId, { kind: 'invitation', number: one.number }));
  }
  keep('lettre-de-commande.pdf', await signature.preview(officer, story.commissionId, { kind: 'commission-letter', number: 0 }));
  keep('cahier-des-charges.pdf', (await app.get(CommissionsService).specifications(officer, story.commissionId)).bytes);
  const receipts = app.get(ReceiptsService);
  for (const { slug, organisation, receiptId } of story.receipts) {
    keep(`receipts/${slug}.pdf`, await receipts.pdf(organisation, receiptId));
    keep(`receipts/${slug}.json`, (await receipts.show(organisation, receiptId)).json);
  }
  const opened = app.get(OpenedBidsService);
  keep('register.pdf', await opened.document(officer, story.consultationId, 'register'));
  keep('lettre-hors-delai.pdf', await app.get(LateBidsService).letter(officer, story.consultationId, story.lateBidId, ''));
  keep('minutes.pdf', await opened.document(officer, story.consultationId, 'minutes'));
  const analysis = app.get(AnalysisService);
  keep('rapport-analyse.pdf', await analysis.report(officer, story.consultationId));
  keep('analyse-des-offres.xlsx', await analysis.table(officer, story.consultationId));
  keep('story.json', `${JSON.stringify({ notice: 'Scénario fictif : aucun de ces dépôts n’a eu lieu', steps: story.steps }, null, 2)}\n`);
}

/** « Croix Rouge 67 » → `croix-rouge-67` */
export function slugOf(name: string): string {
  return name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 60);
}

async function main() {
  const { values } = parseArgs({ options: { out: { type: 'string' }, once: { type: 'boolean' } }, strict: false });
  const out = typeof values.out === 'string' ? values.out : 'data/var/once';
  const ok = await playOnce(out, Config.read().browserPath);
  process.stdout.write(ok ? `Histoire jouée, documents dans ${out}\n` : 'Une étape ne s’est pas passée comme prévu.\n');
  process.exitCode = ok ? 0 : 1;
}

if (process.argv[1]?.endsWith('once.js')) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  });
}
