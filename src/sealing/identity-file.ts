import { Refused } from '../platform/errors.js';
import { recipientOf } from './age-keys.js';

/** An age identity file, comment included: `age -d` with the rescue key gives what `age -d -i` takes for the parts. */
export function identityFile(consultationId: string, identity: string) {
  if (!/^[\w-]+$/.test(consultationId)) throw new Error('Not the id of a consultation');
  return `# souspli consultation ${consultationId}\n${identity}\n`;
}

/**
 * @param plain what the wrapped key of this consultation gave
 * @throws Refused when it is another's: a wrapped key copied from another row would open its bids before their hour
 */
export function identityFor(key: { id: string; recipient: string }, plain: string): string {
  const identity = plain.split('\n')[1] ?? '';
  if (plain !== identityFile(key.id, identity) || recipientOf(identity) !== key.recipient) {
    throw new Refused('key-unavailable', 'La clé enregistrée n’est pas celle de cette consultation.');
  }
  return identity;
}
