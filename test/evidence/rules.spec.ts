import { describe, expect, it } from '@jest/globals';
import { Consultation } from '../../src/consultations/consultation.js';
import { Incident, offerOf } from '../../src/consultations/incident.js';
import { sinceLast } from '../../src/consultations/outage.js';
import { conclusionOf, duration, findingsOf, hiddenIn, stripOf } from '../../src/evidence/attestation-words.js';
import type { Facts } from '../../src/evidence/facts.js';
import { HttpFailures } from '../../src/evidence/http-failures.js';
import { newsOf } from '../../src/evidence/incidents.service.js';
import { runsOf, silenceBefore } from '../../src/evidence/lost-time.js';
import { faultInFrench } from '../../src/evidence/self-test.js';

const at = (iso: string) => new Date(iso);
const DEADLINE = at('2023-07-26T21:59:00.000Z');
const NOW = at('2023-07-26T20:00:00.000Z');
const call = (over: Partial<Consultation> = {}) => Object.assign(new Consultation(), { id: 'k1', status: 'launched', deadline: DEADLINE, launchedAt: at('2023-07-13T08:00:00Z'), ...over });
const version = (createdAt = '2023-07-13T08:00:00Z') => ({ createdAt: at(createdAt) });
const lost = (from: string, to: string, kind: Incident['kind'] = 'silence') => Incident.of('k1', kind, at(from), at(to), NOW);

describe('le report proposé après un incident', () => {
  it('l’est dès dix minutes perdues en huit heures, en une fois ou en plusieurs', () => {
    expect(offerOf(call(), version(), [lost('2023-07-26T19:00:00Z', '2023-07-26T19:09:59Z')], NOW)).toBeNull();
    expect(offerOf(call(), version(), [lost('2023-07-26T19:00:00Z', '2023-07-26T19:10:00Z')], NOW)).toMatchObject({ minutes: 10, from: at('2023-07-26T19:00:00Z') });
    const two = [lost('2023-07-26T15:00:00Z', '2023-07-26T15:06:00Z'), lost('2023-07-26T19:00:00Z', '2023-07-26T19:05:00Z')];
    expect(offerOf(call(), version(), two, NOW)).toMatchObject({ minutes: 11, from: at('2023-07-26T15:00:00Z'), to: at('2023-07-26T19:05:00Z') });
  });

  it('ne compte ni ce qui est plus ancien, ni deux fois le même temps, ni ce qu’un report a déjà rendu', () => {
    expect(offerOf(call(), version(), [lost('2023-07-26T11:30:00Z', '2023-07-26T12:05:00Z')], NOW)).toBeNull(); // five minutes only are within
    const both = [lost('2023-07-26T19:00:00Z', '2023-07-26T19:08:00Z'), lost('2023-07-26T19:01:00Z', '2023-07-26T19:09:00Z', 'self-test')];
    expect(offerOf(call(), version(), both, NOW)).toBeNull();
    const long = [lost('2023-07-26T19:00:00Z', '2023-07-26T19:30:00Z')];
    expect(offerOf(call(), version('2023-07-26T19:40:00Z'), long, NOW)).toBeNull();
    expect(offerOf(call(), version('2023-07-26T19:15:00Z'), long, NOW)).toMatchObject({ minutes: 15 });
  });

  it('ne l’est plus à la date limite, ni hors d’une consultation en cours', () => {
    const long = [lost('2023-07-26T21:00:00Z', '2023-07-26T21:30:00Z')];
    expect(offerOf(call(), version(), long, new Date(DEADLINE.getTime() - 1))).not.toBeNull();
    expect(offerOf(call(), version(), long, DEADLINE)).toBeNull();
    expect(offerOf(call({ status: 'abandoned' }), version(), long, NOW)).toBeNull();
  });

  it('un incident qui dure s’allonge sans être annoncé deux fois ; ce qui précède le lancement ne compte pas', () => {
    const facts = (incidents: Incident[]) => ({ incidents, version: Object.assign(version(), {}) as never });
    const seen = { kind: 'silence' as const, from: at('2023-07-26T19:00:00Z'), to: at('2023-07-26T19:12:00Z') };
    const first = newsOf(call(), facts([]), [seen], NOW);
    expect(first).toMatchObject({ added: [{ from: seen.from }], longer: [] });
    expect(newsOf(call(), facts(first?.added ?? []), [seen], NOW)).toBeNull();
    expect(newsOf(call(), facts(first?.added ?? []), [{ ...seen, to: at('2023-07-26T19:20:00Z') }], NOW)).toMatchObject({ added: [], longer: [{ to: at('2023-07-26T19:20:00Z') }], offer: { minutes: 20 } });
    expect(newsOf(call({ launchedAt: at('2023-07-26T19:05:00Z') }), facts([]), [seen], NOW)).toBeNull();
  });
});

describe('les mesures', () => {
  it('un silence est du temps de machine ; un saut de l’horloge de démonstration n’en est pas un', () => {
    expect(sinceLast(undefined, NOW, NOW)).toEqual({ machineSinceMs: null, legalSinceMs: null });
    const since = sinceLast({ machineAt: at('2026-01-01T10:00:00Z'), legalAt: at('2023-07-26T19:00:00Z') }, at('2026-01-01T10:05:00Z'), at('2023-07-26T20:05:00Z'));
    expect(since).toEqual({ machineSinceMs: 300_000, legalSinceMs: 3_900_000 });
    const beat = { id: 'b', machineAt: NOW, legalAt: at('2023-07-26T20:05:00Z'), ...since };
    expect(silenceBefore(beat)).toEqual({ kind: 'silence', from: at('2023-07-26T19:00:00Z'), to: at('2023-07-26T19:05:00Z') });
  });

  it('des essais manqués de suite font un seul incident', () => {
    const minutes = ['19:00:00', '19:01:00', '19:02:01', '19:10:00'].map((hour) => at(`2023-07-26T${hour}Z`));
    expect(runsOf(minutes)).toEqual([
      { from: at('2023-07-26T19:00:00Z'), to: at('2023-07-26T19:03:01Z') },
      { from: at('2023-07-26T19:10:00Z'), to: at('2023-07-26T19:11:00Z') },
    ]);
    expect(faultInFrench('ENOSPC')).toBe('le disque était plein');
    expect(faultInFrench('EUNHEARD')).toBe('erreur du système (EUNHEARD)');
  });

  it('les réponses en erreur se comptent par minute, celles d’une consultation à part, et rien d’autre', () => {
    let now = at('2023-07-26T20:00:30Z');
    const failures = new HttpFailures(() => now);
    const id = '11111111-1111-4111-8111-111111111111';
    failures.seen(`/consultations/${id}/pli`, 500);
    failures.seen(`/api/consultations/${id}/bid`, 503);
    failures.seen('/connexion', 429);
    for (const status of [200, 303, 404, 409, 413]) failures.seen('/', status);
    now = at('2023-07-26T20:01:00Z');
    failures.seen(`/consultations/${id}/pli`, 500);
    const taken = failures.take();
    expect(taken).toEqual([
      { minute: at('2023-07-26T20:00:00Z'), consultationId: id, kind: '5xx', times: 2 },
      { minute: at('2023-07-26T20:00:00Z'), consultationId: null, kind: '429', times: 1 },
      { minute: at('2023-07-26T20:01:00Z'), consultationId: id, kind: '5xx', times: 1 },
    ]);
    expect(failures.take()).toEqual([]);
    failures.seen(`/consultations/${id}/pli`, 500);
    failures.giveBack(taken);
    expect(failures.take().map((one) => one.times)).toEqual([2, 2, 1]);
  });

  it('des adresses inventées par milliers ne remplissent pas la mémoire', () => {
    const failures = new HttpFailures(() => NOW);
    for (let n = 0; n < 5_000; n += 1) failures.seen(`/consultations/invented-${n}/x`, 500);
    const taken = failures.take();
    expect(taken.length).toBeLessThan(600);
    expect(taken.reduce((sum, one) => sum + one.times, 0)).toBe(5_000);
  });
});

const facts = (over: Partial<Facts> = {}): Facts => ({
  attestationId: 'a1',
  number: 1,
  stage: 'sealed',
  drawnUpAt: '2023-07-26T22:00:00.000Z',
  consultation: { id: 'k1', reference: 'R', title: 'T', object: 'O', buyer: 'B', timeZone: 'Europe/Paris' },
  deadlines: [{ number: 1, deadline: DEADLINE.toISOString(), local: '2023-07-26T23:59', reason: 'Annoncée', setAt: '2023-07-13T08:00:00.000Z' }],
  period: { from: '2023-07-13T08:00:00.000Z', to: DEADLINE.toISOString(), closed: true },
  signs: { everySeconds: 30, count: 38_000, silences: [], silentSeconds: 0, demonstrationJumps: [] },
  minutes: { expected: 19_559, recorded: 19_558 },
  selfTests: { done: 19_558, failed: 0, failures: [] },
  clocks: { ofDatabase: 'own', withinOneSecond: true, beyond: [] },
  incidents: [],
  problems: [],
  revealed: null,
  ...over,
});

describe('les mots de l’attestation', () => {
  it('concluent d’abord, sans rien affirmer qui n’ait été mesuré', () => {
    expect(conclusionOf(facts())).toBe('La plateforme a fonctionné sans interruption constatée pendant toute la période.');
    const none = facts({ signs: { ...facts().signs, count: 0 }, minutes: { expected: 19_559, recorded: 0 } });
    expect(conclusionOf(none)).toContain('ne prouve pas');
    const silences = [{ from: '2023-07-14T10:00:00.000Z', to: '2023-07-14T10:12:30.000Z' }];
    const early = facts({ signs: { ...facts().signs, silences, silentSeconds: 750 } });
    expect(conclusionOf(early)).toContain('12\u00a0min 30\u00a0s en tout. Dans les 8 dernières heures avant la date limite : aucune interruption.');
    const late = facts({ signs: { ...facts().signs, silences: [{ from: '2023-07-26T13:50:00.000Z', to: '2023-07-26T14:09:00.000Z' }], silentSeconds: 1_140 } });
    expect(conclusionOf(late)).toContain('avant la date limite : 10\u00a0min.'); // what is within the eight hours alone
  });

  it('taisent avant l’ouverture tout ce qu’un dépôt ferait varier, et disent qu’ils le taisent', () => {
    const words = JSON.stringify(findingsOf(facts()));
    expect(words).not.toMatch(/Envois de fichiers|Place libre|attente|Réponses en erreur/);
    expect(hiddenIn(facts())).toEqual([expect.stringContaining('Les plis ne sont pas ouverts')]);
  });

  it('disent après l’ouverture les envois manqués, et jusqu’à quand les chiffres communs sont donnés', () => {
    const revealed: Facts['revealed'] = {
      uploads: { started: 3, finished: 2, unfinished: 1, failed: 60, failures: Array.from({ length: 60 }, () => ({ at: NOW.toISOString(), draft: 'd1234567-x', organisation: 'Société A', code: 'cut' })) },
      http: { own: [{ minute: NOW.toISOString(), kind: '5xx', times: 2 }], others: [] },
      machine: null,
      hiddenFrom: '2023-07-20T08:00:00.000Z',
      journal: { head: 'h', lines: 3, platformHead: 'p' },
    };
    const found = findingsOf(facts({ stage: 'opened', revealed }));
    const uploads = found.find((one) => one.label === 'Envois de fichiers');
    expect(uploads?.items).toHaveLength(41);
    expect(uploads?.items.at(-1)).toBe('et 20\u00a0autres, dans le dossier de preuve.');
    expect(uploads?.items[0]).toContain('Société A, brouillon d1234567 : l’envoi a été coupé');
    expect(hiddenIn(facts({ stage: 'opened', revealed }))[0]).toContain('une autre consultation, encore scellée');
    expect(JSON.stringify(found)).not.toContain('Place libre');
  });

  it('montrent les huit dernières heures par tranches de dix minutes', () => {
    const strip = stripOf(facts({ signs: { ...facts().signs, silences: [{ from: '2023-07-26T21:50:00.000Z', to: '2023-07-26T21:52:00.000Z' }] } }));
    expect(strip.cells).toHaveLength(48);
    expect(strip.cells.map((one) => one.state).lastIndexOf('down')).toBe(47);
    expect(strip.label).toContain('1\u00a0case avec interruption');
    const short = stripOf(facts({ period: { from: '2023-07-26T20:59:00.000Z', to: DEADLINE.toISOString(), closed: true } }));
    expect(short.cells.filter((one) => one.state === 'none')).toHaveLength(42);
    expect(duration(0)).toBe('0\u00a0s');
    expect(duration(3_661)).toBe('1\u00a0h 1\u00a0min 1\u00a0s');
  });
});
