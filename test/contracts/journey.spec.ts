import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JournalEntry } from '../../src/platform/journal-entry.js';
import { Mail } from '../../src/platform/mail.js';
import { Invitation } from '../../src/consultations/consultation.js';
import { Holder } from '../../src/agreements/lot.js';
import { Delegation } from '../../src/letters/letter.js';
import { maySignContract } from '../../src/contracts/contract.policy.js';
import { showContract } from '../../src/contracts/contract.view.js';
import { DATABASES } from '../support/databases.js';
import { agirWorld, type AgirWorld, codesOf, fillIn, greenLightFor67, holderForm, PDF, refusal, shareDiagnostic, writeContent } from './world.js';

/** Framework in force → lot → wave → green light missing (refused, all reasons listed) → green light → launch → exactly the holders invited. */
describe.each(DATABASES)('le marché subséquent du Bas-Rhin (%s)', (kind) => {
  let w: AgirWorld;
  const reasons = async () => (await w.reading.preflight(w.who.buyer, w.contractId)).reasons;
  const blocking = async () => codesOf((await reasons()).filter((one) => one.blocking && !one.overridden));

  beforeAll(async () => {
    w = await agirWorld(kind);
  }, 60_000);
  afterAll(() => w.t.close());

  it('dit d’un coup tout ce qui empêche le lancement, chaque raison avec son remède', async () => {
    const found = await reasons();
    expect(codesOf(found)).toEqual(['no-green-light', 'no-diagnostic', 'no-document', 'openers', 'no-budget']);
    for (const one of found) {
      expect(one.sentence).toMatch(/\.$/);
      expect(one.remedy.length).toBeGreaterThan(10);
      expect(one.href).toMatch(/^\//);
    }
  });

  it('ne se soumet pas incomplet, puis se complète', async () => {
    expect(await refusal(w.signing.submit(w.who.buyer, w.contractId))).toBe('not-ready');
    await fillIn(w);
    expect(await blocking()).toEqual(['no-green-light', 'no-diagnostic']);
  });

  it('refuse des poids hors de l’accord-cadre, et le dit critère par critère', async () => {
    const { contract } = await w.reading.find(w.who.buyer, w.contractId);
    const form = { title: contract.title, object: 'x', deadline: '2023-12-01T12:00', budget: '', minQuantity: '', estimatedQuantity: '', maxQuantity: '', validityDays: '120', questionsBefore: '', together: '' };
    await w.contracts.edit(w.who.buyer, w.contractId, { ...form, weights: 'Qualité de l’accompagnement : 80\nPrix : 10' });
    const criteria = (await reasons()).filter((one) => one.code === 'criteria').map((one) => one.sentence).join(' ');
    expect(criteria).toMatch(/pèse 80.*pèse 10.*Il manque le critère « Coordination.*totalisent 90/);
    await writeContent(w, w.contractId);
    expect(await refusal(w.contracts.addDocument(w.who.buyer, w.contractId, { title: 'Règlement de la consultation', kind: 'annex' }, PDF))).toBe('invalid');
  });

  it('se signe avant le feu vert, mais ne se lance pas', async () => {
    await w.signing.submit(w.who.buyer, w.contractId);
    expect(await refusal(w.signing.sign(w.who.buyer, w.contractId))).toBe('forbidden');
    const { signed } = await w.signing.sign(w.who.sgar, w.contractId);
    expect(signed).toBe(6); // five holders and the letter with all of them
    await w.t.jobs.finishAll();
    const refused = await w.launching.launch(w.who.buyer, w.contractId).catch((error: { code: string; details: { reasons: string[] } }) => error);
    expect(refused).toMatchObject({ code: 'preflight' });
    expect((refused as { details: { reasons: string[] } }).details.reasons.join(' ')).toMatch(/feu vert.*diagnostic/);
  });

  it('attend que le diagnostic soit remis à chaque titulaire, avec preuve', async () => {
    const id = await shareDiagnostic(w);
    expect(await refusal(w.diagnostics.share(w.who.officer, id))).toBe('nothing-to-share');
    const found = await w.diagnostics.find(w.who.officer, id);
    expect(found.shares.map((one) => one.name)).toEqual(['Amli', 'Appuis', 'Arélia', 'Association Foyer Notre Dame', 'Coallia']);
    const mails = await w.t.source.manager.findBy(Mail, { kind: 'diagnostic-shared' });
    expect(mails.map((one) => one.attachments.map((file) => file.name))).toEqual(Array.from({ length: 5 }, () => ['diagnostic.pdf']));
    expect(await blocking()).toEqual(['no-green-light']);
  });

  it('reçoit le feu vert du ministère : une lettre signée, et les acheteurs de la région prévenus', async () => {
    expect(await refusal(w.greenLights.give(w.who.buyer, w.framework.id, greenLightFor67))).toBe('invalid'); // a region records: with the document received
    const { id } = await w.greenLights.give(w.who.ministry, w.framework.id, greenLightFor67);
    await w.t.jobs.finishAll();
    const { letter } = await w.greenLights.find(w.who.ministry, w.framework.id, id);
    expect(letter).toMatchObject({ status: 'signed', chrono: 'DGEF/2023/0001' });
    const letterText = (await w.greenLights.document(w.who.buyer, w.framework.id, id)).toString();
    expect(letterText).toMatch(/feu vert du niveau national.*du Bas-Rhin/s);
    expect(await w.t.source.manager.countBy(Mail, { kind: 'green-light' })).toBe(2);
    expect(await blocking()).toEqual([]);
  });

  it('s’arrête si un titulaire entre dans le lot : l’écart est montré, la liste se reprend', async () => {
    const { framework, holders, who } = w;
    const { id: holderId } = await holders.add(who.ministry, framework.id, 5, holderForm({ enteredOn: '2023-07-13' }));
    const wrong = (await reasons()).find((one) => one.code === 'wrong-invitees');
    expect(wrong?.sentence).toMatch(/manquent Nouvel entrant/);
    expect(wrong?.blocking).toBe(true);
    expect(await blocking()).toContain('diagnostic-not-shared'); // he has not received the study either
    expect(await refusal(w.launching.launch(who.buyer, w.contractId))).toBe('preflight');
    await holders.leave(who.ministry, framework.id, 5, holderId, { move: 'withdraw', on: '2023-07-13', reason: 'Erreur de saisie', sourceReference: '' });
    expect(await blocking()).toEqual([]);
  });

  it('se lance : exactement les titulaires actifs reçoivent leur lettre, à la même seconde', async () => {
    const { invited } = await w.launching.launch(w.who.buyer, w.contractId);
    expect(invited).toBe(5);
    const { contract } = await w.reading.find(w.who.buyer, w.contractId);
    const invitations = await w.t.source.manager.findBy(Invitation, { consultationId: contract.consultationId ?? '' });
    const holders = (await w.t.source.manager.findBy(Holder, { lotId: contract.lotId })).filter((one) => one.isActive('2023-07-13'));
    expect(invitations.map((one) => one.organisationId).toSorted()).toEqual(holders.map((one) => one.organisationId).toSorted());
    expect(new Set(invitations.map((one) => one.invitedAt?.toISOString())).size).toBe(1);
    const mails = await w.t.source.manager.findBy(Mail, { kind: 'invitation', consultationId: contract.consultationId ?? '' });
    expect(mails).toHaveLength(5);
    expect(mails[0]?.attachments.map((file) => file.name)).toEqual(['lettre.pdf', 'lettre-de-consultation.pdf', 'règlement-de-la-consultation.pdf', 'diagnostic-du-département.pdf']);
    expect(await refusal(w.launching.launch(w.who.buyer, w.contractId))).toBe('wrong-state');
    const line = await w.t.source.manager.findOneByOrFail(JournalEntry, { act: 'contract.launch', outcome: 'done' });
    expect(line.chain).toBe(contract.consultationId);
  });

  it('est seul à sa place ; sans suite, il est gardé et se relance en un acte', async () => {
    const prepare = { frameworkId: w.framework.id, departments: ['67'], deadline: '2023-12-15T12:00' };
    expect(await refusal(w.contracts.prepare(w.who.buyer, prepare))).toBe('slot-taken');
    expect(await refusal(w.launching.relaunch(w.who.buyer, w.contractId, { deadline: '2024-02-01T12:00' }))).toBe('still-living');
    expect(await refusal(w.launching.end(w.who.buyer, w.contractId, { move: 'fail', reason: 'Aucune offre recevable.' }))).toBe('not-opened');
    expect(await refusal(w.launching.end(w.who.buyer, w.contractId, { move: 'abandon', reason: 'Besoin redéfini.' }))).toBe('forbidden');
    await w.launching.end(w.who.sgar, w.contractId, { move: 'abandon', reason: 'Besoin redéfini.' });
    const again = await w.launching.relaunch(w.who.buyer, w.contractId, { deadline: '2024-02-01T12:00' });
    const { contract, invitations } = await w.reading.find(w.who.buyer, again.id);
    expect(contract).toMatchObject({ status: 'preparation', relaunchOfId: w.contractId, budgetCents: 64_000_000 });
    expect(contract.documents).toHaveLength(1);
    expect(invitations).toHaveLength(5);
    expect((await w.reading.find(w.who.buyer, w.contractId)).contract.status).toBe('abandoned');
    expect(await w.t.source.manager.countBy(Mail, { kind: 'consultation-ended' })).toBe(5);
  });

  it('prépare plusieurs départements d’un dossier commun, une consultation chacun', async () => {
    const { ids } = await w.contracts.prepare(w.who.buyer, { frameworkId: w.framework.id, departments: ['08', '52', '55'], deadline: '2024-03-01T12:00' });
    const found = await Promise.all(ids.map((id) => w.reading.find(w.who.buyer, id)));
    expect(new Set(found.map(({ contract }) => contract.consultationId)).size).toBe(3);
    const form = { title: 'Marché des Ardennes', object: 'x', deadline: '2024-03-04T12:00', budget: '100', minQuantity: '', estimatedQuantity: '50', maxQuantity: '', weights: 'Qualité de l’accompagnement : 60\nCoordination et ancrage local : 10\nPrix : 30', validityDays: '90', questionsBefore: '', together: 'oui' };
    await w.contracts.edit(w.who.buyer, ids[0] ?? '', form);
    const other = (await w.reading.find(w.who.buyer, ids[2] ?? '')).contract;
    expect(other).toMatchObject({ estimatedQuantity: 50, validityDays: 90, budgetCents: null, title: 'Marché subséquent AGIR de la Meuse' });
    expect(other.consultation?.localDeadline).toBe('2024-03-04T12:00');
  });

  it('partage ses documents et ses ouvreurs avec les départements préparés ensemble, et eux seuls', async () => {
    const { contract, siblings } = await w.reading.find(w.who.buyer, w.contractId);
    expect([contract.departmentCode, siblings]).toEqual(['67', []]);
    const ardennes = (await w.reading.list(w.who.buyer)).rows.find((one) => one.departmentCode === '08');
    const found = await w.reading.find(w.who.buyer, ardennes?.id ?? '');
    expect(found.siblings.map((one) => one.departmentCode)).toEqual(['52', '55']);
    expect(showContract(found, w.who.buyer)).toMatchObject({ common: true, siblings: [{ code: '52' }, { code: '55' }] });
    await w.contracts.addDocument(w.who.buyer, found.contract.id, { title: 'Cahier des charges commun', kind: 'specifications', together: 'oui' }, PDF);
    await w.contracts.addDocument(w.who.buyer, found.contract.id, { title: 'Annexe des Ardennes', kind: 'annex' }, PDF);
    await w.contracts.setOpeners(w.who.buyer, found.contract.id, found.openers.map((one) => one.id), 'oui');
    const others = await Promise.all(found.siblings.map((one) => w.reading.find(w.who.buyer, one.id)));
    for (const other of others) {
      expect(other.contract.documents.map((one) => one.title)).toEqual(['Cahier des charges commun']);
      expect(other.contract.consultation?.openerIds).toHaveLength(found.openers.length);
    }
    expect(await refusal(w.contracts.addDocument(w.who.buyer, others[0]?.contract.id ?? '', { title: 'Annexe des Ardennes', kind: 'annex', together: 'oui' }, PDF))).toBe('invalid');
    expect((await w.reading.find(w.who.buyer, others[0]?.contract.id ?? '')).contract.documents).toHaveLength(1); // all or nothing
  });

  it('a un acheteur et un signataire, qui sont des attributs', async () => {
    const prepare = (who: typeof w.who.buyer, code: string, buyer: 'region' | 'department') => w.contracts.prepare(who, { frameworkId: w.framework.id, departments: [code], deadline: '2024-03-01T12:00', buyer });
    await expect(prepare(w.who.buyer, '88', 'department')).rejects.toMatchObject({ errors: [{ field: 'buyer' }] }); // no prefecture of the Vosges here
    const again = (await w.reading.list(w.who.buyer)).rows.find((one) => one.departmentCode === '67' && one.status === 'preparation');
    await w.launching.end(w.who.buyer, again?.id ?? '', { move: 'abandon', reason: 'Le département achète lui-même.' });
    // The prefecture buys, the regional platform prepares with it.
    const { ids } = await prepare(w.who.buyer, '67', 'department');
    const id = ids[0] ?? '';
    expect((await w.reading.find(w.who.buyer, id)).contract).toMatchObject({ signatoryId: null, consultation: { territory: '67' } });
    expect(await refusal(w.contracts.setOpeners(w.who.officer, id, []))).toBe('invalid'); // he may: too few
    const [signatory] = await w.reading.signatories(w.who.officer, id);
    const form = { title: 'x', object: 'x', deadline: '2024-03-01T12:00', budget: '', minQuantity: '', estimatedQuantity: '', maxQuantity: '', weights: 'Qualité de l’accompagnement : 50\nCoordination et ancrage local : 20\nPrix : 30', validityDays: '90', questionsBefore: '', together: '' };
    await expect(w.contracts.edit(w.who.officer, id, { ...form, signatoryId: w.who.sgar.id })).rejects.toMatchObject({ errors: [{ field: 'signatoryId' }] });
    await w.contracts.edit(w.who.officer, id, { ...form, signatoryId: signatory?.id ?? '' });
    const { reasons: found } = await w.reading.preflight(w.who.officer, id);
    expect(found.find((one) => one.code === 'no-delegation')?.sentence).toContain(`signataire désigné, ${signatory?.name}`);
    // Somebody else of the same prefecture may sign: that is not the person named.
    const { contract } = await w.reading.find(w.who.officer, id);
    const lent = Object.assign(new Delegation(), { id: 'lent', authorityId: contract.consultation?.authorityId, delegateId: w.who.officer.id, quality: 'l’agent', kinds: ['consultation-letter'], validFrom: w.t.clock.now(), reference: 'Essai' });
    await w.t.source.manager.insert(Delegation, lent);
    expect(codesOf((await w.reading.preflight(w.who.officer, id)).reasons)).toContain('no-delegation');
    await w.t.source.manager.delete(Delegation, 'lent');
    const named = await w.t.actor('signatory');
    const override = { of: 'green-light' as const, reason: 'Accord oral du ministère, à confirmer par écrit.' };
    expect(await refusal(w.launching.override(w.who.sgar, id, override))).toBe('forbidden');
    expect(await refusal(w.launching.override(named, id, override))).toBe('done');
    expect(maySignContract(named, '67', 'somebody-else')).toBe(false);
    await w.launching.end(named, id, { move: 'abandon', reason: 'Essai terminé.' }).catch(() => w.launching.end(w.who.officer, id, { move: 'abandon', reason: 'Essai terminé.' }));
    expect((await w.reading.find(w.who.buyer, (await w.launching.relaunch(w.who.buyer, id, { deadline: '2024-04-02T12:00' })).id)).contract).toMatchObject({ signatoryId: signatory?.id, consultation: { territory: '67' } });
  });

  it('déroge par écrit au feu vert, par le signataire seul', async () => {
    const { ids } = await w.contracts.prepare(w.who.buyer, { frameworkId: w.framework.id, departments: ['68'], deadline: '2024-03-01T12:00' });
    const id = ids[0] ?? '';
    const form = { of: 'green-light' as const, reason: 'Urgence : fin du dispositif existant au 31 mars, accord oral du ministère.' };
    expect(await refusal(w.launching.override(w.who.buyer, id, form))).toBe('forbidden');
    expect(await refusal(w.launching.override(w.who.sgar, id, { ...form, reason: 'urgent' }))).toBe('invalid');
    await w.launching.override(w.who.sgar, id, form);
    const { reasons: found } = await w.reading.preflight(w.who.buyer, id);
    expect(found.find((one) => one.code === 'no-green-light')).toMatchObject({ overridden: true });
    expect(found.find((one) => one.code === 'no-diagnostic')).toMatchObject({ overridden: false });
    const line = await w.t.source.manager.findOneByOrFail(JournalEntry, { act: 'contract.override', outcome: 'done', subject: id });
    expect(JSON.stringify(line)).toContain('fin du dispositif');
  });
});
