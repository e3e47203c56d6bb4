import { GreenLight } from '../agreements/green-light.js';
import type { Lot } from '../agreements/lot.js';
import { DeclaredStage } from '../cockpit/declared-stage.js';
import { type StageId, STAGES } from '../cockpit/stage.js';
import { Diagnostic } from '../commissions/diagnostic.js';
import { SubsequentContract } from '../contracts/subsequent-contract.js';
import { department } from '../people/departments.js';
import { type Day, dayInFrench } from '../platform/working-days.js';
import { folded, type LineReader } from './cells.js';
import { dayShown, moneyShown, type Outcome, outcomeOf, type Shown, type Writes } from './plan.js';
import { labelOfPlace, placeReader } from './plan-targets.js';
import { once } from './plan-lots.js';
import type { Facts, Planner } from './planner.js';

const TYPES = ['diagnostic', 'feu vert', 'marché', 'étape'] as const;
type Type = (typeof TYPES)[number];
const STAGE_OF = new Map(STAGES.flatMap(({ id, label }) => [[folded(label), id], [id, id]] as [string, StageId][]));
const WEB = /^https?:\/\/\S+$/;

/** A line read without fault. */
interface Fact {
  reader: LineReader;
  lot: Lot;
  code: string;
  on: Day;
  source: string;
  reference: string;
  who: string;
  amountCents: number | null;
  stage: StageId | null;
}

/** What predates the tool: recorded with its source, its procedure not replayed. */
export const planHistory: Planner = (facts, _, writes) => {
  const placeOf = placeReader(facts);
  const seen = new Map<string, number>();
  const record = recorders(facts, writes);

  const read = (reader: LineReader) => {
    const found = placeOf(reader);
    const type = readType(reader);
    const on = reader.requiredDay('Date', 'Indiquez la date.');
    if (type === 'feu vert' && facts.regions.length > 0) reader.fail('Type', 'Un feu vert reçu s’enregistre un par un, avec son document, depuis la page de l’accord-cadre.');
    if (on && on > facts.today) reader.fail('Date', 'Cette date est à venir\u00a0: l’historique ne reprend que ce qui a eu lieu.');
    const source = reader.required('Source', 'Donnez la source\u00a0: le fichier ou l’adresse qui le prouve.');
    const stage = readStage(reader, type);
    const who = readWho(reader, type);
    if (type && type !== 'marché') reader.mustBeEmpty('Montant HT', 'Un montant ne va qu’avec un marché\u00a0: videz cette cellule.');
    const amountCents = type === 'marché' ? reader.money('Montant HT') : null;
    const code = found?.place.departmentCode ?? reader.text('Département');
    const label = `${found ? labelOfPlace(code) : code}\u00a0: ${reader.text('Type')}`;
    if (!found || !type || !on || !reader.faultless) return { label, outcome: null };
    once(reader, seen, keyOf(type, code, on, stage), 'Type', `${NAMES[type]} du département ${code}`);
    const fact = { reader, lot: found.lot, code, on, source, reference: reader.text('Référence'), who, amountCents, stage };
    return { label, outcome: reader.faultless ? record[type](fact) : null };
  };
  return { read };
};

const NAMES: Record<Type, string> = { diagnostic: 'Un diagnostic de ce jour', 'feu vert': 'Un feu vert de ce jour', marché: 'Un marché', étape: 'Cette étape' };

/** A department has one contract in force and each stage once; a diagnostic and a green light go by their day. */
function keyOf(type: Type, code: string, on: Day, stage: StageId | null): string {
  if (type === 'marché') return `${type}/${code}`;
  return type === 'étape' ? `${type}/${code}/${stage}` : `${type}/${code}/${on}`;
}

function readType(reader: LineReader): Type | null {
  const typed = reader.required('Type', `Indiquez le type\u00a0: ${TYPES.join(', ')}.`);
  if (typed === '') return null;
  return TYPES.find((one) => one === folded(typed)) ?? reader.fail('Type', `«\u00a0${typed}\u00a0» n’est pas un type connu\u00a0: ${TYPES.join(', ')}.`);
}

function readStage(reader: LineReader, type: Type | null): StageId | null {
  if (type !== 'étape') {
    if (type) reader.mustBeEmpty('Étape', 'Cette colonne ne sert qu’au type étape\u00a0: videz cette cellule.');
    return null;
  }
  const labels = STAGES.map((one) => one.label).join(', ');
  const typed = reader.required('Étape', `Indiquez l’étape\u00a0: ${labels}.`);
  if (typed === '') return null;
  return STAGE_OF.get(folded(typed)) ?? reader.fail('Étape', `«\u00a0${typed}\u00a0» n’est pas une étape\u00a0: ${labels}.`);
}

function readWho(reader: LineReader, type: Type | null): string {
  if (type === 'diagnostic') return reader.required('Auteur ou titulaire', 'Nommez l’auteur du diagnostic.');
  if (type === 'feu vert') return reader.required('Auteur ou titulaire', 'Dites qui a donné le feu vert.');
  if (type === 'marché') return reader.required('Auteur ou titulaire', 'Nommez le titulaire du marché.');
  if (type) reader.mustBeEmpty('Auteur ou titulaire', 'Une étape n’a pas d’auteur\u00a0: videz cette cellule, ou écrivez-le dans la source.');
  return '';
}

/** One maker of record per type; each compares with what is already there. */
function recorders(facts: Facts, writes: Writes): Record<Type, (fact: Fact) => Outcome | null> {
  const diagnostics = new Map(facts.diagnostics.filter((one) => one.publishedOn).map((one) => [`${one.departmentCode}/${one.publishedOn}`, one]));
  const lights = new Map(facts.greenLights.filter((one) => one.scope === 'department').map((one) => [`${one.departmentCode}/${one.givenOn}`, one]));
  const slots = new Map(facts.contracts.filter((one) => one.live).map((one) => [one.slot, one]));
  const stages = new Map(facts.stages.map((one) => [`${one.departmentCode}/${one.stage}`, one]));
  const { frameworkId, now, authorId } = facts;
  const signature = { createdById: authorId, createdAt: now };
  const keep = <T extends object>(before: T | undefined, after: T, shown: (record: T) => Shown): Outcome => {
    const outcome = outcomeOf(before ? shown(before) : null, shown(after));
    if (outcome.effect !== 'same') writes[before ? 'change' : 'add'].push(after);
    return outcome;
  };

  return {
    diagnostic: ({ reader, code, on, source, reference, who }) => {
      const before = diagnostics.get(`${code}/${on}`);
      if (before && (before.commissionId || before.declaredSource === null)) return reader.fail('Type', `Un diagnostic publié le ${dayInFrench(on)} a été établi ici pour ce département\u00a0: un import ne le change pas.`);
      const title = reference || `Diagnostic ${department(code).complement}`;
      const published = { frameworkId, departmentCode: code, title, status: 'published', authorName: who, publishedOn: on, declaredSource: source, publicAddress: WEB.test(source) ? source : null };
      return keep(before, Object.assign(new Diagnostic(), before ?? { id: facts.newId(), ...signature }, published), diagnosticShown);
    },
    'feu vert': ({ reader, code, on, source, reference, who }) => {
      const before = lights.get(`${code}/${on}`);
      const given = { frameworkId, scope: 'department' as const, departmentCode: code, givenOn: on, reference: sourced(reference, source), issuer: who };
      const light = Object.assign(new GreenLight(), before ?? { id: facts.newId(), ...signature, source: facts.regions.length > 0 ? 'recorded-by-region' : 'ministry' }, given);
      if (before && outcomeOf(lightShown(before), lightShown(light)).effect !== 'same') {
        return reader.fail('Date', `Un autre feu vert de ce département porte cette date (${before.reference}, ${before.issuer})\u00a0: un import ne le change pas.`);
      }
      return keep(before, light, lightShown);
    },
    marché: ({ reader, lot, code, on, source, reference, who, amountCents }) => {
      const slot = SubsequentContract.slotOf(frameworkId, code);
      const before = slots.get(slot);
      const title = reference || `Marché subséquent ${department(code).complement}`;
      const running = { frameworkId, lotId: lot.id, departmentCode: code, slot, title, status: 'in-execution', declared: true, declaredSource: source, contractorName: who, amountCents, startsOn: on };
      const contract = Object.assign(new SubsequentContract(), before ?? { id: facts.newId(), ...signature }, running);
      const same = before?.declared === true && before.status === 'in-execution' && outcomeOf(contractShown(before), contractShown(contract)).effect === 'same';
      if (before && !same) return reader.fail('Département', `Le département ${code} a déjà un marché en cours dans cet accord-cadre («\u00a0${before.title}\u00a0»).`);
      return keep(before, contract, contractShown);
    },
    étape: ({ code, on, source, reference, stage }) => {
      const before = stages.get(`${code}/${stage}`);
      const declared = { frameworkId, departmentCode: code, stage, on, source: sourced(reference, source) };
      return keep(before, Object.assign(new DeclaredStage(), before ?? { id: facts.newId(), ...signature }, declared), stageShown);
    },
  };
}

/** These records have one field for both. */
const sourced = (reference: string, source: string) => (reference ? `${reference} (${source})` : source);

const diagnosticShown = (one: Diagnostic): Shown => ({ Date: dayShown(one.publishedOn), Référence: one.title, 'Auteur ou titulaire': one.authorName, Source: one.declaredSource ?? '' });
const lightShown = (one: GreenLight): Shown => ({ Date: dayShown(one.givenOn), Référence: one.reference, 'Auteur ou titulaire': one.issuer });
const contractShown = (one: SubsequentContract): Shown => ({ Date: dayShown(one.startsOn), Référence: one.title, 'Auteur ou titulaire': one.contractorName ?? '', 'Montant HT': moneyShown(one.amountCents), Source: one.declaredSource ?? '' });
const stageShown = (one: DeclaredStage): Shown => ({ Date: dayShown(one.on), Étape: STAGES.find(({ id }) => id === one.stage)?.label ?? one.stage, Source: one.source });
