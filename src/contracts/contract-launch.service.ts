import { Injectable } from '@nestjs/common';
import { Consultation } from '../consultations/consultation.js';
import { EndingService } from '../consultations/ending.service.js';
import { type LaunchDocument, LaunchingService } from '../consultations/launching.service.js';
import { scoredRule } from '../evaluations/award-rule.js';
import { Letter } from '../letters/letter.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Refused } from '../platform/errors.js';
import { callOf, check, contractOf, type FoundContract } from './contract-facts.js';
import type { EndForm, OverrideForm, RelaunchForm } from './contract.forms.js';
import { questionsUntil } from './contract-letters.js';
import { openContract } from './contract-opening.js';
import { mayLaunch, mayPrepare, maySeeContract, maySignContract } from './contract.policy.js';
import { ContractSigningService } from './contract-signing.service.js';
import { blockingOf } from './preflight.js';
import { SubsequentContract } from './subsequent-contract.js';

/** The launch and what ends a contract: the acts that a court would read first. */
@Injectable()
export class ContractLaunchService {
  constructor(
    private readonly acts: Acts,
    private readonly launching: LaunchingService,
    private readonly signing: ContractSigningService,
    private readonly ending: EndingService,
  ) {}

  /** The signatory passes over a missing green light or diagnostic, in writing. */
  override(actor: Actor, id: string, form: OverrideForm): Promise<void> {
    return this.acts.perform(actor, 'contract.override', async (act) => {
      const contract = await this.locked(act, id);
      act.require(maySignContract(actor, callOf(contract).territory, contract.signatoryId), 'Seul le signataire de l’acheteur peut déroger, par écrit.');
      contract.override(form.of, form.reason, actor.id, act.now);
      await act.db.update(SubsequentContract, { id }, { overrides: contract.overrides });
      act.record({ of: form.of, reason: form.reason });
    });
  }

  /** Refuses all that the preflight page refuses; then exactly the active holders receive their letter (R2162-10). */
  launch(actor: Actor, id: string): Promise<{ invited: number }> {
    return this.acts.perform(actor, 'contract.launch', async (act) => {
      const contract = await this.locked(act, id);
      const consultation = await act.load(Consultation, callOf(contract).id);
      act.require(mayLaunch(actor, consultation.territory), 'Le marché est lancé par son acheteur ou par son signataire.');
      const { reasons, invitations, diagnostic } = await check(act, contract);
      contract.launch(act.now, blockingOf(reasons));
      const letters = await act.db.findBy(Letter, { subjectId: id, kind: 'consultation-letter' });
      const current = letters.filter((one) => one.status !== 'cancelled');
      if (current.some((one) => one.status === 'ready')) throw new Refused('unsigned', 'Les lettres de consultation attendent leur signature.');
      const studyShared = diagnostic?.status === 'published' && !reasons.some((one) => one.code === 'diagnostic-not-shared');
      await this.signing.mustStillBeTrue(act, contract, current, studyShared);
      for (const one of current) one.send(act.now);
      const common = current.find((one) => one.form === 'in-fine');
      const documents: LaunchDocument[] = [
        { kind: 'consultation-letter', title: 'Lettre de consultation', fileId: common?.fileId ?? '' },
        ...contract.documents.map(({ kind, title, fileId }) => ({ kind, title, fileId })),
        ...(diagnostic?.status === 'published' && diagnostic.fileId ? [{ kind: 'diagnostic' as const, title: 'Diagnostic du département', fileId: diagnostic.fileId }] : []),
      ];
      // What was announced freezes with the call: the analysis will read it here.
      Object.assign(consultation, { awardRule: scoredRule(contract.weights), budgetCents: contract.budgetCents });
      consultation.questionsBefore = questionsUntil(consultation, contract.departmentCode);
      await this.launching.launch(act, consultation, documents);
      const fileOf = new Map(current.map((one) => [one.invitationId, one.fileId]));
      const invited = await this.launching.invite(act, consultation, invitations, (one) => fileOf.get(one.id), 'votre lettre de consultation et les documents de la consultation');
      if (invited !== invitations.length) throw new Refused('letters-missing', 'Des titulaires n’ont pas de lettre signée : reprenez le marché, puis soumettez-le à nouveau.');
      await act.db.save(current);
      await act.db.update(SubsequentContract, { id }, { status: contract.status, launchedAt: contract.launchedAt });
      act.record({ invited, warnings: reasons.filter((one) => !one.blocking).map((one) => one.code), overridden: reasons.filter((one) => one.overridden).map((one) => one.code) });
      return { invited };
    });
  }

  /** Unsuccessful, abandoned, terminated, completed: kept for ever, and its place is free again. */
  end(actor: Actor, id: string, form: EndForm): Promise<void> {
    return this.acts.perform(actor, `contract.${form.move}`, async (act) => {
      const contract = await this.locked(act, id);
      const territory = contract.consultation?.territory ?? `R${contract.lot.regionCode}`;
      const signatory = form.move === 'abandon' || form.move === 'terminate';
      act.require(
        signatory && contract.status !== 'preparation' ? maySignContract(actor, territory) : mayPrepare(actor, territory),
        signatory ? 'La décision d’abandonner ou de résilier revient au signataire.' : 'Cette décision revient à l’acheteur.',
      );
      // « Infructueux » is known once the bids are opened, never before (domain.md 5.7): until then the signatory may abandon.
      if (form.move === 'fail' && contract.consultation?.openedAt === null) throw new Refused('not-opened', 'Une consultation ne peut être déclarée infructueuse qu’après l’ouverture des plis. Avant, le signataire peut la déclarer sans suite.');
      contract.end(form.move, form.reason, act.now);
      await act.db.update(SubsequentContract, { id }, { status: contract.status, endReason: contract.endReason, endedAt: contract.endedAt, slot: contract.slot });
      if (contract.consultation && (form.move === 'fail' || form.move === 'abandon')) await this.close(act, contract, form);
      act.record({ reason: form.reason });
    });
  }

  /** One act: the same content, today's holders, a new consultation and a new date. */
  relaunch(actor: Actor, id: string, form: RelaunchForm): Promise<{ id: string }> {
    return this.acts.perform(actor, 'contract.relaunch', async (act) => {
      const former = await this.locked(act, id);
      if (former.live) throw new Refused('still-living', 'Ce marché n’est pas terminé : un seul à la fois par département et par accord-cadre.');
      if (former.declared) throw new Refused('declared', 'Un marché déclaré ne se relance pas : préparez-en un nouveau.');
      const { title, budgetCents, minQuantity, estimatedQuantity, maxQuantity, weights, documents, validityDays, signatoryId } = former;
      // The same buyer, whoever relaunches.
      const buyer = former.consultation?.territory === former.departmentCode ? 'department' : 'region';
      const contract = await openContract(act, former.framework, former.departmentCode, form.deadline, {
        budgetCents, minQuantity, estimatedQuantity, maxQuantity, weights, documents, validityDays, signatoryId, relaunchOfId: former.id,
      }, buyer);
      contract.title = title;
      await act.db.update(SubsequentContract, { id: contract.id }, { title });
      act.record({ relaunch: contract.id });
      return { id: contract.id };
    });
  }

  private async close(act: Act, contract: FoundContract, form: EndForm) {
    await this.ending.end(act, await act.load(Consultation, callOf(contract).id), form.move === 'fail' ? 'infructueuse' : 'sans suite', form.reason, form.move === 'abandon');
    await act.db.update(Letter, { subjectId: contract.id, status: 'ready' }, { status: 'cancelled' });
  }

  private async locked(act: Act, id: string): Promise<FoundContract> {
    await act.load(SubsequentContract, id);
    const contract = await contractOf(act, id);
    act.see(maySeeContract(act.actor, contract.departmentCode));
    if (contract.consultation) act.on(contract.consultation.id, id);
    return contract;
  }
}
