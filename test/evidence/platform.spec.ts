import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Config } from '../../src/config.js';
import { Consultation, DeadlineVersion } from '../../src/consultations/consultation.js';
import { Incident } from '../../src/consultations/incident.js';
import { Heartbeat } from '../../src/consultations/outage.js';
import { WatchService } from '../../src/consultations/watch.service.js';
import { TodoService } from '../../src/contracts/todo.service.js';
import { HttpFailure, MinuteRecord } from '../../src/evidence/minute-record.js';
import { Files } from '../../src/platform/files.js';
import { JournalEntry, PLATFORM_CHAIN } from '../../src/platform/journal-entry.js';
import { Mail } from '../../src/platform/mail.js';
import { Outbox } from '../../src/platform/outbox.js';
import { sha256 } from '../../src/platform/random.js';
import { officerOf } from '../contracts/world.js';
import { DATABASES } from '../support/databases.js';
import { queriesOf } from '../support/queries.js';
import { DEADLINE, evidenceWorld, type EvidenceWorld } from './world.js';

describe.each(DATABASES)('la plateforme se regarde fonctionner (%s)', (kind) => {
  let w: EvidenceWorld;
  beforeAll(async () => {
    w = await evidenceWorld(kind);
  }, 90_000);
  afterAll(() => w.t.close());

  const blobs = () => readdirSync(join(w.t.app.get(Config).dataDir, 'files'), { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).length;

  it('chaque minute : disque, file d’attente, horloges et dépôt d’essai ; rien ne reste, rien ne touche la consultation', async () => {
    const [before, chain] = [blobs(), await w.t.source.manager.countBy(JournalEntry, { chain: w.id })];
    const record = await w.observation.observe();
    expect(record).toMatchObject({ selfTest: 'ok', selfTestFault: null, queued: 0, legalAt: w.t.clock.now() });
    expect(record?.freeBytes).toBeGreaterThan(1_000_000);
    expect(Math.abs(record?.databaseOffsetMs ?? 99_999)).toBeLessThan(5_000);
    expect(blobs()).toBe(before);
    expect(await w.t.source.manager.countBy(JournalEntry, { chain: w.id })).toBe(chain);
    const line = await w.t.source.manager.findOneByOrFail(JournalEntry, { act: 'platform.minute' });
    expect(line).toMatchObject({ chain: PLATFORM_CHAIN, details: { minute: record?.id, sha256: record?.hash } });
    const kept = await w.t.source.manager.findOneByOrFail(MinuteRecord, { id: record?.id ?? '' });
    expect(sha256(kept.content())).toBe(line.details.sha256);
  });

  it('un disque plein, des octets abîmés : l’essai échoue, en dit la raison, et ne laisse rien', async () => {
    const files = w.t.app.get(Files);
    const full = jest.spyOn(files, 'create').mockRejectedValueOnce(Object.assign(new Error('ENOSPC: /srv/secret'), { code: 'ENOSPC' }));
    expect(await w.observation.observe()).toMatchObject({ selfTest: 'failed', selfTestFault: 'ENOSPC' });
    full.mockRestore();
    const before = blobs();
    const stream = files.stream.bind(files);
    const damaged = jest.spyOn(files, 'stream').mockImplementationOnce((key) => {
      const source = stream(key);
      const push = source.push.bind(source);
      source.push = (chunk: Buffer | null) => {
        if (chunk) chunk[chunk.length - 1] = (chunk.at(-1) ?? 0) ^ 1;
        return push(chunk);
      };
      return source;
    });
    expect(await w.observation.observe()).toMatchObject({ selfTest: 'failed', selfTestFault: 'unreadable' });
    damaged.mockRestore();
    expect(blobs()).toBe(before);
    expect(JSON.stringify(await w.t.source.manager.find(MinuteRecord))).not.toContain('secret');
  });

  it('les réponses en erreur d’une minute sont gardées avec elle, même quand l’écriture doit être refaite', async () => {
    w.observation.failures.seen(`/consultations/${w.id}/pli`, 500);
    const acts = jest.spyOn(w.t.source, 'transaction').mockRejectedValueOnce(new Error('database is locked'));
    await expect(w.observation.observe()).rejects.toThrow('locked');
    acts.mockRestore();
    await w.observation.observe();
    expect(await w.t.source.manager.find(HttpFailure)).toEqual([expect.objectContaining({ consultationId: w.id, kind: '5xx', times: 1 })]);
    // The middleware sees what really leaves: the limit of sign-ins answers 429 before any controller.
    for (let n = 0; n < 25; n += 1) await w.t.anonymous().post('/api/session').send({ email: 'a@b.example', password: 'x' });
    await w.observation.observe();
    expect(await w.t.source.manager.findOneBy(HttpFailure, { kind: '429' })).toMatchObject({ consultationId: null });
  });

  it('douze minutes de silence : un incident, un courriel à l’agent, une alerte, un report proposé à lui seul', async () => {
    w.t.clock.moveTo('2023-07-26T14:00:00.000Z');
    await w.beats('2023-07-26T12:00:00.000Z', 30);
    await w.beats('2023-07-26T12:42:00.000Z', 78);
    expect(await w.incidents.notice()).toBe(1);
    expect(await w.incidents.notice()).toBe(0);
    expect(await w.t.source.manager.find(Incident)).toEqual([expect.objectContaining({ kind: 'silence', from: new Date('2023-07-26T12:30:00Z'), to: new Date('2023-07-26T12:42:00Z') })]);
    const [mail] = await w.t.source.manager.findBy(Mail, { kind: 'incident' });
    expect(mail?.recipient).toBe('sebastien.bouche@bas-rhin.gouv.fr');
    expect(w.t.app.get(Outbox).words(mail).text).toContain('12\u00a0minutes');
    const officer = await w.t.browser('officer');
    expect((await officer.get(`/consultations/${w.id}/suivi`).expect(200)).text).toContain('12\u00a0minutes ont été perdues');
    expect((await officer.get('/a-faire').expect(200)).text).toContain('12 minutes perdues');
    const page = (await officer.get(`/consultations/${w.id}/incident`).expect(200)).text;
    expect(page).toContain('Reporter au jeudi 27\u00a0juillet 2023 à 12\u00a0h\u00a000');
    expect(page).toContain('23\u00a0organisations invitées sont averties');
    const opener = (await (await w.t.browser('opener1')).get(`/consultations/${w.id}/incident`).expect(200)).text;
    expect(opener).toContain('Le report revient à l’agent');
    expect(opener).not.toContain('<button class="button" type="submit">Reporter');
    for (const stranger of ['admin', 'passerelle']) await (await w.t.browser(stranger)).get(`/consultations/${w.id}/incident`).expect(404);
    expect(await queriesOf(w.t.source, () => w.incidents.show(w.who.officer, w.id))).toHaveLength(3);
    expect((await queriesOf(w.t.source, () => w.t.app.get(TodoService).list(w.who.officer))).length).toBeLessThanOrEqual(5);
  });

  it('le report se fait en un acte, avec l’incident pour motif, et ne se propose plus ensuite', async () => {
    const other = await officerOf(w.t, '75');
    await expect(w.incidents.extend(other, w.id, '2023-07-27T12:00')).rejects.toMatchObject({ code: 'not-found' });
    await expect(w.incidents.extend(w.who.opener1, w.id, '2023-07-27T12:00')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(w.incidents.extend(w.who.officer, w.id, '2023-07-28T12:00')).rejects.toMatchObject({ code: 'changed' });
    const officer = await w.t.browser('officer');
    await officer.post(`/consultations/${w.id}/incident`, { deadline: 'demain' }).expect(303); // back to the page, with the error
    await officer.post(`/consultations/${w.id}/incident`, { deadline: '2023-07-27T12:00' }).expect(303).expect('location', `/consultations/${w.id}/suivi#avis`);
    const call = await w.t.source.manager.findOneByOrFail(Consultation, { id: w.id });
    expect(call).toMatchObject({ localDeadline: '2023-07-27T12:00', deadlineVersion: 2 });
    expect((await w.t.source.manager.findOneByOrFail(DeadlineVersion, { id: `${w.id}.2` })).reason).toContain('12 minutes perdues');
    expect(await w.t.source.manager.countBy(Mail, { kind: 'notice', consultationId: w.id })).toBe(23);
    const line = await w.t.source.manager.findOneByOrFail(JournalEntry, { act: 'consultation.extend', chain: w.id });
    expect(line.details).toMatchObject({ incidentMinutes: 12, incidentFrom: '2023-07-26T12:30:00.000Z' });
    await expect(w.incidents.extend(w.who.officer, w.id, '2023-07-28T12:00')).rejects.toMatchObject({ code: 'no-incident' });
    expect((await officer.get(`/consultations/${w.id}/incident`).expect(200)).text).toContain('Aucun report à proposer');
    expect((await (await w.t.browser('officer')).get(`/commandes/${w.commissionId}/journal`).expect(200)).text).toContain('Un incident de la plateforme est constaté');
  });

  it('à la date limite, plus de report à la main : seule la règle annoncée', async () => {
    w.t.clock.moveTo('2023-07-27T09:50:00.000Z');
    await w.beats('2023-07-27T09:30:00.000Z', 1, 'afresh');
    await w.beats('2023-07-27T09:45:00.000Z', 1);
    await w.incidents.notice();
    expect((await w.incidents.show(w.who.officer, w.id)).offer).toMatchObject({ minutes: 14 });
    w.t.clock.moveTo('2023-07-27T10:00:00.000Z');
    await expect(w.incidents.extend(w.who.officer, w.id, '2023-07-28T12:00')).rejects.toMatchObject({ code: 'no-incident' });
    expect((await (await w.t.browser('officer')).get(`/consultations/${w.id}/incident`).expect(200)).text).toContain('Aucune règle automatique n’avait été annoncée');
  });

  it('bat avec le temps passé depuis le battement d’avant', async () => {
    await w.t.source.manager.clear(Heartbeat);
    const watch = w.t.app.get(WatchService);
    await watch.beat();
    await watch.beat();
    const [first, second] = await w.t.source.manager.find(Heartbeat, { order: { machineAt: 'ASC' } });
    expect([first, second].filter((one) => one?.machineSinceMs === null)).toHaveLength(1);
    expect([first, second].find((one) => one?.machineSinceMs !== null)).toMatchObject({ legalSinceMs: 0 });
    expect(DEADLINE.getTime()).toBeLessThan(w.t.clock.now().getTime());
  });
});
