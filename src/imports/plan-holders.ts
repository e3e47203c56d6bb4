import { type ConsortiumForm, Holder, type HolderStatus, mustNotOverlap } from '../agreements/lot.js';
import { digits, isRna, isSiret } from '../people/registry-numbers.js';
import type { Day } from '../platform/working-days.js';
import { folded, type LineReader } from './cells.js';
import { Directory, type Found } from './directory.js';
import { mayTouch } from './import.policy.js';
import { codesShown, dayShown, outcomeOf, type Shown } from './plan.js';
import { once, readLotNumber } from './plan-lots.js';
import { membersShown, readMembers } from './plan-members.js';
import type { Facts, Planner } from './planner.js';

export const FORM_WORDS: Record<ConsortiumForm, string> = {
  single: 'seul',
  joint: 'conjoint',
  'joint-solidary-lead': 'conjoint mandataire solidaire',
  solidary: 'solidaire',
};
const FORMS = new Map(Object.entries(FORM_WORDS).map(([form, words]) => [words, form as ConsortiumForm]));
const LONGEST_NAME = 200;
/** What a region may record about a holder of the ministry's: its exit, and what completes the directory. */
const REGIONAL = new Set(['Sortie', 'Motif', 'SIRET', 'RNA', 'Courriel']);

/** Companies and consortiums of each lot; a line with the same lot, company and entry as a known holder is about that one. */
export const planHolders: Planner = (facts, _, writes) => {
  const lots = new Map(facts.lots.map((lot) => [lot.number, lot]));
  const directory = new Directory(facts, writes);
  const stays = new Stays(facts.holders);
  const seen = new Map<string, number>();

  const read = (reader: LineReader) => {
    const lot = readLot(reader, lots, facts);
    const typed = readHolder(reader);
    const label = `Lot ${reader.text('Lot')}, ${typed.name}`;
    const capacity = reader.departments('Départements couverts');
    const foreign = capacity.filter((code) => !lot?.places.some((place) => place.departmentCode === code));
    if (lot && foreign.length > 0) reader.fail('Départements couverts', `Ces départements ne sont pas dans le lot ${lot.number}\u00a0: ${foreign.join(', ')}.`);
    if (!lot || !typed.enteredOn || !typed.form || !reader.faultless) return { label, outcome: null };
    const found = directory.find(reader, typed);
    if (!found) return { label, outcome: null };

    const organisationId = found.organisation.id;
    once(reader, seen, `${lot.id}/${organisationId}/${typed.enteredOn}`, 'Titulaire', `«\u00a0${typed.name}\u00a0», dans ce lot et avec cette entrée,`);
    const existing = stays.find(lot.id, organisationId, typed.enteredOn);
    if (existing?.status === 'replaced' && existing.leftOn !== typed.leftOn) reader.fail('Sortie', 'Ce titulaire a été remplacé par un autre\u00a0: sa sortie ne change pas par un import.');
    if (!reader.faultless) return { label, outcome: null };

    const { name, form, enteredOn, leftOn, signedOn, notifiedOn } = typed;
    const before = membersShown(existing?.members ?? [], (id) => directory.siretOf(id));
    const members = directory.membersOf(reader, found.organisation, typed.members, existing?.members ?? []);
    const after = membersShown(members, (id) => directory.siretOf(id));
    if (!reader.faultless) return { label, outcome: null };
    const regional = facts.regions.length > 0;
    const holder = Object.assign(new Holder(), existing ?? { id: facts.newId(), frameworkId: facts.frameworkId, lotId: lot.id, organisationId, source: regional ? 'recorded-by-region' : 'ministry' }, {
      name,
      form,
      members,
      signedOn,
      notifiedOn,
      enteredOn,
      leftOn,
      reason: leftOn ? typed.reason : (existing?.leftOn ? null : (existing?.reason ?? null)),
      status: statusOf(existing, leftOn, facts.today),
      capacity,
    });
    stays.put(holder, reader, existing);
    const outcome = outcomeOf(existing ? shown(existing, found.before, before) : null, shown(holder, found.after, after));
    const changed = outcome.differences.map((one) => one.column).filter((column) => !REGIONAL.has(column));
    if (regional && existing?.source === 'ministry' && changed.length > 0) {
      reader.fail(changed[0] ?? 'Titulaire', 'Ce titulaire a été inscrit par le niveau national\u00a0: il le corrige. Vous enregistrez ses sorties.');
      return { label, outcome: null };
    }
    if (outcome.effect !== 'same' && regional) Object.assign(holder, { sourceReference: facts.proof.reference, sourceFileId: facts.proof.fileId });
    if (outcome.effect === 'update' && !regional && holder.source === 'recorded-by-region') holder.correctedAt = facts.now;
    if (outcome.effect === 'create') writes.add.push(holder);
    else if (outcome.effect === 'update') writes.change.push(holder);
    return { label, outcome };
  };
  return {
    read,
    finish: () => {
      stays.refuseOverlaps();
      stays.refuseTwins((id) => directory.sirenOf(id));
    },
  };
};

/** Stays of each company in each lot: those of the database, replaced by what the file says of them. */
class Stays {
  private readonly byPlace = new Map<string, Map<string, { holder: Holder; reader: LineReader | null }>>();

  constructor(holders: readonly Holder[]) {
    for (const holder of holders) this.put(holder, null);
  }

  find(lotId: string, organisationId: string, enteredOn: Day): Holder | undefined {
    const known = [...(this.byPlace.get(`${lotId}/${organisationId}`)?.values() ?? [])];
    return known.find(({ holder, reader }) => !reader && holder.enteredOn === enteredOn)?.holder;
  }

  put(holder: Holder, reader: LineReader | null, instead: Holder = holder) {
    const key = `${holder.lotId}/${holder.organisationId}`;
    const stays = this.byPlace.get(key) ?? new Map<string, { holder: Holder; reader: LineReader | null }>();
    this.byPlace.set(key, stays.set(instead.id, { holder, reader }));
  }

  /** Two establishments of one SIREN are one legal candidate: never two holders of one lot at once. */
  refuseTwins(sirenOf: (organisationId: string) => string | null) {
    const byCandidate = new Map<string, { holder: Holder; reader: LineReader | null }[]>();
    for (const stays of this.byPlace.values()) {
      for (const stay of stays.values()) {
        const siren = sirenOf(stay.holder.organisationId);
        if (siren) byCandidate.set(`${stay.holder.lotId}/${siren}`, [...(byCandidate.get(`${stay.holder.lotId}/${siren}`) ?? []), stay]);
      }
    }
    for (const stays of byCandidate.values()) {
      for (const { holder, reader } of stays) {
        const twin = stays.find((other) => other.holder.organisationId !== holder.organisationId && other.holder.enteredOn < (holder.leftOn ?? '9999') && holder.enteredOn < (other.holder.leftOn ?? '9999'));
        if (twin) reader?.fail('SIRET', `«\u00a0${twin.holder.name}\u00a0», titulaire du même lot, a le même SIREN\u00a0: c’est la même personne morale.`);
      }
    }
  }

  /** In the order of entries, each one against the one that stays the longest before it: the order of lines does not matter. */
  refuseOverlaps() {
    for (const stays of this.byPlace.values()) {
      const sorted = [...stays.values()].toSorted((a, b) => a.holder.enteredOn.localeCompare(b.holder.enteredOn));
      let longest = sorted[0];
      for (const stay of sorted.slice(1)) {
        const { reader } = stay.reader ? stay : (longest ?? stay);
        reader?.obey('Entrée', () => mustNotOverlap(longest ? [longest.holder] : [], stay.holder));
        if (!longest || (stay.holder.leftOn ?? '9999') > (longest.holder.leftOn ?? '9999')) longest = stay;
      }
    }
  }
}

function readLot(reader: LineReader, lots: ReadonlyMap<number, Facts['lots'][number]>, facts: Facts) {
  const number = readLotNumber(reader);
  if (number === null) return null;
  const lot = lots.get(number);
  if (!lot) return reader.fail('Lot', `Le lot ${number} n’existe pas dans cet accord-cadre\u00a0: importez d’abord les lots.`);
  if (!mayTouch(facts.regions, lot.regionCode)) return reader.fail('Lot', `Le lot ${number} est celui d’une autre région que la vôtre.`);
  return lot;
}

function readHolder(reader: LineReader) {
  const name = reader.required('Titulaire', 'Donnez le nom du titulaire, ou du mandataire du groupement.');
  if (name.length > LONGEST_NAME) reader.fail('Titulaire', `Ce nom dépasse ${LONGEST_NAME} caractères.`);
  const siret = digits(reader.text('SIRET')) || null;
  if (siret && !isSiret(siret)) reader.fail('SIRET', `«\u00a0${reader.text('SIRET')}\u00a0» n’est pas un SIRET\u00a0: quatorze chiffres, dont la clé ne correspond pas.`);
  const rna = reader.text('RNA').toUpperCase() || null;
  if (rna && !isRna(rna)) reader.fail('RNA', `«\u00a0${rna}\u00a0» n’est pas un numéro RNA\u00a0: W et neuf chiffres.`);
  const email = reader.email('Courriel');
  const words = reader.required('Forme', `Indiquez la forme\u00a0: ${[...FORMS.keys()].join(', ')}.`);
  const form = FORMS.get(folded(words)) ?? null;
  if (words && !form) reader.fail('Forme', `«\u00a0${words}\u00a0» n’est pas une forme connue\u00a0: ${[...FORMS.keys()].join(', ')}.`);
  const members = readMembers(reader, form);
  const [signedOn, notifiedOn] = [reader.day('Signature'), reader.day('Notification')];
  if (signedOn && notifiedOn && notifiedOn < signedOn) reader.fail('Notification', 'La notification vient après la signature.');
  const enteredOn = reader.requiredDay('Entrée', 'Indiquez le jour d’entrée.');
  const leftOn = reader.day('Sortie');
  const reason = reader.text('Motif') || null;
  if (enteredOn && leftOn && leftOn <= enteredOn) reader.fail('Sortie', 'La sortie vient après l’entrée.');
  if (leftOn && !reason) reader.fail('Motif', 'Écrivez le motif de la sortie\u00a0: il reste au dossier.');
  if (reader.text('Sortie') === '' && reason) reader.fail('Motif', 'Un motif va avec un jour de sortie\u00a0: indiquez-le, ou videz cette cellule.');
  return { name, siret, rna, email, form, members, signedOn, notifiedOn, enteredOn, leftOn, reason };
}

/** A day of exit that has come ends the stay; one that is corrected away reopens it. */
function statusOf(existing: Holder | undefined, leftOn: Day | null, today: Day): HolderStatus {
  if (existing && existing.leftOn === leftOn) return existing.status;
  if (existing?.status === 'terminated' && leftOn) return 'terminated';
  if (leftOn && leftOn <= today) return 'withdrawn';
  return existing?.status === 'suspended' ? 'suspended' : 'active';
}

function shown(holder: Holder, party: Found['after'], members: Shown): Shown {
  return {
    Titulaire: holder.name,
    SIRET: party.siret,
    RNA: party.rna,
    Courriel: party.email,
    Forme: FORM_WORDS[holder.form],
    ...members,
    Signature: dayShown(holder.signedOn),
    Notification: dayShown(holder.notifiedOn),
    Entrée: dayShown(holder.enteredOn),
    Sortie: dayShown(holder.leftOn),
    Motif: holder.leftOn ? (holder.reason ?? '') : '',
    'Départements couverts': codesShown(holder.capacity),
  };
}
