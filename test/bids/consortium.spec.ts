// Groupements (domain.md 2.9): lead, members, form, mandates, and the rule « une seule offre par opérateur ».
import fc from 'fast-check';
import { conflictsOf, consortiumOf, type DraftConsortium, sealedConsortium, type TypedConsortium, withoutMandate } from '../../src/bids/consortium.js';
import { ConsortiumsService } from '../../src/bids/consortiums.service.js';
import { showOpenedBids, showOwnDeposit } from '../../src/bids/bid.view.js';
import { Opening } from '../../src/bids/opening.js';
import { Consultation } from '../../src/consultations/consultation.js';
import { StoredFile } from '../../src/platform/stored-file.js';
import { bytes, type Company, DEADLINE, newWorld, type World } from './world.js';

const LEAD = { name: 'Société atelier', siret: null };
const SIRET = '55208131766522'; // EDF, a public number
const typed = (more: Partial<TypedConsortium>): TypedConsortium => ({ form: 'joint', members: `Beta ; ${SIRET}\nGamma`, mandates: [], signedByAll: '', ...more });
const field = (name: string) => expect.objectContaining({ errors: [expect.objectContaining({ field: name })] });

describe('la composition d’un groupement', () => {
  const of = (more: Partial<TypedConsortium>, known: DraftConsortium | null = null) => () => consortiumOf(typed(more), LEAD, known, ['f1', 'f2']);

  it('a une forme, au moins un autre membre, chacun une fois, des SIRET justes', () => {
    expect(of({})()).toMatchObject({ form: 'joint', members: [{ name: 'Beta', siret: SIRET }, { name: 'Gamma', siret: null }] });
    expect(of({ form: '', members: '' })()).toBeNull();
    expect(of({ form: '' })).toThrow(field('form'));
    expect(of({ members: '' })).toThrow(field('members'));
    expect(of({ members: 'Beta ; 55208131766523' })).toThrow(field('members'));
    expect(of({ members: `Beta ; ${SIRET}\nBeta Est ; 552 081 317 00061` })).toThrow(field('members'));
    expect(of({ members: 'SOCIETE ATELIER' })).toThrow(field('members'));
    expect(of({ members: Array.from({ length: 21 }, (_, i) => `M${i}`).join('\n') })).toThrow(field('members'));
    expect(of({ signedByAll: 'gone' })).toThrow(field('mandates'));
  });

  it('l’habilitation suit son membre quand la liste change ; un document signé par tous en dispense', () => {
    const known = of({ mandates: [] })();
    const with2 = of({ mandates: ['', 'f2'] }, known)();
    expect(with2?.members.map((one) => one.mandateFileId)).toEqual([null, 'f2']);
    expect(withoutMandate(with2 as DraftConsortium)).toEqual(['Beta']);
    const moved = of({ members: 'Gamma\nDelta\nBeta', mandates: ['', 'f2'] }, with2)();
    expect(moved?.members.map(({ name, mandateFileId }) => [name, mandateFileId])).toEqual([['Gamma', 'f2'], ['Delta', null], ['Beta', null]]);
    expect(withoutMandate({ ...(with2 as DraftConsortium), signedByAllFileId: 'f1' })).toEqual([]);
    expect(sealedConsortium(with2 as DraftConsortium, LEAD, ['f1'])).toMatchObject({ members: [{ lead: true, name: LEAD.name }, { mandate: null }, { mandate: null }], signedByAll: null });
  });
});

describe('une seule offre par opérateur', () => {
  const member = (name: string, lead = false, siret: string | null = null) => ({ name, siret, lead, mandate: null });
  const offer = (bidId: string, lead: string, ...members: string[]) => ({
    bidId, lead: { name: lead, siret: null }, consortium: members.length > 0 ? { form: 'joint' as const, signedByAll: null, members: [member(lead, true), ...members.map((one) => member(one))] } : null,
  });

  it('seul et membre, membre deux fois, mandataire et membre : dit une fois par couple de plis', () => {
    expect(conflictsOf([offer('1', 'A'), offer('2', 'B'), offer('3', 'C', 'D')])).toEqual([]);
    expect(conflictsOf([offer('1', 'A'), offer('2', 'B', 'A')])).toEqual([expect.stringMatching(/« A » figure dans deux plis, seul \(pli 1\) et membre d’un groupement \(pli 2\)/)]);
    expect(conflictsOf([offer('1', 'A', 'C'), offer('2', 'B', 'c')])).toHaveLength(1);
    expect(conflictsOf([offer('1', 'A', 'C'), offer('2', 'C', 'B')])).toEqual([expect.stringMatching(/membre d’un groupement \(pli 1\) et mandataire d’un groupement/)]);
  });

  it('deux établissements d’un SIREN sont le même opérateur ; deux SIREN du même nom n’en sont pas un', () => {
    const two = (a: string, b: string) => conflictsOf([{ bidId: '1', lead: { name: 'X', siret: a }, consortium: null }, { bidId: '2', lead: { name: 'X', siret: b }, consortium: null }]).length;
    expect(two(SIRET, '55208131700061')).toBe(1);
    expect(two(SIRET, '35600000000048')).toBe(0);
  });

  it('compte juste, quels que soient les plis', () => {
    const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    fc.assert(
      fc.property(fc.array(fc.uniqueArray(names, { minLength: 1, maxLength: 3 }), { maxLength: 5 }), (offers) => {
        let pairs = 0;
        for (const [i, one] of offers.entries()) for (const other of offers.slice(i + 1)) pairs += one.filter((name) => other.includes(name)).length;
        expect(conflictsOf(offers.map(([lead = '', ...members], i) => offer(String(i), lead, ...members)))).toHaveLength(pairs);
      }),
    );
  });
});

describe.each(['sqlite', 'postgres'])('un pli en groupement (%s)', (kind) => {
  let world: World;
  let consortiums: ConsortiumsService;
  const before = (ms: number) => new Date(DEADLINE.getTime() - ms);
  const own = async (company: Company) => showOwnDeposit(await world.own.show(world.bidder[company], world.id), world.config);

  beforeAll(async () => {
    world = await newWorld(kind);
    consortiums = world.module.get(ConsortiumsService);
    await world.source.manager.update(Consultation, { id: world.id }, { oneBidEach: true });
    world.clock.moveTo(before(60_000));
  });
  afterAll(() => world.close());

  it('se prépare dans le brouillon, scellé : rien n’en est lisible dans la base', async () => {
    const mandate = await world.upload('atelier', 'habilitation.pdf', bytes(10));
    await world.upload('atelier', 'offre.pdf', bytes(20));
    await consortiums.save(world.bidder.atelier, world.id, typed({ members: 'Société bureau\nZyxwcanari' }));
    await consortiums.save(world.bidder.atelier, world.id, typed({ form: 'solidary', members: 'Société bureau\nZyxwcanari', mandates: [mandate, ''] }));
    expect(await own('atelier')).toMatchObject({ oneBidEach: true, consortium: { form: 'Groupement solidaire', withoutMandate: ['Zyxwcanari'] } });
    const rows = await world.source.query('select * from bid_draft');
    expect(JSON.stringify(rows)).not.toMatch(/Zyxwcanari|solidary/);
    await expect(consortiums.show(world.stranger, world.id)).rejects.toMatchObject({ code: 'not-found' });
    await expect(consortiums.save(world.officer, world.id, typed({}))).rejects.toMatchObject({ code: 'not-found' });
    expect((await consortiums.show(world.bidder.bureau, world.id)).consortium).toBeNull();
  });

  it('est scellé avec le pli, lu à l’ouverture seulement ; les conflits interdits sont au procès-verbal', async () => {
    await world.deposit('atelier', before(5_000));
    await world.upload('bureau', 'offre.pdf', bytes(30));
    await world.deposit('bureau', before(4_000));
    const dump = JSON.stringify([await world.source.query('select * from bid'), await world.source.query('select * from receipt'), await world.source.query('select * from journal')]);
    expect(dump).not.toContain('Zyxwcanari');
    await world.openAll();
    const { bids, anomalies } = showOpenedBids(await world.opened.list(world.officer, world.id));
    expect(bids.find((one) => one.operator === 'Société atelier')?.consortium).toBe('groupement solidaire avec Société bureau et Zyxwcanari');
    expect(anomalies).toEqual([expect.stringContaining('« Société bureau » figure dans deux plis, membre d’un groupement')]);
    const { minutesFileId } = await world.source.manager.findOneByOrFail(Opening, { consultationId: world.id });
    const file = await world.source.manager.findOneByOrFail(StoredFile, { id: minutesFileId ?? '' });
    expect((await world.files.read(file.blob)).toString()).toMatch(/mandataire d’un groupement solidaire avec Société bureau et Zyxwcanari[\s\S]*figure dans deux plis/);
    await expect(consortiums.save(world.bidder.atelier, world.id, typed({}))).rejects.toMatchObject({ code: 'not-open' });
  });
});
