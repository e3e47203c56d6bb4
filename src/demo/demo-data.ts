import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AddresseeLine } from '../commissions/addressee-list.js';
import type { Letterhead, Gender, Role } from '../people/people.js';
import type { HourStyle } from '../platform/dates.js';

export interface DemoData {
  authority: { name: string; territory: string; chronoKey: string; hourStyle: HourStyle; letterhead: Letterhead };
  platform: { name: string };
  people: { key: string; email: string; givenName: string; familyName: string; gender: Gender; phone?: string; roles: Role[] }[];
  delegation: { quality: string; validFrom: string; validTo: string; reference: string };
  deadline: string;
  ceiling: string;
  addressees: AddresseeLine[];
  invented: (AddresseeLine & { key: string })[];
  specifications: { title: string; subtitle: string; version: string; sections: object[] };
}

/** The Bas-Rhin case: the letter of 13 July 2023 is real and published; deposits, amounts and the other persons are invented. */
export function demoData(): DemoData {
  return JSON.parse(readFileSync(join(process.cwd(), 'data/demo/bas-rhin.json'), 'utf8')) as DemoData;
}

/** When the demonstration begins: 13 July 2023, 09:00 in Paris. */
export const DEMO_START = '2023-07-13T07:00:00.000Z';
export const DEMO_PASSWORD = 'demonstration';
