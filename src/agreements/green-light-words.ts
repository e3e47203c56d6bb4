import { department } from '../people/departments.js';
import type { GreenLight } from './green-light.js';
import type { Lot } from './lot.js';

/** « du lot 6, Grand Est », « de la vague 2023 », « de tout l’accord-cadre ». */
export function scopeInFrench(light: Pick<GreenLight, 'scope' | 'wave' | 'departmentCode'>, lot: Pick<Lot, 'number' | 'name'> | null): string {
  if (light.scope === 'lot' && lot) return `du lot ${lot.number}, ${lot.name}`;
  if (light.scope === 'wave') return `de la vague ${light.wave}`;
  if (light.scope === 'department' && light.departmentCode) return department(light.departmentCode).complement;
  return 'de tout l’accord-cadre';
}

/** The prefects whose regions it concerns. */
export function addresseeOf(light: GreenLight, lot: Lot | null): string {
  if (light.scope === 'lot' && lot) return `Madame ou Monsieur le préfet de la région ${lot.name}`;
  if (light.scope === 'department' && light.departmentCode) return `Madame ou Monsieur le préfet de la région ${department(light.departmentCode).regionName}`;
  return 'Mesdames et Messieurs les préfets de région';
}
