import { Readable } from 'node:stream';
import { DepositsService } from '../bids/deposits.service.js';
import { LateBidsService } from '../bids/late.service.js';
import { showLateCase } from '../bids/late.view.js';
import { BidUploadsService } from '../bids/uploads.service.js';
import { OpenedBidsService } from '../bids/opened-bids.service.js';
import { OpeningService } from '../bids/opening.service.js';
import { CommissionsService } from '../commissions/commissions.service.js';
import { SendingService } from '../commissions/sending.service.js';
import { SignatureService } from '../commissions/signature.service.js';
import type { Actor } from '../platform/actor.js';
import type { FrozenClock } from '../platform/clock.js';
import { DomainError } from '../platform/errors.js';
import { Jobs } from '../platform/jobs.js';
import { demoData } from './demo-data.js';
import { actorOf, draftTheCommission, type Getter, seedAuthority } from './seed.js';
import { playAnalysis } from './story-analysis.js';

export interface Step {
  step: string;
  at: string;
  expected: string;
  outcome: string;
  ok: boolean;
}

/** The Bas-Rhin case played through the services of the pages, on a clock that the story moves. */
export class Story {
  readonly steps: Step[] = [];
  readonly receipts: { slug: string; organisation: Actor; receiptId: string }[] = [];
  commissionId = '';
  consultationId = '';
  lateBidId = '';

  constructor(
    private readonly app: Getter,
    private readonly clock: FrozenClock,
  ) {}

  async play(): Promise<void> {
    const data = demoData();
    const who = async (key: string) => actorOf(this.app, [...data.people, ...data.invented].find((one) => one.key === key)?.email ?? '');
    await seedAuthority(this.app);
    await this.step('commission rédigée, lettres soumises à la signature', 'done', async () => {
      this.commissionId = await draftTheCommission(this.app);
    });
    const [officer, signatory, first, second, admin] = await Promise.all(['officer', 'signatory', 'opener1', 'opener2', 'admin'].map(who));
    if (!officer || !signatory || !first || !second || !admin) throw new Error('The story lacks a person');
    const sending = this.app.get(SendingService);
    const signature = this.app.get(SignatureService);

    await this.step('l’agent instructeur ne signe pas', 'forbidden', () => signature.sign(officer, this.commissionId));
    this.clock.moveTo('2023-07-13T08:00:00.000Z');
    await this.step('20 documents signés par délégation', 'done', () => signature.sign(signatory, this.commissionId));
    await this.app.get(Jobs).finishAll();
    this.clock.moveTo('2023-07-13T09:00:00.000Z');
    await this.step('18 lettres envoyées, remise des offres ouverte', 'done', () => sending.send(officer, this.commissionId));
    const found = await this.app.get(CommissionsService).find(officer, this.commissionId);
    this.consultationId = found.consultation.id;
    this.clock.moveTo('2023-07-17T08:00:00.000Z');
    await this.step('cinq organisations inventées ajoutées', 'done', () =>
      sending.add(officer, this.commissionId, data.invented.map(({ name, email }) => `${name} ; ${email}`).join('\n')),
    );
    await this.step('leurs lettres signées', 'done', () => signature.sign(signatory, this.commissionId));
    await this.app.get(Jobs).finishAll();
    await this.step('leurs lettres envoyées', 'done', () => sending.send(officer, this.commissionId));
    await this.app.get(Jobs).finishAll();
    await this.deposits(who, officer, admin);
    await this.opening(officer, first, second);
    await this.lateBid(officer, signatory);
    await playAnalysis({ app: this.app, clock: this.clock, consultationId: this.consultationId, step: (...step) => this.step(...step) }, officer, signatory);
  }

  private async deposits(who: (key: string) => Promise<Actor>, officer: Actor, admin: Actor) {
    const deposits = this.app.get(DepositsService);
    const opened = this.app.get(OpenedBidsService);
    const [passerelle, territoires, parcours, lignes, ensemble] = await Promise.all(['passerelle', 'territoires', 'parcours', 'lignes', 'ensemble'].map(who));
    if (!passerelle || !territoires || !parcours || !lignes || !ensemble) throw new Error('The story lacks an organisation');

    this.clock.moveTo('2023-07-24T08:12:03.456Z');
    await this.step('Passerelle Rhénane dépose', 'done', () => this.deposit(passerelle, 'passerelle-1', ['Mémoire technique.pdf', 'Prix.xlsx']));
    this.clock.moveTo('2023-07-25T15:02:14.000Z');
    await this.step('Passerelle Rhénane remplace son pli', 'done', () => this.deposit(passerelle, 'passerelle-2', ['Mémoire technique v2.pdf', 'Prix.xlsx', 'Références « été ».pdf']));
    this.clock.moveTo('2023-07-25T16:30:00.000Z');
    await this.step('Études et Territoires dépose', 'done', () => this.deposit(territoires, 'territoires', ['Offre.pdf']));
    this.clock.moveTo('2023-07-26T07:00:00.000Z');
    await this.step('Études et Territoires retire son pli', 'done', async () => {
      const { receiptId } = await deposits.withdraw(territoires, this.consultationId, this.clock.now());
      this.receipts.push({ slug: 'territoires-retrait', organisation: territoires, receiptId });
    });
    this.clock.moveTo('2023-07-26T19:00:00.000Z');
    await this.step('Maison des Parcours dépose', 'done', () => this.deposit(parcours, 'parcours', ['Offre Maison des Parcours.pdf', 'Équipe.pdf']));
    await this.step('Ensemble Demain laisse son brouillon inachevé', 'done', () => this.upload(ensemble, ['Offre à finir.pdf']));
    this.clock.moveTo('2023-07-26T21:00:00.000Z');
    await this.step('avant l’ouverture, l’agent ne voit aucun pli', 'sealed', () => opened.list(officer, this.consultationId));
    await this.step('avant l’ouverture, l’administrateur ne voit rien', 'not-found', () => opened.list(admin, this.consultationId));
    this.clock.moveTo('2023-07-26T21:59:00.200Z');
    await this.step('Lignes Claires dépose 200 ms trop tard : reçu, hors délai', 'done', () => this.deposit(lignes, 'lignes-hors-delai', ['Offre.pdf']));
  }

  private async opening(officer: Actor, first: Actor, second: Actor) {
    const opening = this.app.get(OpeningService);
    const opened = this.app.get(OpenedBidsService);
    this.clock.moveTo('2023-07-26T22:10:00.000Z');
    await this.step('ouverture demandée trop tôt', 'too-early', () => opening.open(first, this.consultationId));
    this.clock.moveTo('2023-07-27T07:00:00.000Z');
    await this.step('première ouvreuse présente', 'done', () => opening.confirm(first, this.consultationId));
    await this.step('une seule personne ne suffit pas', 'quorum', () => opening.open(first, this.consultationId));
    await this.step('second ouvreur présent', 'done', () => opening.confirm(second, this.consultationId));
    await this.step('l’agent instructeur n’ouvre pas', 'forbidden', () => opening.open(officer, this.consultationId));
    await this.step('deux plis en temps utile ouverts ensemble', '2', async () => String((await opening.open(second, this.consultationId)).opened));
    await this.app.get(Jobs).finishAll();
    await this.step('les empreintes correspondent, le procès-verbal existe', 'intact', async () => {
      const { files, opening: session } = await opened.list(officer, this.consultationId);
      const right = files.length === 5 && files.every((file) => file.intact) && session.anomalies.length === 0 && session.minutesFileId !== null;
      return right ? 'intact' : `fichiers : ${files.length}, anomalies : ${session.anomalies.join(' ; ')}`;
    });
    await this.step('un fichier ouvert est lisible', 'lisible', async () => {
      const { files } = await opened.list(officer, this.consultationId);
      const { content } = await opened.file(officer, this.consultationId, files[0]?.id ?? '');
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(chunk);
      return Buffer.concat(chunks).toString().startsWith('Contenu fictif') ? 'lisible' : 'illisible';
    });
    await this.step('le journal de la consultation est intact', 'intact', async () => ((await opened.chain(officer, this.consultationId)).ok ? 'intact' : 'altéré'));
  }

  /** R2151-5: what came 200 ms too late is eliminated, with the letter that says so. */
  private async lateBid(officer: Actor, signatory: Actor) {
    const late = this.app.get(LateBidsService);
    this.clock.moveTo('2023-07-28T08:00:00.000Z');
    const { bids } = await late.list(officer, this.consultationId);
    this.lateBidId = bids[0]?.bid.id ?? '';
    const { suggested } = showLateCase(await late.find(signatory, this.consultationId, this.lateBidId));
    await this.step('l’agent instructeur ne décide pas du pli hors délai', 'forbidden', () => late.eliminate(officer, this.consultationId, this.lateBidId, { reasons: suggested }));
    await this.step('le pli hors délai de 200 ms est éliminé, la lettre signée', 'done', () => late.eliminate(signatory, this.consultationId, this.lateBidId, { reasons: suggested }));
    await this.app.get(Jobs).finishAll();
    await this.step('la lettre « hors délai » est envoyée, le pli reste scellé', 'envoyée, scellé', async () => {
      const { bid } = await late.find(officer, this.consultationId, this.lateBidId);
      const { files } = await this.app.get(OpenedBidsService).list(officer, this.consultationId);
      return `${bid.letter?.status === 'sent' ? 'envoyée' : 'en attente'}, ${files.some((file) => file.bidId === bid.id) ? 'ouvert' : 'scellé'}`;
    });
    await this.step('le journal de la consultation est toujours intact', 'intact', async () => ((await this.app.get(OpenedBidsService).chain(officer, this.consultationId)).ok ? 'intact' : 'altéré'));
  }

  private async upload(organisation: Actor, names: string[]) {
    const uploads = this.app.get(BidUploadsService);
    for (const name of names) {
      const bytes = Buffer.from(`Contenu fictif de « ${name} ».\n`.repeat(200));
      await uploads.receive(organisation, this.consultationId, { name, mediaType: 'application/pdf' }, Readable.from([bytes]));
    }
  }

  private async deposit(organisation: Actor, slug: string, names: string[]) {
    await this.upload(organisation, names);
    const key = `story-${slug}`.padEnd(20, '-');
    const { receiptId } = await this.app.get(DepositsService).deposit(organisation, this.consultationId, key, this.clock.now());
    this.receipts.push({ slug, organisation, receiptId });
  }

  /** Plays one step; what was expected did or did not happen, and the story goes on. */
  private async step(step: string, expected: string, work: () => Promise<unknown>) {
    const at = this.clock.now().toISOString();
    let outcome: string;
    try {
      const result = await work();
      outcome = typeof result === 'string' ? result : 'done';
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      outcome = error.code;
    }
    this.steps.push({ step, at, expected, outcome, ok: outcome === expected });
  }
}
