import { Controller, Get, Param, Query, Render } from '@nestjs/common';
import { Consultation } from '../consultations/consultation.js';
import { worksOn } from '../consultations/consultation.policy.js';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, NotFound } from '../platform/errors.js';
import { Who } from '../platform/web.js';
import { ROUNDINGS } from './decimal.js';
import { simulate, type SimulationForm, simulationOf, simulationStart } from './simulation.js';

type Typed = Record<string, unknown>;

const textOf = (value: unknown) => (typeof value === 'string' ? value.slice(0, 2000) : undefined);
const consultationOf = (acts: Acts, actor: Actor, id: string) =>
  acts.look(actor, 'evaluation.simulate', async (act) => {
    const found = await act.db.findOneBy(Consultation, { id });
    if (!found) throw new NotFound();
    act.see(worksOn(actor, found.territory));
    return found;
  });

/** « Simuler la note de prix », before the launch above all: nothing is kept, the address says it all. */
@Controller('consultations/:id/simulation')
export class SimulationPages {
  constructor(private readonly acts: Acts) {}

  @Get()
  @Render('evaluations/simulation')
  async show(@Who() actor: Actor, @Param('id') id: string, @Query() query: Typed) {
    const { title, reference, budgetCents, awardRule } = await consultationOf(this.acts, actor, id);
    const start = simulationStart(budgetCents, awardRule);
    const values: SimulationForm['typed'] = { prices: textOf(query.prix) ?? start.prices, max: textOf(query.max)?.trim() ?? start.max, decimals: textOf(query.decimales)?.trim() ?? start.decimals, rounding: textOf(query.arrondi) ?? start.rounding };
    const page = { consultation: { id, title, reference }, values, roundings: Object.entries(ROUNDINGS).map(([value, label]) => ({ value, label })) };
    try {
      return { ...page, result: simulate(simulationOf(values), awardRule?.formula ?? null) };
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      // A form of a GET: its faults are said on the page itself, beside what was typed.
      const named = error.errors.map(({ field, message }) => ({ field: FIELDS[field] ?? field, message }));
      return { ...page, errors: named, errorOf: Object.fromEntries(named.map((one) => [one.field, one.message])) };
    }
  }
}

const FIELDS: Record<string, string> = { prices: 'prix', max: 'max', decimals: 'decimales', rounding: 'arrondi' };

@Controller('api/consultations/:id/price-simulation')
export class SimulationApi {
  constructor(private readonly acts: Acts) {}

  /** `?prices=100;120,50;150&max=40&decimals=2&rounding=half-up` */
  @Get()
  async show(@Who() actor: Actor, @Param('id') id: string, @Query() query: Typed) {
    const { budgetCents, awardRule } = await consultationOf(this.acts, actor, id);
    const start = simulationStart(budgetCents, awardRule);
    const typed = { prices: textOf(query.prices) ?? start.prices, max: textOf(query.max) ?? start.max, decimals: textOf(query.decimals) ?? start.decimals, rounding: textOf(query.rounding) ?? start.rounding };
    const { chart: _, ...result } = simulate(simulationOf(typed), awardRule?.formula ?? null);
    return result;
  }
}
