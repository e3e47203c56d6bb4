import { createHash, randomBytes } from 'node:crypto';
import type { ReceiptBody } from '../../src/sealing/receipt.js';

const hex = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
export const offer = randomBytes(250_000);
export const price = Buffer.from('12 345 €');
const parted = (bytes: Buffer, ...cuts: number[]) =>
  [...cuts, bytes.length].map((end, i) => bytes.subarray(cuts[i - 1] ?? 0, end)).map((part) => ({ size: part.length, sha256: hex(part) }));

export const body: ReceiptBody = {
  format: 'souspli/receipt/v1',
  kind: 'deposit',
  receiptId: 'r-1',
  bidId: 'b-1',
  consultation: { id: 'c-1', reference: 'PE67-2023-04', title: 'Reliure', object: 'Fourniture de reliures' },
  buyer: 'Préfecture du Bas-Rhin',
  operator: { name: 'Atelier du Ried', scheme: 'SIRET', id: '00000000000000' },
  depositedBy: 'Léa Muller',
  receivedAt: '2023-07-26T21:58:59.999Z',
  timeZone: 'Europe/Paris',
  receivedAtLocal: '26 juillet 2023 à 23 h 58 min 59,999 s',
  status: 'in-time',
  deadline: { instant: '2023-07-26T21:59:00.000Z', local: '2023-07-26T23:59', timeZone: 'Europe/Paris', version: 1 },
  files: [
    { name: 'Mémoire.pdf', size: offer.length, mediaType: 'application/pdf', sha256: null, parts: parted(offer, 100_000, 100_000, 200_000) },
    { name: 'prix.txt', size: price.length, mediaType: 'text/plain', sha256: hex(price), parts: parted(price) },
    { name: 'vide.txt', size: 0, mediaType: 'text/plain', sha256: hex(Buffer.of()), parts: [] },
  ],
  sealHash: 'a'.repeat(64),
  journalCheckpoint: 'b'.repeat(64),
  replaces: false,
};
