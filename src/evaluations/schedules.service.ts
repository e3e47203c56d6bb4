import { Injectable } from '@nestjs/common';
import { Consultation } from '../consultations/consultation.js';
import { worksOn } from '../consultations/consultation.policy.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, NotFound, Refused } from '../platform/errors.js';
import type { OneFile } from '../platform/multipart.js';
import { readSheet, xlsxFile } from '../platform/spreadsheet.js';
import { Assessment } from './assessment.js';
import { Evaluation } from './evaluation.js';
import { mayAnalyse, maySeeAnalysis } from './evaluation.policy.js';
import { mustMayReprice } from './evaluations.service.js';
import { checkFilled, FilledSchedule, MOST_DECIMALS, PriceSchedule, readBlank } from './price-schedule.js';
import { COLUMNS } from './schedule-cells.js';

/** Unit prices and estimates: one blank form per call, one filled form per opened bid, checked before its total counts. */
@Injectable()
export class SchedulesService {
  constructor(private readonly acts: Acts) {}

  show(actor: Actor, id: string) {
    return this.acts.look(actor, 'schedule.show', async (act) => {
      const consultation = await this.visible(act, actor, id);
      const schedule = await act.db.findOneBy(PriceSchedule, { id });
      const filled = maySeeAnalysis(actor, consultation) ? await act.db.countBy(FilledSchedule, { consultationId: id }) : 0;
      return { consultation, schedule, filled, actor };
    });
  }

  /** For the bidders to fill in: prices and totals are theirs. */
  async blank(actor: Actor, id: string): Promise<Buffer> {
    const { schedule } = await this.show(actor, id);
    if (!schedule) throw new NotFound();
    return xlsxFile('Bordereau', [...COLUMNS], schedule.lines.map(({ code, label, unit, quantity }) => [code, label, unit, quantity === null ? null : Number(quantity), null, null]));
  }

  /** @returns how many lines */
  async setBlank(actor: Actor, id: string, file: OneFile, decimalsTyped: string): Promise<number> {
    if (!/^\d$/.test(decimalsTyped) || Number(decimalsTyped) > MOST_DECIMALS) throw Invalid.field('decimals', `Les prix unitaires ont de zéro à ${MOST_DECIMALS} décimales.`);
    const { lines, faults } = readBlank(await readSheet(file.bytes, 'file'));
    if (faults.length > 0) throw new Invalid(faults.slice(0, 20).map(({ line, column, message }) => ({ field: 'file', message: `Ligne ${line ?? '–'}, ${column} : ${message}` })), { decimals: decimalsTyped });
    return this.acts.perform(actor, 'schedule.blank', async (act) => {
      const consultation = await this.visible(act, actor, id, true);
      act.require(mayAnalyse(actor, consultation), 'Le bordereau vierge est déposé par l’agent qui suit la consultation.');
      act.on(id);
      if (['awarded', 'abandoned'].includes(consultation.status)) throw new Refused('wrong-state', 'La consultation est terminée : son bordereau ne change plus.');
      if (await act.db.existsBy(FilledSchedule, { consultationId: id })) throw new Refused('filled', 'Des bordereaux de candidats ont déjà été contrôlés avec celui-ci : il ne change plus.');
      await act.db.delete(PriceSchedule, { id });
      await act.add(Object.assign(new PriceSchedule(), { id, decimals: Number(decimalsTyped), lines, fileName: file.name.slice(-200), byId: actor.id, at: act.now }));
      act.record({ lines: lines.length });
      return lines.length;
    });
  }

  /** A faultless form gives the offer its price; the faults of another are shown, and its price is left as it was. */
  async fill(actor: Actor, id: string, bidId: string, file: OneFile): Promise<{ faults: number }> {
    const { schedule } = await this.show(actor, id);
    if (!schedule) throw new Refused('no-schedule', 'Déposez d’abord le bordereau vierge de la consultation.');
    const checked = checkFilled(await readSheet(file.bytes, 'file'), schedule);
    return this.acts.perform(actor, 'schedule.fill', async (act) => {
      const consultation = await this.visible(act, actor, id, true);
      act.see(maySeeAnalysis(actor, consultation));
      act.require(mayAnalyse(actor, consultation), 'Les bordereaux sont contrôlés par l’agent qui suit la consultation.');
      act.on(id, bidId);
      const evaluation = await act.db.findOneBy(Evaluation, { id });
      if (!evaluation) throw new Refused('not-begun', 'L’analyse n’est pas commencée.');
      evaluation.mustBeOpen();
      const assessment = await act.db.findOneBy(Assessment, { id: bidId, consultationId: id });
      if (!assessment) throw new NotFound();
      const same = await act.db.findOneBy(PriceSchedule, { id });
      if (same?.at.getTime() !== schedule.at.getTime()) throw new Refused('conflict', 'Le bordereau vierge vient de changer : recommencez.');
      const { totalCents } = checked;
      if (totalCents !== null && totalCents !== assessment.priceCents) {
        await mustMayReprice(act, bidId, 'file');
        await act.db.update(Assessment, { id: bidId }, { priceCents: totalCents });
      }
      await act.db.delete(FilledSchedule, { id: bidId });
      await act.add(Object.assign(new FilledSchedule(), { ...checked, id: bidId, consultationId: id, fileName: file.name.slice(-200), byId: actor.id, at: act.now }));
      act.record({ faults: checked.faults.length, priced: totalCents !== null });
      return { faults: checked.faults.length };
    });
  }

  private async visible(act: Act, actor: Actor, id: string, locked = false): Promise<Consultation> {
    const consultation = locked ? await act.load(Consultation, id) : await act.db.findOneBy(Consultation, { id });
    if (!consultation) throw new NotFound();
    act.see(worksOn(actor, consultation.territory));
    return consultation;
  }
}
