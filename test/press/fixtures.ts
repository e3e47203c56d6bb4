import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { checkLetter, LETTER_KINDS, type LetterKind } from '../../src/letters/letter-data.js';
import { Templates } from '../../src/platform/templates.js';
import type { Sheet } from '../../src/press/printer.js';
import { invitationData } from './fixtures/invitation.js';
import { commissionLetterData, lateReceiptData, minutesData, receiptData, registerData, specificationsData, withdrawalReceiptData } from './fixtures/records.js';

const root = join(process.cwd(), 'templates');
const css = readFileSync(join(root, 'assets/letter.css'), 'utf8');
const templates = new Templates(root);

/** A document as the application makes it: checked, then given to its template. */
export function sheet(kind: LetterKind, data: object): Sheet {
  const { template, dataClass, label } = LETTER_KINDS[kind];
  const checked = checkLetter(Object.assign(new dataClass(), data));
  return { title: label, css, body: templates.render(template, checked) };
}

export const invitation = () => structuredClone(invitationData);
export const commissionLetter = () => structuredClone(commissionLetterData);
export const specifications = () => structuredClone(specificationsData);
export const receipt = () => structuredClone(receiptData);
export const lateReceipt = () => structuredClone(lateReceiptData);
export const withdrawalReceipt = () => structuredClone(withdrawalReceiptData);
export const register = () => structuredClone(registerData);
export const minutes = () => structuredClone(minutesData);
