import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CriterionRange } from '../agreements/framework-agreement.js';
import type { GreenLightScope } from '../agreements/green-light.js';
import type { DepartmentActor } from '../agreements/lot.js';
import type { StageId } from '../cockpit/stage.js';
import type { LetterKind } from '../letters/letter-data.js';
import type { Gender, Letterhead, Role } from '../people/people.js';
import type { HourStyle } from '../platform/dates.js';

export interface AgirData {
  notice: string;
  programme: { code: string; name: string; objective: string; audience: string; orientation: string; services: string[]; fundedItems: string[]; pathMaxMonths: number; supportMaxMonths: number };
  framework: { reference: string; title: string; buyerName: string; buyerSiret: string; procedure: string; legalBasis: string; cpv: string; ccag: string; renewals: string; criteria: CriterionRange[]; services: string[]; priceForms: string[]; callPublishedOn: string; startsOn: string; endsOn: string; signedOn: string; notifiedOn: string };
  next: { reference: string; title: string; callPublishedOn: null; startsOn: string; endsOn: string };
  greenLights: { scope: GreenLightScope; wave: number; givenOn: string; reference: string; issuer: string }[];
  authorities: { name: string; territory: string; chronoKey: string; place: string; hourStyle: HourStyle; letterhead: Letterhead }[];
  people: { key: string; email: string; givenName: string; familyName: string; gender: Gender; phone: string; territory: string; roles: Role[] }[];
  delegations: { person: string; territory: string; quality: string; kinds: LetterKind[]; reference: string }[];
  actors67: DepartmentActor[];
  lots: { number: number; name: string; region: string; maxEuros: number; minEuros: number; holders: { name: string; email: string; members?: string[]; departments: string[] }[] }[];
  departments: { code: string; wave: number; target: string; earliest: string; latest: string; wantedStart?: string; reached?: Partial<Record<StageId | 'green', string>>; operator?: string }[];
}

/** The AGIR framework: lots, departments and operators are public; waves, dates, references and amounts are invented. */
export function agirData(): AgirData {
  return JSON.parse(readFileSync(join(process.cwd(), 'data/demo/agir.json'), 'utf8')) as AgirData;
}
