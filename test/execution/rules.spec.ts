import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Amendment } from '../../src/execution/amendment.js';
import { AMENDMENT_CASES, type AmendmentCase, type AmendmentFacts, mustBeLawful, percentInFrench, shareOf, thresholdOn } from '../../src/execution/amendment-rules.js';
import { signedCents } from '../../src/execution/amendments.service.js';
import { ContractRecord, type SignedCopy } from '../../src/execution/contract-record.js';
import { AmendmentForm, OrderForm, RecordForm } from '../../src/execution/execution.forms.js';
import { ExecutionFact, type FactKind, mustBeDoneWithin, mustBeRenewable, mustBeTerminable, penaltiesOf } from '../../src/execution/execution-fact.js';
import { Deliverable, DELIVERABLE_MOVES, type DeliverableMove, mustFit, Order } from '../../src/execution/order.js';
import { signatureSentence, signaturesIn } from '../../src/execution/pades.js';
import { advanceOf, CONTRACT_NUMBER, endOf, mustBeOrderable, mustBeRunning, type SignatureFacts, signatureReasons } from '../../src/execution/record-rules.js';
import { mustBePartial, SubContractor } from '../../src/execution/sub-contractor.js';
import { centsOf } from '../../src/platform/typed.js';

const NOW = new Date('2023-09-01T08:00:00.000Z');
const code = (expected: string) => expect.objectContaining({ code: expected });
const field = (name: string, article = '') => expect.objectContaining({ code: 'invalid', errors: [expect.objectContaining({ field: name, message: expect.stringContaining(article) })] });
const COPY: SignedCopy = { fileId: 'f', name: 'acte.pdf', size: 10, sha256: 'x', signature: { count: 0, pades: false, whole: false } };

describe('le numéro et les montants', () => {
  it('16 caractères au plus, sans les signes que les données essentielles refusent', () => {
    for (const good of ['2023-MS-67', 'A', '1234567890123456', 'AGIR/67.é']) expect(CONTRACT_NUMBER.test(good)).toBe(true);
    for (const bad of ['', '12345678901234567', 'MS 67', 'MS&67', 'MS"67', 'MS\\67', 'MS<67', 'MS,67', 'MS;67', 'MS\u00a067', 'MS\n67']) expect(CONTRACT_NUMBER.test(bad)).toBe(false);
  });

  const faultsOf = (form: new () => object, typed: object) => validateSync(plainToInstance(form, typed, { exposeDefaultValues: true }), { whitelist: true, stopAtFirstError: true }).map((one) => one.property);
  const RECORD = { number: 'MS-67', priceForm: 'unit', amount: '480 000', durationMonths: '24' };

  it('virgule ou point, jamais négatif, jamais trois décimales', () => {
    for (const good of ['480 000', '480000.5', '480 000,50', '0,01']) expect(faultsOf(RecordForm, { ...RECORD, amount: good })).toEqual([]);
    for (const bad of ['-1', '−480 000', '480,000', '1e6', '', 'NaN', '1.234.567']) expect(faultsOf(RecordForm, { ...RECORD, amount: bad })).toEqual(['amount']);
    expect(faultsOf(OrderForm, { object: 'x', amount: '-5' })).toEqual(['amount']);
    expect([centsOf('480000.5'), centsOf('480 000,50')]).toEqual([48_000_050, 48_000_050]);
    expect(faultsOf(RecordForm, { ...RECORD, number: '12345678901234567', durationMonths: '0', renewals: '-1' }).toSorted()).toEqual(['durationMonths', 'number', 'renewals']);
  });

  it('seul un avenant peut retrancher', () => {
    expect(['12 000,50', '-3 000', '−3000.25', '+10', ''].map(signedCents)).toEqual([1_200_050, -300_000, -300_025, 1_000, 0]);
    expect(faultsOf(AmendmentForm, { legalCase: 'small', object: 'x', delta: '--3', justification: 'y', changesNature: 'peut-être' }).toSorted()).toEqual(['changesNature', 'delta']);
  });
});

describe('l’avance (R2191-3, R2191-7)', () => {
  const terms = { amountCents: 12_000_000, durationMonths: 12, sme: false, refused: false, percent: null };
  it('due au-delà de 50 000 € et de deux mois, 5 % au moins, 30 % pour une PME', () => {
    expect(advanceOf(terms)).toEqual({ due: true, minPercent: 5, percent: 5, cents: 600_000 });
    expect(advanceOf({ ...terms, sme: true })).toMatchObject({ percent: 30, cents: 3_600_000 });
    expect(advanceOf({ ...terms, amountCents: 5_000_000 })).toMatchObject({ due: false, cents: 0 });
    expect(advanceOf({ ...terms, durationMonths: 2 })).toMatchObject({ due: false });
    expect(advanceOf({ ...terms, refused: true, percent: 10 })).toMatchObject({ due: false, cents: 0 });
    // On twelve months at most.
    expect(advanceOf({ ...terms, durationMonths: 24 })).toMatchObject({ cents: 300_000 });
    expect(() => advanceOf({ ...terms, percent: 4 })).toThrow(field('advancePercent', 'R. 2191-7'));
    expect(() => advanceOf({ ...terms, sme: true, percent: 29 })).toThrow(field('advancePercent', '30 %'));
  });
});

describe('la signature', () => {
  const facts: SignatureFacts = {
    award: { organisationId: 'o', operator: 'Titulaire', amountCents: 100, informed: true, signableFrom: '2023-09-12', blocked: false, reversed: false },
    today: '2023-09-12', frameworkEndsOn: '2026-05-31', lot: { number: 5, maxCents: 1000, maxQuantity: null }, spent: { cents: 900, quantity: 0 },
    record: { amountCents: 100, maxQuantity: null, estimatedQuantity: null, priceForm: 'lump-sum', visaRequired: false, visaOn: null, organisationId: 'o' },
  };
  const reasonsOf = (more: Partial<SignatureFacts>, award: object = {}, record: object = {}) => signatureReasons({ ...facts, award: facts.award && { ...facts.award, ...award }, record: { ...facts.record, ...record }, ...more });

  it('possible le premier jour après le délai, refusée sinon, avec l’article', () => {
    expect(reasonsOf({})).toEqual([]);
    const cases: [ReturnType<typeof reasonsOf>, string, string][] = [
      [reasonsOf({ award: null }), 'no-award', 'R. 2181-1'],
      [reasonsOf({}, { reversed: true }), 'reversed', 'rapportée'],
      [reasonsOf({}, { blocked: true }), 'suspended', 'L. 551-4'],
      [reasonsOf({}, { signableFrom: null }), 'not-informed', 'R. 2181-1'],
      [reasonsOf({ today: '2023-09-11' }), 'standstill', 'R. 2182-1'],
      [reasonsOf({ today: '2026-06-01' }), 'framework-ended', 'R. 2162-5'],
      [reasonsOf({}, {}, { organisationId: 'other' }), 'other-winner', 'attributaire'],
      [reasonsOf({}, {}, { amountCents: 99 }), 'other-amount', 'R. 2152-13'],
      [reasonsOf({}, {}, { visaRequired: true }), 'no-visa', 'visa'],
      [reasonsOf({ spent: { cents: 901, quantity: 0 } }), 'lot-maximum', 'R. 2162-4'],
    ];
    for (const [reasons, expected, article] of cases) expect(reasons).toEqual([{ code: expected, sentence: expect.stringContaining(article) }]);
    expect(reasonsOf({ today: '2026-05-31' })).toEqual([]); // the last day is a day
    expect(reasonsOf({}, {}, { priceForm: 'unit', amountCents: 99 })).toEqual([]);
  });

  it('reconnaît une signature dans un PDF, sans la dire vérifiée', () => {
    const signed = (filter: string, hole = `<30820102${'00'.repeat(8)}>`, tail = '') => {
      const template = (range: string) => `%PDF-1.7\n1 0 obj<</Type/Sig/SubFilter/${filter}/ByteRange[${range}]/Contents`;
      const start = template('0 0000000000 0000000000 0000000000').length;
      const after = start + hole.length;
      const end = '>>endobj\n%%EOF';
      const pad = (n: number) => String(n).padStart(10, '0');
      return Buffer.from(template(`0 ${pad(start)} ${pad(after)} ${pad(end.length)}`) + hole + end + tail, 'latin1');
    };
    expect(signaturesIn(signed('ETSI.CAdES.detached'))).toEqual({ count: 1, pades: true, whole: true });
    expect(signaturesIn(signed('adbe.pkcs7.detached'))).toEqual({ count: 1, pades: false, whole: true });
    expect(signaturesIn(signed('ETSI.CAdES.detached', undefined, '\nxref added later')).whole).toBe(false);
    expect(signaturesIn(signed('ETSI.CAdES.detached', `<${'00'.repeat(12)}>`)).count).toBe(0);
    for (const odd of ['%PDF-1.4 rien', '/ByteRange[0 5 2 9]', '/ByteRange [0 99999999 999999999 1]', '/ByteRange[1 2 3 4]']) expect(signaturesIn(Buffer.from(odd)).count).toBe(0);
    expect(signatureSentence({ count: 1, pades: true, whole: true })).toBe('Signature électronique détectée (PAdES), non vérifiée ici.');
    expect(signatureSentence({ count: 2, pades: false, whole: false })).toContain('modifié après');
    expect(signatureSentence({ count: 0, pades: false, whole: false })).toContain('Aucune signature électronique');
  });

  it('le titulaire signe d’abord ; signé, le marché ne change plus', () => {
    const record = Object.assign(new ContractRecord(), { durationMonths: 12 });
    expect(() => record.sign('s', COPY, '2023-09-12')).toThrow(code('holder-first'));
    expect(() => record.signByHolder('Mme X', '2023-09-13', COPY, '2023-09-12')).toThrow(field('holderSignedOn'));
    record.signByHolder('Mme X', '2023-09-11', COPY, '2023-09-12');
    record.sign('s', COPY, '2023-09-12');
    expect(() => record.sign('s', COPY, '2023-09-12')).toThrow(code('signed'));
    expect(() => record.mayChange()).toThrow(expect.objectContaining({ message: expect.stringContaining('L. 2194-1') }));
    expect(() => record.notify('2023-09-11', '2023-09-14', '2023-09-20')).toThrow(field('notifiedOn', 'R. 2182-4'));
    expect(() => record.notify('2023-09-14', '2023-09-13', '2023-09-20')).toThrow(field('receivedOn'));
    expect(() => record.notify('2023-09-14', '2023-09-21', '2023-09-20')).toThrow(field('receivedOn'));
    record.notify('2023-09-14', '2023-09-15', '2023-09-20');
    expect(record).toMatchObject({ receivedOn: '2023-09-15', startsOn: '2023-09-15', endsOn: '2024-09-14' });
    expect(() => record.notify('2023-09-14', '2023-09-15', '2023-09-20')).toThrow(code('notified'));
    expect(endOf('2024-01-31', 1)).toBe('2024-02-28');
  });
});

describe('l’exécution', () => {
  const record = { receivedOn: '2023-09-15', endsOn: '2024-09-14', terminatedOn: null };
  it('ni avant la réception de la notification, ni commandée après la fin', () => {
    expect(() => mustBeRunning({ ...record, receivedOn: null }, '2023-09-20')).toThrow(expect.objectContaining({ code: 'not-notified', message: expect.stringContaining('R. 2182-5') }));
    expect(() => mustBeRunning(record, '2023-09-14')).toThrow(code('before-notification'));
    expect(() => mustBeRunning({ ...record, terminatedOn: '2024-01-01' }, '2024-01-02')).toThrow(code('terminated'));
    mustBeOrderable(record, '2024-09-14');
    expect(() => mustBeOrderable(record, '2024-09-15')).toThrow(expect.objectContaining({ code: 'ended', message: expect.stringContaining('R. 2162-14') }));
  });

  it('les bons restent dans le marché ; un bon annulé ne compte plus', () => {
    const before = [Object.assign(new Order(), { amountCents: 60, quantity: 6, cancelledOn: null }), Object.assign(new Order(), { amountCents: 90, quantity: 9, cancelledOn: '2024-01-01' })];
    mustFit({ amountCents: 40, quantity: 4 }, before, { amountCents: 100, maxQuantity: 10 });
    expect(() => mustFit({ amountCents: 41, quantity: 0 }, before, { amountCents: 100, maxQuantity: 10 })).toThrow(field('amount', 'R. 2162-4'));
    expect(() => mustFit({ amountCents: 1, quantity: 5 }, before, { amountCents: 100, maxQuantity: 10 })).toThrow(field('quantity', 'R. 2162-4'));
    expect(() => before[0]?.cancel('court', 'a', '2024-01-01')).toThrow(field('reason'));
    expect(() => before[1]?.cancel('un motif assez long', 'a', '2024-01-02')).toThrow(code('cancelled'));
  });

  it('un livrable : reçu, puis admis, ajourné ou rejeté ; un ajournement se reprend', () => {
    const allowed = ['expected receive', 'adjourned receive', 'received admit', 'received adjourn', 'received reject'];
    const possible = ['expected', 'received', 'admitted', 'adjourned', 'rejected'].flatMap((status) =>
      (Object.keys(DELIVERABLE_MOVES) as DeliverableMove[]).flatMap((move) => {
        try {
          Object.assign(new Deliverable(), { status }).move(move, '2024-01-01', 'un motif assez long', 'a', NOW);
          return [`${status} ${move}`];
        } catch {
          return [];
        }
      }),
    );
    expect(possible.toSorted()).toEqual(allowed.toSorted());
    const one = new Deliverable();
    one.move('receive', '2024-02-01', '', 'a', NOW);
    expect(() => one.move('reject', '2024-02-02', 'non', 'a', NOW)).toThrow(field('reason'));
    expect(() => one.move('admit', '2024-01-31', '', 'a', NOW)).toThrow(field('on'));
    expect(one.history).toHaveLength(1);
  });

  it('service fait, pénalités, reconductions, résiliation', () => {
    const fact = (kind: FactKind, amountCents: number | null = null, id: string = kind, aboutId: string | null = null) => Object.assign(new ExecutionFact(), { id, kind, amountCents, aboutId, on: '2024-01-01' });
    mustBeDoneWithin(40, [fact('service-done', 60)], 100);
    expect(() => mustBeDoneWithin(41, [fact('service-done', 60)], 100)).toThrow(field('amount', 'R. 2194-1'));
    expect(penaltiesOf([fact('penalty', 10, 'p1'), fact('penalty', 5, 'p2'), fact('penalty-waived', 10, 'w', 'p1')])).toEqual({ cents: 5, owed: new Set(['p2']) });
    expect(() => mustBeTerminable('fault', [])).toThrow(code('no-notice'));
    mustBeTerminable('fault', [fact('formal-notice')]);
    mustBeTerminable('general-interest', []);
    expect(() => mustBeRenewable({ renewals: 0 }, [])).toThrow(code('no-renewal'));
    mustBeRenewable({ renewals: 1 }, []);
    expect(() => mustBeRenewable({ renewals: 1 }, [fact('renewal')])).toThrow(code('renewals-used'));
    expect(() => mustBeRenewable({ renewals: 2 }, [fact('non-renewal')])).toThrow(code('not-renewed'));
  });
});

describe('la sous-traitance', () => {
  const dc4 = (more: object = {}) => Object.assign(new SubContractor(), { receivedOn: '2023-09-01', amountCents: 40_000, withVatCents: 60_000, ...more });
  it('le silence de 21 jours vaut acceptation, et ne se défait plus (R2193-4)', () => {
    expect(dc4().decideBy).toBe('2023-09-22');
    expect([dc4().tacit('2023-09-22'), dc4().tacit('2023-09-23')]).toEqual([false, true]);
    for (const accepted of [true, false]) expect(() => dc4().decide(accepted, 'un motif assez long', 's', '2023-09-23')).toThrow(expect.objectContaining({ code: 'tacit', message: expect.stringContaining('R. 2193-4') }));
    const one = dc4();
    expect(() => one.decide(false, 'non', 's', '2023-09-22')).toThrow(field('reason'));
    one.decide(false, 'Capacités insuffisantes.', 's', '2023-09-22');
    expect([one.status, one.tacit('2024-01-01')]).toEqual(['refused', false]);
    expect(() => one.decide(true, '', 's', '2023-09-22')).toThrow(code('decided'));
  });

  it('payée directement à partir de 600 € toutes taxes comprises ; jamais tout le marché', () => {
    expect([dc4().directPayment, dc4({ withVatCents: 59_999 }).directPayment]).toEqual([true, false]);
    mustBePartial(59_999, [dc4(), dc4({ status: 'refused' })], 100_000);
    expect(() => mustBePartial(60_000, [dc4()], 100_000)).toThrow(field('amount', 'L. 2193-3'));
  });
});

describe('les avenants (R2194)', () => {
  const facts: AmendmentFacts = {
    legalCase: 'small', deltaCents: 900, initialCents: 10_000, currentCents: 10_000, before: [], thresholdCents: 14_000_000, justification: 'Les conditions du cas sont remplies.', changesNature: false,
    endsOn: null, frameworkEndsOn: '2026-05-31', frameworkAnalysis: '', newContractor: '',
  };
  const judge = (more: Partial<AmendmentFacts>) => () => mustBeLawful({ ...facts, ...more });

  it('10 % cumulés entre les seules modifications de faible montant', () => {
    expect(judge({ deltaCents: 999 })()).toEqual({ cumulCents: 999 });
    expect(judge({ deltaCents: 1000 })).toThrow(field('delta', 'R. 2194-8'));
    expect(judge({ before: [{ legalCase: 'small', deltaCents: 100 }] })).toThrow(field('delta', '10,00 %'.replace(',00', '')));
    expect(judge({ before: [{ legalCase: 'additional', deltaCents: 5000 }] })()).toEqual({ cumulCents: 900 });
    expect(judge({ before: [{ legalCase: 'small', deltaCents: -500 }], deltaCents: 1400 })()).toEqual({ cumulCents: 900 }); // net
    expect(judge({ deltaCents: -1000 })).toThrow(field('delta', 'R. 2194-8'));
    expect(judge({ initialCents: 1_000_000_000, deltaCents: 14_000_000 })).toThrow(field('delta', 'seuil européen'));
  });

  it('50 % chacune pour les prestations supplémentaires et l’imprévu', () => {
    for (const legalCase of ['additional', 'unforeseen'] as const) {
      expect(judge({ legalCase, deltaCents: 5000, before: [{ legalCase, deltaCents: 5000 }] })()).toEqual({ cumulCents: 0 });
      expect(judge({ legalCase, deltaCents: 5001 })).toThrow(field('delta', 'R. 2194-3'));
    }
    for (const legalCase of ['review-clause', 'not-substantial'] as const) judge({ legalCase, deltaCents: 90_000 })();
  });

  it('jamais sans justification, jamais la nature globale, jamais après l’accord-cadre sans analyse', () => {
    for (const legalCase of Object.keys(AMENDMENT_CASES) as AmendmentCase[]) {
      expect(judge({ legalCase, justification: 'non', newContractor: 'X' })).toThrow(field('justification', AMENDMENT_CASES[legalCase].article));
      expect(judge({ legalCase, changesNature: true, newContractor: 'X' })).toThrow(field('changesNature', 'L. 2194-1'));
      expect(judge({ legalCase, endsOn: '2026-06-01', newContractor: 'X' })).toThrow(field('endsOn', 'R. 2162-5'));
      judge({ legalCase, endsOn: '2026-05-31', newContractor: 'X' })();
      judge({ legalCase, endsOn: '2026-06-01', newContractor: 'X', frameworkAnalysis: 'Trois mois pour achever les suivis en cours.' })();
    }
    expect(judge({ legalCase: 'new-holder', deltaCents: 0 })).toThrow(field('newContractor', 'R. 2194-6'));
    expect(judge({ legalCase: 'review-clause', deltaCents: -10_001 })).toThrow(field('delta', 'négatif'));
  });

  it('quelle que soit leur suite, les modifications admises restent sous 10 %', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), fc.array(fc.integer({ min: -500_000, max: 500_000 }), { maxLength: 12 }), (initialCents, deltas) => {
        const kept: { legalCase: AmendmentCase; deltaCents: number }[] = [];
        for (const deltaCents of deltas) {
          try {
            mustBeLawful({ ...facts, initialCents, currentCents: initialCents, before: kept, deltaCents });
            kept.push({ legalCase: 'small', deltaCents });
          } catch { /* refused: it is not kept */ }
          expect(Math.abs(kept.reduce((sum, one) => sum + one.deltaCents, 0)) * 10).toBeLessThan(initialCents);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('les parts ne sont jamais arrondies en faveur de la limite ; le seuil est celui du lancement', () => {
    expect([shareOf(999, 10_000), shareOf(1, 30_000), shareOf(-1, 3), shareOf(5, 0)]).toEqual([999, 1, -3334, 0]);
    expect([percentInFrench(999), percentInFrench(-50)]).toEqual(['9,99\u00a0%', '−0,5\u00a0%']);
    expect(['2021-12-31', '2022-01-01', '2024-06-01', '2026-02-01', '2010-01-01'].map(thresholdOn)).toEqual([13_900_000, 14_000_000, 14_300_000, 14_000_000, 13_900_000]);
  });

  it('préparé, signé, notifié ; annulé avant la signature seulement', () => {
    const one = Object.assign(new Amendment(), { deltaCents: 1 });
    expect(() => one.notify('2024-01-01', '2024-01-01')).toThrow(code('wrong-state'));
    expect(() => one.cancel('non')).toThrow(field('reason'));
    one.sign('s', COPY, '2024-01-02');
    expect(() => one.cancel('un motif assez long')).toThrow(code('wrong-state'));
    expect(() => one.notify('2024-01-01', '2024-01-05')).toThrow(field('receivedOn'));
    expect(() => one.notify('2024-01-06', '2024-01-05')).toThrow(field('receivedOn'));
    one.notify('2024-01-03', '2024-01-05');
    expect(one.status).toBe('notified');
    expect(() => one.sign('s', COPY, '2024-01-05')).toThrow(code('wrong-state'));
  });
});
