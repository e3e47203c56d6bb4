import { scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

/**
 * `scrypt$N$salt$key`, parameters kept so that the cost can rise later.
 * @param salt from `Random.token()`
 */
export async function hashPassword(password: string, salt: string): Promise<string> {
  const key = await derive(password, Buffer.from(salt, 'base64url'), 32, COST);
  return `scrypt$${COST.N}$${salt}$${key.toString('base64url')}`;
}

/** Takes the same time whether the account exists or not: without a hash it computes one and refuses. */
export async function passwordMatches(password: string, stored: string | null): Promise<boolean> {
  const [, cost = String(COST.N), salt = '', expected = ''] = (stored ?? '').split('$');
  const key = await derive(password, Buffer.from(salt, 'base64url'), 32, { ...COST, N: Number(cost) });
  const known = Buffer.from(expected, 'base64url');
  return known.length === key.length && timingSafeEqual(known, key);
}
