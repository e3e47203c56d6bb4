import { isEmail } from 'class-validator';
import { Invalid } from '../platform/errors.js';

export interface AddresseeLine {
  name: string;
  email: string;
}

const MAX_ADDRESSEES = 500;
const MAX_NAME = 200;

/** « Croix-Rouge 67 » and « croix rouge 67 » are one organisation. */
export const sameName = (name: string) => name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, ' ').trim();

/**
 * Reads « Nom de l’organisation ; adresse électronique », one per line.
 * An organisation stands once, however its name is written; several may share one mailbox (the page warns).
 * @throws Invalid on `field`, naming every wrong line by its number; nothing is kept of a list with a fault
 */
export function readAddressees(typed: string, field: string, already: readonly AddresseeLine[] = []): AddresseeLine[] {
  const lines = typed.split('\n').map((line) => line.trim());
  const faults: string[] = [];
  const read: AddresseeLine[] = [];
  const names = new Map(already.map((line) => [sameName(line.name), 'déjà invitée']));
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    const place = `Ligne ${index + 1}`;
    const cut = line.lastIndexOf(';');
    const name = line.slice(0, Math.max(cut, 0)).trim();
    const email = line.slice(cut + 1).trim().toLowerCase();
    const known = names.get(sameName(name));
    if (cut < 1 || name === '') faults.push(`${place} : écrivez le nom, un point-virgule, puis l’adresse électronique.`);
    else if (name.length > MAX_NAME) faults.push(`${place} : le nom dépasse ${MAX_NAME} caractères.`);
    else if (!isEmail(email)) faults.push(`${place} : « ${email} » n’est pas une adresse électronique complète.`);
    else if (known) faults.push(`${place} : « ${name} » est ${known}. Une organisation n’est invitée qu’une fois ; elle donne elle-même accès à ses collègues.`);
    else read.push({ name, email });
    if (sameName(name)) names.set(sameName(name), known ?? `déjà à la ligne ${index + 1}`);
  }
  if (faults.length > 0) throw Invalid.field(field, faults.join(' '), { [field]: typed });
  if (read.length === 0) throw Invalid.field(field, 'Indiquez au moins un destinataire, par exemple : Fondation Notre Dame ; contact@fondation.example', { [field]: typed });
  if (read.length > MAX_ADDRESSEES) throw Invalid.field(field, `Une commande a ${MAX_ADDRESSEES} destinataires au plus.`, { [field]: typed });
  return read;
}
