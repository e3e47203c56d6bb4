import { inEuros } from '../platform/typed.js';
import { mayAnalyse } from './evaluation.policy.js';
import { type FilledSchedule, type PriceSchedule, shortQuantity } from './price-schedule.js';
import type { SchedulesService } from './schedules.service.js';

/** The blank form and what was checked with it, for the pages. */
export function showSchedule({ consultation, schedule, filled, actor }: Awaited<ReturnType<SchedulesService['show']>>) {
  return {
    consultation: { id: consultation.id, title: consultation.title, reference: consultation.reference, opened: consultation.openedAt !== null },
    schedule: schedule && { decimals: schedule.decimals, fileName: schedule.fileName, at: schedule.at, lines: schedule.lines.map((one) => ({ ...one, quantity: one.quantity && shortQuantity(one.quantity) })), estimated: schedule.lines.some((one) => one.quantity !== null) },
    timeZone: consultation.timeZone,
    filled,
    can: { change: mayAnalyse(actor, consultation) && filled === 0 && !['awarded', 'abandoned'].includes(consultation.status) },
  };
}

/** A filled form: what is wrong, line by line, then its prices. */
export function showFilled({ lines: asked }: PriceSchedule, { lines, faults, totalCents, fileName, at }: FilledSchedule) {
  return {
    fileName,
    at,
    faults: faults.map(({ line, column, message }) => ({ line: line ?? null, column, message })),
    total: inEuros(totalCents),
    lines: lines.map((one) => {
      const blank = asked.find(({ code }) => code === one.code);
      return { code: one.code, label: blank?.label ?? '', unit: blank?.unit ?? '', quantity: blank?.quantity ? shortQuantity(blank.quantity) : '', price: one.price?.replace('.', ',') ?? null, amount: inEuros(one.amountCents) };
    }),
  };
}
