// Every way in which a receipt, its key or its files may be wrong: the command line and the page without a network are
// both tried on this one table.
import { randomBytes } from 'node:crypto';
import type { Keyring } from '../../src/sealing/keyring.js';
import { type Receipt, signReceipt } from '../../src/sealing/receipt.js';
import { body, offer, price } from './receipt-case.js';

export interface ReceiptCase {
  title: string;
  /** Content of recu.json. */
  text: string;
  files: [name: string, bytes: Buffer][];
  /** Given as the platform's key, unless it is left out on purpose. */
  key: string | undefined;
  ok: boolean;
  /** All of this is said. */
  says: RegExp[];
}

const flipped = (bytes: Buffer, at: number) => {
  const copy = Buffer.from(bytes);
  copy[at] ^= 1;
  return copy;
};

export function receiptCases(ring: Keyring, other: Keyring): ReceiptCase[] {
  const genuine = signReceipt(ring, body);
  const all: ReceiptCase['files'] = [['Mémoire.pdf', offer], ['prix.txt', price], ['vide.txt', Buffer.alloc(0)]];
  const [memo, prix, vide] = all;
  const base = { text: JSON.stringify(genuine), files: all, key: ring.publicKeyPem, ok: true, says: [/CONFORME/] };
  const no = (...says: RegExp[]) => ({ ...base, ok: false, says: [/REFUSÉ/, ...says] });
  const altered = (change: (receipt: Receipt) => void) => {
    const copy = JSON.parse(base.text) as Receipt;
    change(copy);
    return JSON.stringify(copy);
  };
  return [
    { ...base, title: 'tout est juste', says: [/CONFORME.*clé de la plateforme.*les 3 fichiers/, /Atelier du Ried \(SIRET 00000000000000\)/, /26 juillet 2023 à 23 h 58/, /PE67-2023-04/, /avant le 26\/07\/2023 à 23:59, heure légale de Europe\/Paris/] },
    { ...base, title: 'l’empreinte imprimée remplace la clé', key: (ring.publicKeyFingerprint.match(/.{4}/g) ?? []).join(' ').toUpperCase(), says: [/CONFORME.*clé de la plateforme/] },
    { ...base, title: 'sans clé de confiance', key: undefined, says: [/CONFORME SOUS RÉSERVE.*clé non comparée/, /n’a pas été comparée à celle que la plateforme publie/] },
    { ...base, title: 'accusé seul', files: [], says: [/CONFORME.*aucun fichier n’a été comparé/] },
    { ...base, title: 'mis en page autrement, le JSON dit la même chose', text: `\n${JSON.stringify(Object.fromEntries(Object.entries(genuine).toReversed()), null, 4)}\n` },
    { ...base, title: 'noms décomposés par macOS', files: [['Me\u0301moire.pdf', offer], prix, vide] },
    { ...base, title: 'copie renommée', files: [['memoire (1).pdf', offer], prix, vide], says: [/CONFORME/, /memoire \(1\)\.pdf » a exactement le contenu déposé sous le nom « Mémoire\.pdf »/] },
    { ...base, title: 'retrait', text: JSON.stringify(signReceipt(ring, { ...body, kind: 'withdrawal', files: [] })), files: [], says: [/CONFORME/, /accusé de retrait/, /Retiré le/] },
    { ...base, title: 'sans empreinte d’ensemble, les parties prouvent', text: JSON.stringify(signReceipt(ring, { ...body, files: body.files.map((file) => ({ ...file, sha256: file.parts.length > 0 ? null : file.sha256 })) })) },
    { ...no(/Mémoire\.pdf » n’a pas le contenu déposé \(partie 1\)/, /un fichier n’est pas celui/), title: 'un bit changé dans la première partie', files: [['Mémoire.pdf', flipped(offer, 99_999)], prix, vide] },
    { ...no(/n’a pas le contenu déposé \(partie 4\)/), title: 'un bit changé dans la dernière partie', files: [['Mémoire.pdf', flipped(offer, 249_999)], prix, vide] },
    { ...no(/prix\.txt » n’a pas le contenu déposé/), title: 'un prix changé', files: [memo, ['prix.txt', flipped(price, 0)], vide] },
    { ...no(/compte 249999 octets au lieu de 250000/), title: 'fichier coupé', files: [['Mémoire.pdf', offer.subarray(0, -1)], prix, vide] },
    { ...no(/compte 250001 octets au lieu de 250000/), title: 'un octet ajouté', files: [['Mémoire.pdf', Buffer.concat([offer, Buffer.of(0)])], prix, vide] },
    { ...no(/annexe\.pdf » ne figure pas dans l’accusé/), title: 'fichier en trop', files: [...all, ['annexe.pdf', randomBytes(4000)]] },
    { ...no(/« prix\.txt » figure dans l’accusé et n’a pas été donné/, /« vide\.txt »/, /2 fichiers de l’accusé/), title: 'fichiers manquants', files: [memo] },
    { ...no(/a été modifié après son émission/), title: 'accusé modifié : l’heure', text: altered((receipt) => (receipt.receivedAt = '2023-07-26T21:58:58.999Z')) },
    { ...no(/a été modifié après son émission/), title: 'accusé modifié : une empreinte', text: altered((receipt) => (receipt.files[1].sha256 = 'c'.repeat(64))) },
    { ...no(/a été modifié après son émission/), title: 'accusé modifié : un champ ajouté', text: altered((receipt) => Object.assign(receipt, { note: 'ajout' })) },
    { ...no(/signé par une autre clé que celle de la plateforme/), title: 'autre clé', text: JSON.stringify(signReceipt(other, body)) },
    { ...no(/a été modifié après son émission/), title: 'clé échangée dans l’accusé', text: altered((receipt) => (receipt.signature.publicKey = other.publicKeyPem)), key: undefined },
    { ...no(/signature.*absente ou incomplète/), title: 'signature retirée', text: altered((receipt) => delete (receipt as Partial<Receipt>).signature) },
    { ...no(/illisible/), title: 'signature illisible', text: altered((receipt) => (receipt.signature.value = `${receipt.signature.value.slice(0, -2)}*=`)) },
    { ...no(/contredit les instants écrits/), title: 'verdict contraire aux instants, même bien signé', text: JSON.stringify(signReceipt(ring, { ...body, receivedAt: body.deadline.instant })) },
    { ...no(/forme attendue/), title: 'bien signé, mais sans liste de fichiers', text: JSON.stringify(signReceipt(ring, { ...body, files: 'aucun' as never })) },
    { ...no(/clé à laquelle vous vous fiez est illisible/), title: 'clé de confiance abîmée', key: ring.publicKeyPem.replace('MCow', 'MCox') },
    { ...no(/son contenu ne se lit pas/), title: 'accusé tronqué', text: base.text.slice(0, 300) },
    { ...no(/n’est pas un accusé de réception de Souspli/), title: 'un autre JSON', text: '{"a":1}' },
    { ...no(/Ce fichier est un PDF/), title: 'le PDF au lieu du JSON', text: '%PDF-1.4\nAccusé' },
  ];
}
