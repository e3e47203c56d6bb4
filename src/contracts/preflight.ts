import { type CriterionRange, weightFaults } from '../agreements/framework-agreement.js';
import { competition } from '../agreements/lot.js';
import { deadlineWarnings } from '../consultations/deadline-warnings.js';
import { type Day, dayInFrench, daysBetween } from '../platform/working-days.js';
import type { Overridable } from './subsequent-contract.js';

/** One reason why this department may not launch yet, or should think twice. */
export interface Reason {
  code: string;
  blocking: boolean;
  sentence: string;
  remedy: string;
  href?: string;
  /** The signatory may pass over it in writing. */
  overridable?: Overridable;
  overridden?: boolean;
}

export interface Party {
  organisationId: string;
  name: string;
}

/** Facts at one instant, read once: the page, the API, the command line and the launch itself judge the same ones. */
export interface PreflightFacts {
  day: Day;
  departmentCode: string;
  framework: { id: string; title: string; status: string; startsOn: Day; endsOn: Day; renewableUntil: Day | null; criteria: CriterionRange[]; method: string };
  /** Its maximum: reached by the contracts concluded; exceeded with this one, at its budget and its volumes. */
  lot: { number: number; active: boolean; reached: boolean; exceeded: boolean };
  holders: Party[];
  invited: Party[];
  /** Invited parties with no address to write to. */
  withoutContact: Party[];
  /** Null when none covers the department; its conditions are recalled. */
  greenLight: { id: string; conditions: string } | null;
  /** Null when no diagnostic is known for the department. */
  diagnostic: { status: string; missing: string[]; id: string } | null;
  weights: { label: string; weight: number }[];
  budget: boolean;
  deadlineDay: Day | null;
  deadlineHour: string;
  deadlinePassed: boolean;
  delegation: boolean;
  /** Named, when the contract names who signs. */
  signatory: string | null;
  openers: number;
  quorum: number;
  documents: number;
  overrides: readonly Overridable[];
  contractId: string | null;
}

const ENDING_DAYS = 90;

/**
 * All the reasons at once, in plain French, each with its remedy. Blocking ones refuse the launch; green light and
 * diagnostic block until the signatory writes why not; the others are warnings.
 */
export function preflight(facts: PreflightFacts): Reason[] {
  return [...frameworkReasons(facts), ...holderReasons(facts), ...gateReasons(facts), ...contentReasons(facts), ...deadlineReasons(facts)];
}

/** Sentences that refuse the launch. */
export const blockingOf = (reasons: readonly Reason[]) => reasons.filter((one) => one.blocking && !one.overridden).map((one) => one.sentence);

function frameworkReasons({ framework, day, lot, deadlineDay, contractId }: PreflightFacts): Reason[] {
  const href = `/accords-cadres/${framework.id}`;
  const reasons: Reason[] = [];
  if (framework.status !== 'in-force') {
    reasons.push({ code: 'framework-not-in-force', blocking: true, sentence: 'L’accord-cadre n’est pas en vigueur.', remedy: 'Le niveau national enregistre sa notification.', href });
  } else if (day > framework.endsOn) {
    reasons.push({ code: 'framework-ended', blocking: true, sentence: `L’accord-cadre a pris fin le ${dayInFrench(framework.endsOn)} : aucun marché subséquent ne peut plus être conclu (art. R. 2162-5).`, remedy: 'Rattachez le département à l’accord-cadre suivant.', href });
  } else if (day < framework.startsOn) {
    reasons.push({ code: 'framework-not-started', blocking: true, sentence: `L’accord-cadre commence le ${dayInFrench(framework.startsOn)}.`, remedy: 'Attendez son premier jour de validité.', href });
  } else if (daysBetween(day, framework.endsOn) <= ENDING_DAYS) {
    reasons.push({ code: 'framework-ending', blocking: false, sentence: `L’accord-cadre prend fin le ${dayInFrench(framework.endsOn)}, dans ${daysBetween(day, framework.endsOn)} jours : le marché doit être signé avant (art. R. 2162-5).`, remedy: 'Avancez la date limite, ou préparez le marché sur l’accord-cadre suivant.', href });
  }
  if (day <= framework.endsOn && deadlineDay && deadlineDay > framework.endsOn) {
    // Offers received after its end could never become a contract; a renewal still may carry the end further.
    const renewable = framework.renewableUntil !== null && deadlineDay <= framework.renewableUntil;
    reasons.push({
      code: 'deadline-after-framework', blocking: !renewable,
      sentence: `La date limite de remise des offres vient après la fin de l’accord-cadre, le ${dayInFrench(framework.endsOn)} : le marché ne pourrait plus être conclu (art. R. 2162-5).`,
      remedy: renewable ? 'Faites reconduire l’accord-cadre par le niveau national, ou avancez la date limite.' : 'Avancez la date limite, ou préparez le marché sur l’accord-cadre suivant.',
      href: contractId ? `/marches/${contractId}/modifier` : href,
    });
  }
  if (framework.method === 'withoutReopeningCompetition') {
    reasons.push({ code: 'no-reopening', blocking: false, sentence: 'L’accord-cadre prévoit une attribution sans remise en concurrence : cette consultation s’en écarte.', remedy: 'Vérifiez avec le niveau national que la méthode enregistrée est la bonne.', href });
  }
  const lotHref = `${href}/lots/${lot.number}`;
  if (lot.reached) {
    reasons.push({ code: 'lot-maximum', blocking: false, sentence: `Le maximum du lot ${lot.number} est atteint : aucun marché ne pourra y être conclu (art. R. 2162-4).`, remedy: 'Attendez l’accord-cadre suivant, ou vérifiez les montants enregistrés.', href: lotHref });
  } else if (lot.exceeded) {
    reasons.push({ code: 'lot-maximum', blocking: false, sentence: `Avec ce marché, à son budget et à ses volumes, le maximum du lot ${lot.number} serait dépassé (art. R. 2162-4).`, remedy: 'Réduisez le budget ou les volumes, ou passez par l’accord-cadre suivant.', href: lotHref });
  }
  if (!lot.active) reasons.push({ code: 'lot-not-active', blocking: true, sentence: `Le lot ${lot.number} n’est pas actif.`, remedy: 'Le niveau national l’active quand ses titulaires sont notifiés.', href: `${href}/lots/${lot.number}` });
  return reasons;
}

/** R2162-10, 1°: all the holders of the lot, and nobody else. */
function holderReasons({ framework, lot, holders, invited, withoutContact, contractId }: PreflightFacts): Reason[] {
  const href = `/accords-cadres/${framework.id}/lots/${lot.number}`;
  const list = contractId ? `/marches/${contractId}#invites` : href;
  const way = competition(holders.length);
  if (way === 'blocked') return [{ code: 'no-holder', blocking: true, sentence: `Le lot ${lot.number} n’a aucun titulaire actif.`, remedy: 'Enregistrez ses titulaires, ou relancez l’accord-cadre.', href }];
  const reasons: Reason[] = [];
  const missing = difference(holders, invited);
  const extra = difference(invited, holders);
  if (missing.length + extra.length > 0) {
    const parts = [missing.length > 0 && `manquent ${missing.join(', ')}`, extra.length > 0 && `sont en trop ${extra.join(', ')}`].filter(Boolean).join(' ; ');
    reasons.push({ code: 'wrong-invitees', blocking: true, sentence: `Les invités ne sont pas exactement les titulaires actifs du lot ${lot.number} : ${parts} (art. R. 2162-10, 1°).`, remedy: 'Reprenez la liste des titulaires du lot : un bouton le fait.', href: list });
  }
  if (withoutContact.length > 0) reasons.push({ code: 'no-contact', blocking: true, sentence: `Aucune adresse électronique pour ${withoutContact.map((one) => one.name).join(', ')}.`, remedy: 'Complétez l’annuaire, puis reprenez la liste des titulaires.', href: `/organisations/${withoutContact[0]?.organisationId}` });
  if (way === 'single') reasons.push({ code: 'single-holder', blocking: false, sentence: 'Un seul titulaire actif : l’acheteur lui demande par écrit de compléter son offre (art. R. 2162-9).', remedy: 'Vérifiez que la sortie des autres titulaires est bien enregistrée.', href });
  return reasons;
}

function difference(these: readonly Party[], those: readonly Party[]): string[] {
  const known = new Set(those.map((one) => one.organisationId));
  return these.filter((one) => !known.has(one.organisationId)).map((one) => one.name);
}

/** The two gates that a signatory may pass over in writing. */
function gateReasons({ framework, greenLight, diagnostic, overrides, departmentCode }: PreflightFacts): Reason[] {
  const reasons: Reason[] = [];
  if (!greenLight) {
    reasons.push({
      code: 'no-green-light', blocking: true, overridable: 'green-light', overridden: overrides.includes('green-light'),
      sentence: 'Aucun feu vert du niveau national ne couvre ce département.', remedy: 'Demandez-le au ministère, ou enregistrez celui que vous avez reçu.', href: `/accords-cadres/${framework.id}#feux-verts`,
    });
  }
  if (greenLight?.conditions) {
    reasons.push({ code: 'green-light-conditions', blocking: false, sentence: `Le feu vert est donné sous conditions : ${greenLight.conditions.split('\n').join(' ; ')}.`.replace(/\.\.$/, '.'), remedy: 'Vérifiez que chacune est remplie.', href: `/accords-cadres/${framework.id}/feux-verts/${greenLight.id}` });
  }
  const overridden = overrides.includes('diagnostic');
  const href = diagnostic ? `/diagnostics/${diagnostic.id}` : `/deploiement/${departmentCode}`;
  if (!diagnostic) {
    reasons.push({ code: 'no-diagnostic', blocking: true, overridable: 'diagnostic', overridden, sentence: 'Aucun diagnostic n’est enregistré pour ce département.', remedy: 'Enregistrez le diagnostic, puis partagez-le avec chaque titulaire du lot.', href });
  } else if (diagnostic.missing.length > 0) {
    reasons.push({ code: 'diagnostic-not-shared', blocking: true, overridable: 'diagnostic', overridden, sentence: `Le diagnostic n’a pas été partagé avec ${diagnostic.missing.join(', ')} : tous les titulaires doivent disposer des mêmes informations (art. R. 2111-2).`, remedy: 'Partagez-le : un bouton l’envoie à chaque titulaire, avec preuve.', href });
  }
  return reasons;
}

function contentReasons({ framework, weights, budget, delegation, signatory, openers, quorum, documents, contractId }: PreflightFacts): Reason[] {
  const href = contractId ? `/marches/${contractId}` : '/marches';
  const content = contractId ? `${href}/modifier` : href;
  const reasons: Reason[] = weightFaults(framework.criteria, weights).map((sentence) => ({ code: 'criteria', blocking: true, sentence, remedy: 'Corrigez les critères et leurs poids : ceux de l’accord-cadre, pour un total de 100 (art. R. 2162-10, 4°).', href: content }));
  if (documents === 0) reasons.push({ code: 'no-document', blocking: true, sentence: 'Aucun document de consultation n’est joint.', remedy: 'Joignez au moins le cahier des charges ou le règlement de la consultation.', href: `${href}#documents` });
  if (openers < quorum) reasons.push({ code: 'openers', blocking: true, sentence: `Il manque des ouvreurs des plis : ${openers} désignés, ${quorum} requis.`, remedy: 'Désignez-les parmi les agents de l’acheteur.', href: `${href}#ouvreurs` });
  if (!delegation) {
    const sentence = signatory ? `Le signataire désigné, ${signatory}, n’a aucune délégation de signature en vigueur qui couvre la lettre de consultation.` : 'Aucune délégation de signature en vigueur ne couvre la lettre de consultation.';
    reasons.push({ code: 'no-delegation', blocking: true, sentence, remedy: 'Faites enregistrer la délégation, ou faites signer une autre personne.', href: content });
  }
  if (!budget) reasons.push({ code: 'no-budget', blocking: false, sentence: 'Le budget n’est pas enregistré : une offre trop chère ne pourra pas être déclarée inacceptable (art. L. 2152-3).', remedy: 'Inscrivez le budget alloué avant le lancement.', href: content });
  return reasons;
}

function deadlineReasons({ day, deadlineDay, deadlineHour, deadlinePassed, departmentCode, contractId }: PreflightFacts): Reason[] {
  const href = contractId ? `/marches/${contractId}/modifier` : '/marches';
  const remedy = 'Choisissez un jour ouvré, à 12 h ou 17 h, dans deux semaines au moins.';
  if (!deadlineDay || deadlinePassed) return [{ code: 'deadline', blocking: true, sentence: deadlineDay ? 'La date limite est déjà passée.' : 'La date limite de remise des offres n’est pas fixée.', remedy, href }];
  return deadlineWarnings({ day: deadlineDay, hour: deadlineHour }, departmentCode, day).map((one) => ({ ...one, blocking: false, remedy, href }));
}

/** A contract that is launched, running or ended: nothing of it is to be launched. */
export const alreadyGone = (contract: { id: string; live: boolean }): Reason => ({
  code: contract.live ? 'already-launched' : 'ended',
  blocking: true,
  sentence: contract.live ? 'Le marché de ce département est déjà lancé ou en cours.' : 'Ce marché est terminé : il ne se lance plus.',
  remedy: contract.live ? 'Lisez sa page.' : 'Relancez-le depuis sa page : un nouveau marché s’ouvre.',
  href: `/marches/${contract.id}`,
});
