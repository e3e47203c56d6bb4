import { mapOf } from '../cockpit/map.js';
import { LEGEND } from '../cockpit/stage.js';
import { pointsChart } from '../evaluations/chart.js';
import { DEPARTMENTS, department } from '../people/departments.js';

const DAY_MS = 86_400_000;

/** What the page of all components shows, invented: every component in every state. */
export function componentSamples(now: Date) {
  return {
    sampleNow: now,
    chart: pointsChart([{ name: 'Passerelle Rhénane (association fictive)', total: 9333n, points: [6000n, 3333n] }, { name: 'Maison des Parcours (association fictive)', total: 7000n, points: [3000n, 4000n] }], ['Valeur technique', 'Prix'], 2),
    far: new Date(now.getTime() + 13 * DAY_MS),
    soon: new Date(now.getTime() + 40 * 60_000),
    tabs: [{ href: '#etats', label: 'Présentation' }, { href: '#listes', label: 'Documents', state: '4' }, { href: '#envois', label: 'Mon dépôt', current: true }],
    files: [
      { name: 'memoire-technique.pdf', size: 8_400_000, href: '#listes', note: 'reçu dans le brouillon', deleteHref: '/composants' },
      { name: 'acte-d-engagement-avec-un-nom-de-fichier-vraiment-tres-long-qui-deborde-des-colonnes.pdf', size: 120_000, href: '#listes' },
    ],
    zones: [{ value: 'a', label: 'Heure de Paris' }, { value: 'b', label: 'Heure de La Réunion' }],
    kinds: [{ value: 'p', label: 'La préfète', hint: 'Sans délégation.' }, { value: 's', label: 'Le secrétaire général', hint: 'Par délégation du 3 mars 2023.', checked: true }],
    departments: [{ value: '67', label: 'Bas-Rhin', hint: 'Feu vert donné.', checked: true }, { value: '68', label: 'Haut-Rhin' }, { value: '2A', label: 'Corse-du-Sud', hint: 'Hors de l’accord-cadre.', disabled: true }],
    wrong: [{ field: 'email-2', message: 'Indiquez une adresse électronique complète.' }, { field: 'kind-2', message: 'Choisissez qui signe.' }],
    tones: [
      { label: 'Neutre', tone: 'neutral' },
      { label: 'En cours', tone: 'current' },
      { label: 'Brouillon', tone: 'draft' },
      { label: 'À signer', tone: 'attention' },
      { label: 'Pli scellé', tone: 'sealed' },
      { label: 'Fait', tone: 'done' },
      { label: 'Refusé', tone: 'danger' },
    ],
    icons: ['check', 'info', 'attention', 'stop', 'clock', 'draft', 'file', 'send', 'lock', 'seal'],
    sampleSteps: [
      { label: 'Préparer', state: 'done', date: '3 juillet 2023', href: '#etapes' },
      { label: 'Répondre aux questions', state: 'current', date: 'jusqu’au 21 juillet 2023', href: '#etapes' },
      { label: 'Ouvrir les plis', state: 'blocked', date: '27 juillet 2023', blocks: ['Il manque un second ouvreur.', { label: 'Déclarer l’absence de conflit d’intérêts', href: '#etapes' }] },
      { label: 'Attribuer', state: 'todo' },
    ],
    facts: [{ label: 'Acheteur', value: 'Préfecture du Bas-Rhin' }, { label: 'Montant maximal', value: '24 000,00 € HT', note: 'montant fictif' }],
    effects: ['Les plis sont déchiffrés et deviennent lisibles.', 'Le procès-verbal est dressé.'],
    letters: [
      { to: 'Passerelle Rhénane', label: 'Signée', tone: 'done', date: '5 juillet 2023', amount: '24 000,00 €' },
      { to: 'Lignes Claires', label: 'À signer', tone: 'attention', date: '–', amount: '18 500,00 €' },
    ],
    events: [
      { date: '24 juillet 2023 à 17 h 02', label: 'Pli déposé', author: 'Aline Exemple', tone: 'done' },
      { date: '12 juillet 2023', label: 'Document complété', detail: 'Annexe 2.', tone: 'attention' },
      { date: '5 juillet 2023', label: 'Invitation envoyée' },
    ],
    map: sampleMap(),
  };
}

/** Grand Est, one department in each tone of the legend. */
function sampleMap() {
  const only = [...DEPARTMENTS.values()].filter((one) => one.regionCode === department('67').regionCode).map((one) => one.code);
  return mapOf(LEGEND.flatMap(({ label, tone }, index) => (only[index] ? [{ departmentCode: only[index], label, tone, href: '#tableau' }] : [])), { only });
}
