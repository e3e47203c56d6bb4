import { Bid, StoredReceipt } from '../../src/bids/bid.js';
import { showOwnDeposit } from '../../src/bids/bid.view.js';
import { Membership, Organisation, Person } from '../../src/people/people.js';
import { OwnOrganisationsService } from '../../src/people/own-organisations.service.js';
import { Actor } from '../../src/platform/actor.js';
import { Mail } from '../../src/platform/mail.js';
import { JournalEntry } from '../../src/platform/journal-entry.js';
import { verifyReceipt } from '../../src/sealing/verify-receipt.js';
import { bytes, DEADLINE, newWorld, START, type World } from './world.js';

const before = (ms: number) => new Date(DEADLINE.getTime() - ms);
const code = (value: string) => expect.objectContaining({ code: value });
const key = (n: number) => `cle-de-depot-000000${n}`;

describe.each(['sqlite', 'postgres'])('remplacer le pli d’un collègue ou d’un autre établissement (%s)', (kind) => {
  let world: World;
  const bruno = new Actor('bruno', 'Bruno Collègue', [{ organisationId: 'atelier', organisationName: 'atelier', role: 'bidder', territory: '*' }]);
  const statuses = async () => (await world.source.manager.find(Bid, { order: { receivedAt: 'ASC' } })).map((bid) => `${bid.organisationId} ${bid.status}`);
  const view = async (who: Actor) => showOwnDeposit(await world.own.show(who, world.id), world.config);
  /** The clock is there when the request arrives, as it is in life. */
  const file = async (who: Actor, n: number, at: Date, replaces: string[] = []) => {
    world.clock.moveTo(at);
    return world.deposits.deposit(who, world.id, key(n), at, replaces);
  };

  beforeEach(async () => {
    world = await newWorld(kind);
    world.clock.moveTo(before(3_600_000));
    await world.acts.perform(Actor.system, 'test.seed', async (act) => {
      act.require(true);
      const person = (id: string, name: string) => Object.assign(new Person(), { id, email: `${id}@organisme.example`, givenName: name.split(' ')[0], familyName: name.split(' ')[1] });
      const member = (personId: string) => Object.assign(new Membership(), { id: `m-${personId}`, personId, organisationId: 'atelier', role: 'bidder', territory: '*', validFrom: START });
      await act.add(person('person-atelier', 'Camille Atelier'), person('bruno', 'Bruno Collègue'), member('person-atelier'), member('bruno'));
    });
  });
  afterEach(() => world.close());

  /** Two SIRETs of one SIREN, as the directory writes them. */
  const sameSiren = () =>
    world.acts.perform(Actor.system, 'test.siren', async (act) => {
      act.require(true);
      await act.db.update(Organisation, { id: 'atelier' }, { scheme: 'FR-SIRET', schemeId: '73282932000074' });
      await act.db.update(Organisation, { id: 'bureau' }, { scheme: 'FR-SIRET', schemeId: '73282932000082' });
      await act.db.update(Organisation, { id: 'cabinet' }, { scheme: 'FR-SIRET', schemeId: '55210055400013' });
    });

  it('demande une fois, pour ce pli-là : sans réponse rien n’est déposé, avec elle le pli est remplacé', async () => {
    await world.upload('atelier', 'v1.pdf', bytes(10));
    await file(world.bidder.atelier, 1, before(9000));
    await world.upload('atelier', 'v2.pdf', bytes(12));
    const { replaces } = await view(bruno);
    expect(replaces).toEqual([{ id: expect.any(String), question: expect.stringContaining('Camille Atelier a déposé un pli pour votre organisation le') }]);
    expect((await view(world.bidder.atelier)).replaces).toEqual([]);
    await expect(file(bruno, 2, before(8000))).rejects.toMatchObject({ code: 'invalid', errors: [{ field: 'replaces', message: expect.stringContaining('cochez la case') }] });
    await expect(file(bruno, 2, before(8000), ['un-autre-pli'])).rejects.toEqual(code('invalid'));
    expect(await statuses()).toEqual(['atelier sealed']);
    expect((await view(bruno)).files).toHaveLength(1);
    await file(bruno, 2, before(7000), replaces.map((one) => one.id));
    expect(await statuses()).toEqual(['atelier replaced', 'atelier sealed']);
  });

  it('une réponse donnée pour un pli ne vaut pas pour celui qu’un collègue a déposé depuis', async () => {
    await world.upload('atelier', 'v1.pdf', bytes(10));
    await file(world.bidder.atelier, 1, before(9000));
    const [seen] = (await view(bruno)).replaces;
    await world.upload('atelier', 'v2.pdf', bytes(10));
    await file(world.bidder.atelier, 2, before(8000));
    await world.upload('atelier', 'v3.pdf', bytes(10));
    await expect(file(bruno, 3, before(7000), [seen?.id ?? ''])).rejects.toEqual(code('invalid'));
    expect(await statuses()).toEqual(['atelier replaced', 'atelier sealed']);
  });

  it('deux établissements d’un même SIREN sont un seul candidat ; l’autre l’apprend aussitôt, par un accusé signé', async () => {
    await sameSiren();
    await world.upload('atelier', 'SECRET.pdf', bytes(10));
    const { receiptId: first } = await file(world.bidder.atelier, 4, before(9000));
    const seen = await view(world.bidder.bureau);
    expect(seen).toMatchObject({ state: 'draft', bid: null, elsewhere: { name: 'Société atelier', siret: '73282932000074', receivedAt: before(9000) } });
    expect(JSON.stringify(seen)).not.toMatch(/SECRET|Camille|receiptId":"[^"]/);
    await expect(world.receipts.show(world.bidder.bureau, first)).rejects.toEqual(code('not-found'));
    // Another legal person learns nothing.
    expect(await view(world.bidder.cabinet)).toMatchObject({ state: 'draft', elsewhere: null, replaces: [] });

    await world.upload('bureau', 'b.pdf', bytes(10));
    await expect(file(world.bidder.bureau, 5, before(8000))).rejects.toMatchObject({ errors: [{ field: 'replaces', message: expect.stringContaining('SIRET 73282932000074') }] });
    await file(world.bidder.bureau, 5, before(8000), seen.replaces.map((one) => one.id));
    expect(await statuses()).toEqual(['atelier replaced', 'bureau sealed']);
    const told = await world.source.manager.findOneByOrFail(StoredReceipt, { kind: 'replacement' });
    expect(told.organisationId).toBe('atelier');
    const { receipt } = await world.receipts.show(world.bidder.atelier, told.id);
    expect(receipt).toMatchObject({ kind: 'replacement', operator: { name: 'Société atelier' }, receivedAt: before(8000).toISOString(), replacedBy: expect.any(String), files: [] });
    expect(await verifyReceipt(receipt, world.keyring.publicKeyPem)).toMatchObject({ ok: true });
    await expect(world.receipts.show(world.bidder.bureau, told.id)).rejects.toEqual(code('not-found'));
    await world.jobs.finishAll();
    expect((await world.receipts.pdf(world.bidder.atelier, told.id)).toString()).toContain('Accusé de remplacement');
    expect(await world.source.manager.findOneByOrFail(Mail, { kind: 'replacement' })).toMatchObject({ recipient: 'atelier@organisme.example' });
    expect(await view(world.bidder.atelier)).toMatchObject({ state: 'draft', elsewhere: { name: 'Société bureau' }, former: [{ status: 'replaced', replacementId: told.id }] });
    // An establishment withdraws its own bid only; what it replaced does not come back.
    await expect(world.deposits.withdraw(world.bidder.atelier, world.id, before(7000))).rejects.toEqual(code('nothing-to-withdraw'));
    await world.deposits.withdraw(world.bidder.bureau, world.id, before(6000));
    expect(await statuses()).toEqual(['atelier replaced', 'bureau withdrawn']);
    await world.openAll();
    expect((await world.opened.list(world.officer, world.id)).files).toEqual([]);
  });

  it('à l’ouverture un seul pli par candidat, le dernier arrivé, quel que soit l’ordre des validations', async () => {
    await sameSiren();
    await world.upload('bureau', 'b.pdf', bytes(10));
    await world.deposit('bureau', before(1000));
    await world.upload('atelier', 'a.pdf', bytes(10));
    await world.deposit('atelier', before(5000)); // arrived earlier, committed later: overtaken, nothing to confirm
    await world.upload('cabinet', 'c.pdf', bytes(10));
    await world.deposit('cabinet', before(2000));
    await world.openAll();
    expect(await statuses()).toEqual(['atelier replaced', 'cabinet opened', 'bureau opened']);
  });

  it('le dépôt réservé : les autres membres préparent, ils ne déposent, ne confirment ni ne retirent', async () => {
    const own = new OwnOrganisationsService(world.acts);
    await own.restrict(world.bidder.atelier, 'atelier', ['person-atelier']);
    await expect(own.restrict(bruno, 'atelier', ['bruno'])).rejects.toEqual(code('forbidden'));
    await expect(own.restrict(world.bidder.bureau, 'atelier', [])).rejects.toEqual(code('not-found'));
    await expect(own.restrict(world.officer, 'atelier', [])).rejects.toEqual(code('not-found'));
    await expect(own.restrict(world.bidder.atelier, 'atelier', ['person-bureau'])).rejects.toEqual(code('invalid'));
    await world.upload('atelier', 'a.pdf', bytes(10));
    expect(await view(bruno)).toMatchObject({ reserved: ['Camille Atelier'], can: { send: true, deposit: false }, complete: true });
    await expect(file(bruno, 1, before(9000))).rejects.toMatchObject({ status: 403, message: expect.stringContaining('réserve le dépôt à : Camille Atelier') });
    await file(world.bidder.atelier, 2, before(8000));
    await expect(world.deposits.withdraw(bruno, world.id, before(7000))).rejects.toMatchObject({ status: 403 });
    await expect(world.deposits.confirm(bruno, world.id)).rejects.toMatchObject({ status: 403 });
    // Whoever is named and leaves does not lock the door.
    await world.acts.perform(Actor.system, 'test.leave', async (act) => {
      act.require(true);
      await act.db.update(Membership, { id: 'm-person-atelier' }, { validTo: before(6500) });
    });
    world.clock.moveTo(before(6000));
    expect(await view(bruno)).toMatchObject({ reserved: [], can: { deposit: true, withdraw: true } });
    await world.deposits.withdraw(bruno, world.id, before(6000));
    const line = await world.source.manager.findOneByOrFail(JournalEntry, { act: 'own-organisation.restrict', outcome: 'done' });
    expect(line).toMatchObject({ chain: 'platform', subject: 'atelier', details: { restricted: 1 } });
  });

  it('la même clé pour une autre consultation, ou pour un autre contenu, est refusée', async () => {
    await world.upload('atelier', 'a.pdf', bytes(10));
    await file(world.bidder.atelier, 1, before(9000));
    await world.acts.perform(Actor.system, 'test.move', async (act) => {
      act.require(true);
      await act.db.update(Bid, { organisationId: 'atelier' }, { consultationId: 'une-autre' });
    });
    await expect(file(world.bidder.atelier, 1, before(8000))).rejects.toEqual(code('key-used'));
  });
});

