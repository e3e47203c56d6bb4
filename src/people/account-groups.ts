import type { Role } from './people.js';

const GROUPS: { title: string; roles: Role[] }[] = [
  { title: 'À la préfecture', roles: ['dept-officer', 'dept-signatory', 'opener'] },
  { title: 'Organisations candidates, inventées', roles: ['bidder'] },
  { title: 'À la région et au ministère', roles: ['regional-buyer', 'regional-signatory', 'ministry'] },
  { title: 'À l’exploitation', roles: ['sysadmin'] },
];

/** One-click accounts as people look for them; groups that nobody is in are left out. */
export function inGroups<T extends { role: Role }>(accounts: readonly T[]) {
  return GROUPS.map(({ title, roles }) => ({ title, people: accounts.filter((one) => roles.includes(one.role)) })).filter((group) => group.people.length > 0);
}
