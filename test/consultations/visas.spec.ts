import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { VisasService } from '../../src/consultations/visas.service.js';
import { Membership, Person } from '../../src/people/people.js';
import { Mail } from '../../src/platform/mail.js';
import { agirWorld, type AgirWorld, fillIn, refusal, writeContent } from '../contracts/world.js';
import { DATABASES } from '../support/databases.js';

describe.each(DATABASES)('les visas (%s)', (kind) => {
  let w: AgirWorld;
  let id = '';
  beforeAll(async () => {
    w = await agirWorld(kind);
    id = (await w.reading.find(w.who.buyer, w.contractId)).contract.consultationId ?? '';
    await fillIn(w);
  }, 60_000);
  afterAll(() => w.t.close());

  it('sont facultatifs ; demandés, ils précèdent la signature, dans leur ordre', async () => {
    const visas = w.t.app.get(VisasService);
    const second = await w.t.actor('buyer2');
    expect((await visas.show(w.who.buyer, id)).visas).toEqual([]);
    expect(await refusal(visas.ask(w.who.buyer, id, [w.who.buyer.id]))).toBe('invalid');
    expect(await refusal(visas.ask(w.who.buyer, id, [w.who.officer.id]))).toBe('invalid'); // of another buyer
    expect(await refusal(visas.ask(w.who.officer, id, [second.id]))).toBe('not-found');
    await visas.ask(w.who.buyer, id, [second.id, w.who.sgar.id]);
    expect((await visas.show(w.who.buyer, id)).next?.personId).toBe(second.id);
    expect(await w.t.source.manager.countBy(Mail, { kind: 'work' })).toBe(1);
    expect(await refusal(w.signing.submit(w.who.buyer, w.contractId))).toBe('visas');
    expect(await refusal(visas.decide(w.who.sgar, id, 'give', ''))).toBe('not-your-turn');
    expect(await refusal(visas.decide(w.who.buyer, id, 'give', ''))).toBe('forbidden');
    expect(await refusal(visas.decide(second, id, 'return', ''))).toBe('invalid');
    await visas.decide(second, id, 'return', 'Le volume estimé manque.');
    await visas.decide(second, id, 'give', '');
    await visas.decide(w.who.sgar, id, 'give', 'Bon pour signature.');
    expect((await visas.show(w.who.buyer, id)).next).toBeUndefined();
  });

  it('tombent quand le dossier change, et sont redemandés', async () => {
    const visas = w.t.app.get(VisasService);
    const second = await w.t.actor('buyer2');
    const { email } = await w.t.source.manager.findOneByOrFail(Person, { id: second.id });
    const told = () => w.t.source.manager.countBy(Mail, { kind: 'work', recipient: email });
    const before = await told();
    await writeContent(w, w.contractId);
    await writeContent(w, w.contractId);
    await w.t.jobs.finishAll();
    expect(await told()).toBe(before + 1); // once, however many changes
    expect(await refusal(w.signing.submit(w.who.buyer, w.contractId))).toBe('visas');
    await visas.decide(second, id, 'give', '');
    await visas.decide(w.who.sgar, id, 'give', '');
    await w.signing.submit(w.who.buyer, w.contractId);
    expect((await w.reading.find(w.who.buyer, w.contractId)).contract.status).toBe('to-sign');
    expect((await (await w.t.browser('sgar')).get(`/consultations/${id}/visas`)).text).toContain('Donné');
  });

  it('ne se demandent qu’à qui est encore en poste', async () => {
    const visas = w.t.app.get(VisasService);
    const second = await w.t.actor('buyer2');
    const proposed = async () => (await visas.show(w.who.buyer, id)).readers.map((one) => one.id);
    expect(await proposed()).toContain(second.id);
    await w.t.source.manager.update(Membership, { personId: second.id }, { validTo: new Date(w.t.clock.now().getTime() - 1) });
    expect(await proposed()).not.toContain(second.id);
  });
});
