import { arriving } from '../support/upload.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPublicKey, verify } from 'node:crypto';
import { Attestation } from '../../src/evidence/attestation.js';
import { factsHash } from '../../src/evidence/attestation-document.js';
import { EvidenceService } from '../../src/evidence/evidence.service.js';
import type { SignedStatement } from '../../src/evidence/facts.js';
import { Consultation } from '../../src/consultations/consultation.js';
import { canonical } from '../../src/platform/canonical.js';
import { JournalEntry } from '../../src/platform/journal-entry.js';
import { sha256 } from '../../src/platform/random.js';
import { Acts } from '../../src/platform/acts.js';
import { Actor } from '../../src/platform/actor.js';
import { Keyring } from '../../src/sealing/keyring.js';
import { queriesOf } from '../support/queries.js';
import { DATABASES } from '../support/databases.js';
import { DEADLINE, evidenceWorld, type EvidenceWorld, OPENS } from './world.js';

const before = (ms: number) => new Date(DEADLINE.getTime() - ms);

describe.each(DATABASES)('l’attestation de fonctionnement (%s)', (kind) => {
  let w: EvidenceWorld;
  beforeAll(async () => {
    w = await evidenceWorld(kind);
    w.t.clock.moveTo('2023-07-26T19:00:00.000Z');
    await w.observation.observe();
    await w.beats('2023-07-26T19:00:00.000Z', 20);
    await w.beats('2023-07-26T19:25:00.000Z', 155);
  }, 90_000);
  afterAll(() => w.t.close());

  const read = async (number: number) => {
    const { statement, pdf } = await w.attestations.document(w.who.officer, w.id, number);
    return { text: statement, statement: JSON.parse(statement) as SignedStatement, pdf: await pdf() };
  };

  it('s’établit à tout moment par l’agent, par un travail, et n’existe pour personne d’autre que les agents du territoire', async () => {
    const officer = await w.t.browser('officer');
    expect((await officer.get(`/consultations/${w.id}/preuve`).expect(200)).text).toContain('Aucune attestation pour l’instant');
    await officer.post(`/consultations/${w.id}/preuve/attestations`).expect(303);
    await officer.get(`/consultations/${w.id}/preuve/attestations/1.pdf`).expect(404);
    expect((await officer.get(`/consultations/${w.id}/preuve`).expect(200)).text).toContain('En cours d’établissement');
    await w.t.jobs.finishAll();
    expect((await officer.get(`/consultations/${w.id}/preuve`).expect(200)).text).toContain('Attestation n° 1 (PDF)');
    for (const path of ['preuve', 'preuve/attestations/1.pdf', 'preuve/attestations/1.json']) {
      for (const stranger of ['admin', 'passerelle']) await (await w.t.browser(stranger)).get(`/consultations/${w.id}/${path}`).expect(404);
    }
    await (await w.t.browser('opener1')).get(`/consultations/${w.id}/preuve/attestations/1.pdf`).expect(200).expect('content-type', /pdf/);
    await expect(w.attestations.ask(w.who.opener1, w.id)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(w.attestations.document(w.who.officer, w.id, 9)).rejects.toMatchObject({ code: 'not-found' });
    expect((await queriesOf(w.t.source, () => w.t.app.get(EvidenceService).show(w.who.officer, w.id))).length).toBeLessThanOrEqual(5);
  });

  it('est signée avec l’empreinte de son PDF, et sa ligne entre dans la chaîne de la consultation', async () => {
    const { text, statement, pdf } = await read(1);
    const { signature, ...said } = statement;
    expect(text).toBe(canonical(statement));
    expect(said.pdf).toEqual({ sha256: sha256(pdf), size: pdf.length });
    expect(signature.publicKey).toBe(w.t.app.get(Keyring).publicKeyPem);
    expect(verify(null, Buffer.from(canonical(said)), createPublicKey(signature.publicKey), Buffer.from(signature.value, 'base64'))).toBe(true);
    const line = await w.t.source.manager.findOneByOrFail(JournalEntry, { act: 'attestation.made', chain: w.id });
    expect(line.details).toMatchObject({ number: 1, pdf: sha256(pdf), statement: sha256(text) });
    expect(pdf.toString()).toContain(factsHash(statement.attestation));
  });

  it('dit l’interruption et les signalements, tait avant l’ouverture tout ce qu’un dépôt ferait varier', async () => {
    await w.t.anonymous().post('/api/problems').send({ text: 'Je n’arrive pas à déposer.', reference: (await w.t.source.manager.findOneByOrFail(Consultation, { id: w.id })).reference, email: '', telephone: '', page: '', lastUploadBytes: '' }).expect(201);
    await w.deposit(w.who.passerelle, 'SECRET-NOM.pdf', before(60_000), 'attestation-1');
    w.observation.failures.seen(`/consultations/${w.id}/pli`, 500);
    w.t.clock.moveTo(before(1_000));
    await w.observation.observe();
    await w.attestations.ask(w.who.officer, w.id);
    await w.t.jobs.finishAll();
    const { statement, pdf } = await read(2);
    expect(statement.attestation).toMatchObject({
      stage: 'sealed',
      revealed: null,
      period: { to: before(1_000).toISOString(), closed: false },
      signs: { silences: [{ from: '2023-07-26T19:20:00.000Z', to: '2023-07-26T19:25:00.000Z' }], silentSeconds: 300 },
      selfTests: { failed: 0 },
      problems: [{ number: expect.stringMatching(/^P-2023-0001-/) }],
    });
    expect(pdf.toString()).toContain('1\u00a0interruption, 5\u00a0min en tout');
    expect(pdf.toString()).toContain('Les plis ne sont pas ouverts');
    expect(pdf.toString() + JSON.stringify(statement)).not.toMatch(/SECRET|Passerelle|Envois de fichiers|freeBytes/);
  });

  it('s’établit d’elle-même à la date limite, une fois', async () => {
    w.t.clock.moveTo(before(1));
    expect(await w.attestations.askDue()).toBe(0);
    w.t.clock.moveTo(DEADLINE);
    expect(await w.attestations.askDue()).toBe(1);
    expect(await w.attestations.askDue()).toBe(0);
    await w.t.jobs.finishAll();
    const kept = await w.t.source.manager.findOneByOrFail(Attestation, { consultationId: w.id, number: 3 });
    expect(kept).toMatchObject({ stage: 'sealed', askedById: null });
    expect((await read(3)).statement.attestation.period).toMatchObject({ to: DEADLINE.toISOString(), closed: true });
  });

  it('et après l’ouverture, complète : envois manqués avec leur raison, réponses en erreur, machine, journal', async () => {
    const { lignes } = w.who;
    const { id } = await w.uploads.create(lignes, w.id, { name: 'SECRET-COUPÉ.pdf', size: 500, mediaType: '', key: null });
    expect(await w.uploads.write(lignes, w.id, id, 0, arriving(Buffer.from('x'), true))).toBe(0);
    await w.open();
    expect(await w.attestations.askDue()).toBe(1);
    expect(await w.attestations.askDue()).toBe(0);
    await w.t.jobs.finishAll();
    const { statement, pdf } = await read(4);
    const { revealed } = statement.attestation;
    expect(revealed).toMatchObject({
      uploads: { started: 2, finished: 1, unfinished: 1, failed: 1 },
      http: { own: [{ kind: '5xx', times: 1 }], others: [] },
      machine: { until: DEADLINE.toISOString(), leastFreeBytes: expect.any(Number) },
      hiddenFrom: null,
      journal: { head: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(revealed?.uploads.failures.map(({ code, organisation }) => ({ code, organisation }))).toEqual([
      { code: 'cut', organisation: 'Lignes Claires (coopérative fictive)' },
    ]);
    expect(pdf.toString()).toContain('l’envoi a été coupé');
    expect(pdf.toString() + JSON.stringify(statement)).not.toContain('SECRET');
  });

  it('tait les chiffres communs depuis le lancement d’une autre consultation encore scellée', async () => {
    await w.t.app.get(Acts).perform(Actor.system, 'test.other', async (act) => {
      act.require(true);
      const call = await act.db.findOneByOrFail(Consultation, { id: w.id });
      await act.add(Object.assign(new Consultation(), { ...call, id: 'another-call', ocid: 'ocds-other', status: 'launched', launchedAt: before(120_000), openedAt: null }));
    });
    await w.attestations.ask(w.who.officer, w.id);
    await w.t.jobs.finishAll();
    const { statement } = await read(5);
    expect(statement.attestation.revealed).toMatchObject({ hiddenFrom: before(120_000).toISOString(), machine: { until: before(120_000).toISOString() } });
    expect(OPENS.getTime()).toBeGreaterThan(DEADLINE.getTime());
  });
});
