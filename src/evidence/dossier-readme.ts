import { inFrench, zoneInFrench } from '../platform/dates.js';
import { type DossierConsultation, NAMES } from './dossier.js';
import type { Stage } from './attestation.js';

/** The first file that a reader opens. */
export function readmeOf(call: DossierConsultation, stage: Stage, drawnUpAt: Date, fingerprint: string): string {
  const opened = stage === 'opened';
  return `DOSSIER DE PREUVE

Consultation : ${call.title}
Référence    : ${call.reference}
Acheteur     : ${call.buyer}
Établi le    : ${inFrench(drawnUpAt, call.timeZone)}, ${zoneInFrench(call.timeZone)}
Étendue      : ${opened ? 'complète, les plis sont ouverts' : 'avant l’ouverture des plis ; rien n’y dit s’il existe un dépôt'}

VÉRIFIER, SANS LE CONCOURS DE L’ADMINISTRATION

  npm run souspli -- verify evidence.zip --key cle-publique.pem

La clé doit venir de la page /cle-publique de la plateforme, ou d’un courrier, et non du
présent dossier, qui en contient une copie pour mémoire. Son empreinte (SHA-256) :
  ${fingerprint}
La vérification se fait hors ligne. Elle rejoue chaque règle et dit chaque écart.

CE QUE CONTIENT LE DOSSIER

  ${NAMES.manifest}              liste des fichiers et de leurs empreintes, signée (Ed25519)
  ${NAMES.consultation}          la consultation, son quorum, son délai d’ouverture
  ${NAMES.deadlines}         la suite des dates limites, avec leurs motifs
  ${NAMES.letters}               les lettres et les avis : empreintes des textes signés et des PDF
  ${NAMES.signs}        un signe de vie de la plateforme toutes les 30 secondes
  ${NAMES.minutes}              une mesure par minute : dépôt d’essai, horloges
  ${NAMES.incidents}, ${NAMES.problems}
  attestations/               attestations de fonctionnement : le PDF, et le JSON signé qui le prouve
${
  opened
    ? `  ${NAMES.journal}               le journal de la consultation, ligne par ligne, chaîné par SHA-256
  ${NAMES.bids}                   tous les dépôts, même hors délai, remplacés ou retirés
  ${NAMES.deliveries}                les enveloppes remises sur support physique, copies de sauvegarde comprises
  enveloppes/                 ce qui était visible de chaque pli scellé : tailles et empreintes du chiffré
  accuses/                    les accusés de réception signés. Ceux des plis non ouverts taisent les noms
                              de fichiers et donnent l’empreinte de l’original, que son auteur détient
  ${NAMES.opening}              ouvreurs désignés, confirmations, quorum
  ${NAMES.openingMinutes}, ${NAMES.register}
  ${NAMES.uploads}                les envois de fichiers, leurs échecs et leurs raisons, sans nom ni taille
  ${NAMES.failures}      réponses en erreur, par minute`
    : `  ${NAMES.told}  ce que le journal dit sans rien révéler : ni numéro de ligne, ni empreinte,
                              dont chacun changerait avec un dépôt`
}

CE QU’IL NE CONTIENT PAS

Aucun contenu de pli, aucun nom de personne dans le journal : les personnes y sont des empreintes salées.
Les instants sont en temps universel (UTC), à la milliseconde.
`;
}
