import { describe, expect, it } from '@jest/globals';
import { FRAMEWORK_MOVES, FrameworkAgreement } from '../../src/agreements/framework-agreement.js';
import { Holder, HOLDER_MOVES, Lot, LOT_MOVES } from '../../src/agreements/lot.js';
import { CONTRACT_MOVES, SubsequentContract } from '../../src/contracts/subsequent-contract.js';
import { DomainError } from '../../src/platform/errors.js';

const NOW = new Date('2023-07-13T08:00:00.000Z');
const DAY = '2023-07-13';

interface Machine {
  /** domain.md 5.3, 5.4 and 5.7, written again by hand: « state move state ». Whatever is not here is refused. */
  allowed: string[];
  states: string[];
  moves: string[];
  run: (state: string, move: string) => string;
}

const contract = (status: string) => Object.assign(new SubsequentContract(), { id: 'c', slot: 'f/67', status });
const MACHINES: Record<string, Machine> = {
  'accord-cadre': {
    states: ['draft', 'call-open', 'evaluation', 'awarded', 'in-force', 'abandoned', 'terminated'],
    moves: Object.keys(FRAMEWORK_MOVES),
    allowed: [
      'draft openCall call-open', 'call-open evaluate evaluation', 'evaluation award awarded', 'awarded enterIntoForce in-force', 'draft recordInForce in-force',
      'draft abandon abandoned', 'call-open abandon abandoned', 'evaluation abandon abandoned', 'awarded abandon abandoned', 'in-force terminate terminated',
    ],
    run: (state, move) => {
      const one = Object.assign(new FrameworkAgreement(), { status: state });
      one.move(move as never, NOW);
      return one.status;
    },
  },
  lot: {
    states: ['draft', 'awarded', 'active', 'closed', 'unsuccessful'],
    moves: Object.keys(LOT_MOVES),
    allowed: ['draft award awarded', 'awarded activate active', 'active close closed', 'closed reopen active', 'draft fail unsuccessful', 'awarded fail unsuccessful'],
    run: (state, move) => {
      const one = Object.assign(new Lot(), { status: state });
      one.move(move as never, { departments: 2, activeHolders: 2 });
      return one.status;
    },
  },
  titulaire: {
    states: ['active', 'suspended', 'withdrawn', 'terminated', 'replaced'],
    moves: Object.keys(HOLDER_MOVES),
    allowed: [
      'active suspend suspended', 'suspended resume active', 'active withdraw withdrawn', 'suspended withdraw withdrawn', 'active terminate terminated', 'suspended terminate terminated',
      'active replace replaced', 'suspended replace replaced', 'withdrawn reinstate active', 'terminated reinstate active',
    ],
    run: (state, move) => {
      const one = Object.assign(new Holder(), { status: state, enteredOn: '2022-06-01' });
      one.leave(move as never, DAY, 'Motif', DAY);
      return one.status;
    },
  },
  'marché subséquent': {
    states: ['preparation', 'to-sign', 'launched', 'signed', 'in-execution', 'completed', 'abandoned', 'unsuccessful', 'terminated'],
    moves: Object.keys(CONTRACT_MOVES),
    allowed: [
      'preparation submit to-sign', 'to-sign takeBack preparation', 'to-sign launch launched', 'launched fail unsuccessful', 'preparation abandon abandoned', 'to-sign abandon abandoned',
      'launched abandon abandoned', 'launched sign signed', 'signed notify in-execution', 'signed terminate terminated', 'in-execution terminate terminated', 'in-execution complete completed',
    ],
    run: (state, move) => {
      const one = contract(state);
      if (move === 'submit') one.submit(NOW);
      else if (move === 'takeBack') one.takeBack();
      else if (move === 'launch') one.launch(NOW, []);
      else if (move === 'sign') one.sign(100, 'Titulaire', null);
      else if (move === 'notify') one.takeEffect(DAY);
      else one.end(move as never, 'Motif', NOW);
      return one.status;
    },
  },
};

describe.each(Object.entries(MACHINES))('les états : %s', (_, { states, moves, allowed, run }) => {
  it('chaque état, chaque acte : ce que la règle permet, et rien d’autre', () => {
    const possible = states.flatMap((state) =>
      moves.flatMap((move) => {
        try {
          return [`${state} ${move} ${run(state, move)}`];
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
          return [];
        }
      }),
    );
    expect(possible.toSorted()).toEqual(allowed.toSorted());
  });
});

describe('un marché subséquent', () => {
  it('ne se lance pas tant qu’une raison bloque, et reste où il était', () => {
    const one = contract('to-sign');
    expect(() => one.launch(NOW, ['Aucun feu vert.'])).toThrow(expect.objectContaining({ code: 'preflight', message: 'Aucun feu vert.' }));
    expect(one).toMatchObject({ status: 'to-sign', launchedAt: null });
  });

  it('rend sa place quand il finit, avec un motif', () => {
    const one = contract('launched');
    expect(() => one.end('abandon', '', NOW)).toThrow(expect.objectContaining({ errors: [expect.objectContaining({ field: 'reason' })] }));
    expect(one.status).toBe('launched');
    one.end('abandon', 'Besoin redéfini', NOW);
    expect(one).toMatchObject({ status: 'abandoned', slot: 'c', endReason: 'Besoin redéfini', endedAt: NOW });
  });

  it('ne se modifie qu’en préparation, et ne se déroge qu’avant le lancement, par une phrase', () => {
    for (const status of ['to-sign', 'launched', 'in-execution']) expect(() => contract(status).mayChange()).toThrow(expect.objectContaining({ code: 'not-in-preparation' }));
    const reason = 'Accord oral du ministère, à confirmer.';
    expect(() => contract('launched').override('green-light', reason, 'p', NOW)).toThrow(expect.objectContaining({ code: 'too-late' }));
    expect(() => contract('to-sign').override('green-light', 'Vu', 'p', NOW)).toThrow(expect.objectContaining({ errors: [expect.objectContaining({ field: 'reason' })] }));
    const one = contract('preparation');
    one.override('green-light', reason, 'p', NOW);
    expect([one.overridden('green-light'), one.overridden('diagnostic')]).toEqual([true, false]);
  });
});
