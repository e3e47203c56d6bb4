import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readXlsx } from 'hucre/xlsx';
import { CockpitService } from '../../src/cockpit/cockpit.service.js';
import { ActorsService } from '../../src/cockpit/actors.service.js';
import { showActors } from '../../src/cockpit/actors.view.js';
import { behindPlan, endingOf, placeJson, totalsByRegion } from '../../src/cockpit/cockpit.view.js';
import { TargetForm } from '../../src/agreements/agreement.forms.js';
import { As } from '../../src/platform/web.js';
import { cockpitRows, preflightOf } from '../../src/command.js';
import { LotDepartment } from '../../src/agreements/lot.js';
import { Acts } from '../../src/platform/acts.js';
import { Actor } from '../../src/platform/actor.js';
import { DATABASES } from '../support/databases.js';
import { queriesOf } from '../support/queries.js';
import { agirWorld, type AgirWorld, shareDiagnostic } from '../contracts/world.js';

describe.each(DATABASES)('le déploiement (%s)', (kind) => {
  let w: AgirWorld;
  const cockpit = () => w.t.app.get(CockpitService);
  beforeAll(async () => {
    w = await agirWorld(kind);
  }, 60_000);
  afterAll(() => w.t.close());

  it('se lit en quatre requêtes pour 94 départements, en cinq pour un seul', async () => {
    expect((await queriesOf(w.t.source, () => cockpit().read(w.who.ministry))).length).toBe(4);
    expect((await queriesOf(w.t.source, () => cockpit().department(w.who.buyer, '67'))).length).toBeLessThanOrEqual(5);
  });

  it('montre à chacun son ressort : la France, la région, le département', async () => {
    const codes = async (who: Actor) => (await cockpit().read(who)).places.map((one) => one.departmentCode);
    expect(await codes(w.who.ministry)).toHaveLength(94);
    expect(await codes(w.who.buyer)).toEqual(['08', '10', '51', '52', '54', '55', '57', '67', '68', '88']);
    expect(await codes(w.who.officer)).toEqual(['67']);
    await expect(cockpit().read(w.who.buyer, '', '93')).rejects.toMatchObject({ code: 'not-found' });
    await expect(cockpit().department(w.who.buyer, '75')).rejects.toMatchObject({ code: 'not-found' });
    await expect(cockpit().department(w.who.ministry, '2A')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('suit un département de la commande au démarrage, et compte son retard depuis la date au plus tard', async () => {
    const place = async (code: string) => {
      const { places, day } = await cockpit().read(w.who.ministry);
      const found = places.find((one) => one.departmentCode === code);
      if (!found) throw new Error(code);
      return placeJson(found, day);
    };
    expect(await place('67')).toEqual({ department: '67', lot: 5, stage: 'planned', targetDate: '2023-12-31', daysLate: 0 });
    expect(await place('83')).toMatchObject({ daysLate: 104, targetDate: '2023-03-31' });
    expect(await place('22')).toMatchObject({ stage: 'start', daysLate: 0 });
    await shareDiagnostic(w);
    expect(await place('67')).toMatchObject({ stage: 'diagnostic' });
  });

  it('totalise par région', async () => {
    const { places, day } = await cockpit().read(w.who.ministry);
    const totals = totalsByRegion(places, day);
    expect(totals).toHaveLength(12);
    expect(totals.reduce((sum, one) => sum + one.departments, 0)).toBe(94);
    expect(totals.find((one) => one.regionCode === '53')).toMatchObject({ departments: 4, started: 4 });
  });

  it('donne la page, la carte, le tableau et les deux exports', async () => {
    const browser = await w.t.browser('ministry');
    const page = await browser.get('/deploiement?lot=5&vague=2023');
    expect(page.status).toBe(200);
    expect(page.text).toContain('Bas-Rhin (67)');
    expect(page.text).not.toContain('Gironde (33)</a>');
    expect(page.text).toContain('id="tableau"');
    expect((await browser.get('/deploiement?lot=99')).text).toContain('Aucun département ne répond');
    expect((await browser.get('/deploiement?lot[]=5&vague=a&accord=')).status).toBe(200);
    expect((await browser.get('/deploiement?accord=inconnu')).status).toBe(404);
    const csv = await browser.get('/deploiement.csv?lot=5');
    expect(csv.text.split('\r\n')).toHaveLength(12);
    expect(csv.text).toContain('67;Bas-Rhin;Grand Est;5;2023;fin 2023;2023-12-31');
    const xlsx = await browser.get('/deploiement.xlsx').buffer(true).parse((response, done) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => done(null, Buffer.concat(chunks)));
    });
    const [sheet] = (await readXlsx(new Uint8Array(xlsx.body as Buffer))).sheets;
    expect(sheet?.rows).toHaveLength(95);
  });

  it('donne le rétro-planning d’un département, et alerte sur ce qui devait être tenu', async () => {
    const browser = await w.t.browser('buyer');
    expect((await browser.get('/deploiement/67')).text).toMatch(/Rétro-planning[\s\S]*Diagnostic commandé/);
    const { places, day } = await cockpit().read(w.who.ministry);
    // Wanted on 15 January 2024, the study should have been ordered on 8 June 2023: five weeks ago. It is shared now, which proves the order.
    expect(behindPlan(places, day, 'f').filter((one) => one.department === 'Bas-Rhin (67)')).toEqual([]);
    const bare = places.map((one) => (one.departmentCode === '67' ? { ...one, reached: {} } : one));
    expect(behindPlan(bare, day, 'f')).toMatchObject([{ department: 'Bas-Rhin (67)', what: 'Diagnostic commandé', on: '2023-06-08', days: 35, more: 0 }]);
  });

  it('donne les acteurs d’un département, avec leurs coordonnées et ce que chacun suit', async () => {
    const actors = w.t.app.get(ActorsService);
    expect((await queriesOf(w.t.source, () => actors.read(w.who.buyer, '67'))).length).toBeLessThanOrEqual(5);
    const groups = showActors(await actors.read(w.who.officer, '67'));
    const rows = groups.flatMap((one) => one.rows);
    const find = (name: string) => rows.filter((one) => one.name === name);
    expect(find('Sébastien Bouché')[0]).toMatchObject({ role: 'Service de l’État dans le département', email: 'sebastien.bouche@bas-rhin.gouv.fr', follows: expect.stringContaining('diagnostic') });
    expect(find('Claude Fictif').map((one) => one.role)).toEqual(['Plateforme régionale des achats', 'Ouvreur des plis']);
    expect(find('Ange Modèle')[0]).toMatchObject({ role: 'Signataire régional' });
    expect(find('Maxence Fictif')[0]).toMatchObject({ role: 'Niveau national' });
    expect(find('Coallia')[0]).toMatchObject({ role: 'Titulaire', email: 'marches@coallia.example' });
    expect(find('Direction territoriale de Strasbourg')[0]).toMatchObject({ role: 'OFII', follows: expect.stringContaining('orientation') });
    expect(groups.find((one) => one.title === 'Diagnostic')?.rows[0]?.name).toContain('Passerelle');
    expect((await (await w.t.browser('officer')).get('/deploiement/67/acteurs')).text).toContain('mailto:marches@coallia.example');
    const neighbour = await w.t.browser('buyer');
    expect((await neighbour.get('/deploiement/75/acteurs')).status).toBe(404);
    expect((await neighbour.get('/api/deployment/67/actors')).body).toMatchObject({ groups: [{ title: 'Agents de l’État' }, {}, {}, {}] });
  });

  it('alarme 90, 60 et 30 jours avant la fin de l’accord-cadre, avec les consultations encore ouvertes', async () => {
    const { framework, places, day } = await cockpit().read(w.who.ministry);
    if (!framework) throw new Error('No framework');
    expect(endingOf(framework, places, day)).toBeNull();
    const open = places.map((one) => (one.departmentCode === '67' ? { ...one, events: [{ departmentCode: '67', stage: null, due: 'bids' as const, on: '2026-06-10', id: 'c', href: '/marches/c' }] } : one));
    expect(endingOf(framework, open, '2026-03-10')).toMatchObject({ ended: false, tone: 'attention', days: 82, calls: [{ name: 'Bas-Rhin (67)', href: '/marches/c' }] });
    expect(endingOf(framework, open, '2026-05-20')).toMatchObject({ tone: 'danger', days: 11 });
    expect(endingOf(framework, open, '2026-06-01')).toMatchObject({ ended: true, days: 0 });
  });

  it('se lit aussi en ligne de commande', async () => {
    const rows = await cockpitRows(w.t.app);
    expect(rows).toHaveLength(94);
    expect(Object.keys(rows[0] ?? {})).toEqual(['department', 'lot', 'stage', 'targetDate', 'daysLate']);
    const found = await preflightOf(w.t.app, '67');
    expect(found.ready).toBe(false);
    for (const one of found.reasons) expect(one).toMatchObject({ code: expect.any(String), blocking: expect.any(Boolean), sentence: expect.any(String), remedy: expect.any(String) });
    expect((await preflightOf(w.t.app, '68')).reasons[0]?.code).toBe('not-prepared');
    expect((await preflightOf(w.t.app, '22')).reasons[0]?.code).toBe('already-launched');
    await expect(preflightOf(w.t.app, '2A')).rejects.toMatchObject({ code: 'not-found' });
    for (const code of ['zz', '670', '']) await expect(preflightOf(w.t.app, code)).rejects.toThrow(`« ${code} » n’est pas un département`);
  });

  it('change de cible avec un motif quand un département est avancé', async () => {
    const form = { wave: '2022', wording: 'fin 2022', earliest: '2022-10-01', latest: '2022-12-31', wantedStart: '', pulledForward: '', actors: 'OFII ; Strasbourg ; 03 00 00 00 00' };
    await expect(w.lots.target(w.who.buyer, w.framework.id, '68', form)).rejects.toMatchObject({ errors: [{ field: 'pulledForward' }] });
    await w.lots.target(w.who.buyer, w.framework.id, '68', { ...form, pulledForward: 'Préfet volontaire' });
    // A form that came empty, or cut: what is known stays. A field sent empty is cleared.
    const placed = () => w.lots.place(w.who.buyer, w.framework.id, '68');
    const known = await placed();
    const sent = (body: object) => w.lots.target(w.who.buyer, w.framework.id, '68', new As(TargetForm).transform(body, { type: 'body' }));
    await sent({});
    expect(await placed()).toEqual(known);
    await sent({ wording: '' });
    expect(await placed()).toMatchObject({ wave: 2022, targetWording: null, targetLatest: '2022-12-31', actors: known.actors });
    await expect(w.lots.target(w.who.buyer, w.framework.id, '68', { ...form, earliest: '2023-01-01' })).rejects.toMatchObject({ errors: [{ field: 'latest' }] });
    await expect(w.lots.target(w.who.buyer, w.framework.id, '68', { ...form, actors: 'OFII' })).rejects.toMatchObject({ errors: [{ field: 'actors' }] });
    const place = await w.t.app.get(Acts).look(Actor.system, 'test', async (act) => {
      act.see(true);
      return act.db.findOneByOrFail(LotDepartment, { frameworkId: w.framework.id, departmentCode: '68' });
    });
    expect(place).toMatchObject({ wave: 2022, pulledForward: 'Préfet volontaire', actors: [{ role: 'OFII', name: 'Strasbourg', contact: '03 00 00 00 00' }] });
  });
});
