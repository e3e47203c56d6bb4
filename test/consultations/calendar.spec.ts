import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ICAL from 'ical.js';
import { calendarOf } from '../../src/consultations/calendar.js';
import { Consultation } from '../../src/consultations/consultation.js';
import { launched, startApp, type TestApp } from '../support/app.js';

const events = (text: string) => new ICAL.Component(ICAL.parse(text) as never).getAllSubcomponents('vevent').map((one) => new ICAL.Event(one));
const call = (more: Partial<Consultation>) =>
  Object.assign(new Consultation(), { id: 'c1', title: 'Diagnostic', reference: 'R-1', buyerName: 'Préfecture', timeZone: 'Europe/Paris', deadline: new Date('2023-07-26T21:59:00Z'), openingDelayMinutes: 60, quorum: 2, createdAt: new Date('2023-07-13T08:00:00Z'), ...more });

it('garde virgules, points-virgules, barres, sauts de ligne et accents, en lignes de 75 octets', () => {
  const title = 'Étude, « œuvre » ; a\\b\nsuite 🇫🇷 '.repeat(6).trim();
  const text = calendarOf('x', [call({ title })], { baseUrl: 'https://x.example', agent: false });
  expect(events(text)[0]?.summary).toBe(`Date limite : ${title}`);
  for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
});

it('a le dernier jour des questions ; une consultation arrêtée y est annulée, avec le même identifiant', () => {
  const before = events(calendarOf('x', [call({ status: 'launched', questionsBefore: '2023-07-20' })], { baseUrl: 'https://x.example', agent: true }));
  expect(before.map((one) => one.summary)).toEqual(['Date limite : Diagnostic', 'Ouverture des plis possible : Diagnostic', 'Dernier jour des questions : Diagnostic']);
  expect(before[2]?.startDate.toString()).toBe('2023-07-20');
  const ended = events(calendarOf('x', [call({ status: 'abandoned', questionsBefore: '2023-07-20' })], { baseUrl: 'https://x.example', agent: true }));
  expect(ended.map((one) => [one.uid, one.component.getFirstPropertyValue('status')])).toEqual(before.map((one) => [one.uid, 'CANCELLED']));
  expect(ended[0]?.summary).toBe('Date limite : Diagnostic (consultation arrêtée)');
  expect(ended[0]?.sequence).toBeGreaterThan(before[0]?.sequence ?? 0);
});

describe('les échéances', () => {
  let t: TestApp;
  let id = '';
  beforeAll(async () => {
    t = await startApp('sqlite');
    id = (await launched(t)).consultationId;
  }, 60_000);
  afterAll(() => t.close());

  it('se lisent dans l’agenda de chacun : l’agent y voit l’ouverture, l’invité non', async () => {
    const agent = events((await (await t.browser('officer')).get('/mes-echeances.ics')).text);
    expect(agent.map((one) => one.summary.split(' : ')[0])).toEqual(['Date limite', 'Ouverture des plis possible']);
    expect(agent[0]?.endDate.toJSDate().toISOString()).toBe('2023-07-26T21:59:00.000Z');
    const invited = await (await t.browser('passerelle')).get(`/consultations/${id}/echeances.ics`);
    expect(invited.headers['content-type']).toContain('text/calendar');
    expect(events(invited.text)).toHaveLength(1);
    expect(events((await (await t.browser('passerelle')).get('/mes-echeances.ics')).text)).toHaveLength(1);
    expect((await (await t.browser('admin')).get('/mes-echeances.ics')).status).toBe(404);
    expect((await (await t.browser('admin')).get(`/consultations/${id}/echeances.ics`)).status).toBe(404);
  });
});
