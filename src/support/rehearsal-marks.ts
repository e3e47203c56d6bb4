import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFrench } from '../platform/dates.js';
import type { Templates } from '../platform/templates.js';

export const REHEARSAL_NOTICE = 'Répétition : rien de ce qui se passe ici n’est réel';

export interface Milestone {
  at: string;
  label: string;
}

/** What a rehearsal is made of, beside its data. */
export interface RehearsalMark {
  title: string;
  reference: string;
  milestones: Milestone[];
  /** Where it starts for its agents. */
  start: string;
}

const fileOf = (dataDir: string) => join(dataDir, 'rehearsal.json');

export const isRehearsal = (dataDir: string) => existsSync(fileOf(dataDir));

export function readMark(dataDir: string): RehearsalMark {
  return JSON.parse(readFileSync(fileOf(dataDir), 'utf8')) as RehearsalMark;
}

export function writeMark(dataDir: string, mark: RehearsalMark) {
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(fileOf(dataDir), JSON.stringify(mark, null, 1));
}

const MINUTE_MS = 60_000;

/** Where its clock may jump: those of the story would be other people's dates. */
export function milestonesOf(now: Date, deadline: Date, opensAt: Date, timeZone: string): Milestone[] {
  const at = (from: Date, ms: number) => new Date(from.getTime() + ms);
  return [
    { at: at(deadline, -24 * 60 * MINUTE_MS), words: 'la veille de la date limite' },
    { at: at(deadline, -60 * MINUTE_MS), words: 'une heure avant la limite' },
    { at: at(deadline, -10_000), words: 'dix secondes avant la limite' },
    { at: at(deadline, MINUTE_MS), words: 'une minute après la limite' },
    { at: at(opensAt, MINUTE_MS), words: 'l’ouverture des plis est permise' },
  ]
    .filter((one) => one.at > now)
    .map((one) => ({ at: one.at.toISOString(), label: `${inFrench(one.at, timeZone)} : ${one.words}` }));
}

type Data = Record<string, unknown> & { frame?: { footer?: string[]; notice?: string }; groups?: { people: object[] }[] | null };

/** Every page, mail and letter of the instance leaves by here: none without the notice, and none with the story of the demonstration. */
export function watermark(templates: Templates, mark: RehearsalMark) {
  const render = templates.render.bind(templates);
  templates.render = (name: string, data: object) => {
    const given = data as Data;
    if (name.startsWith('letters/')) return render(name, { ...given, frame: marked(given.frame) });
    const all = { ...given, notice: REHEARSAL_NOTICE };
    if (name === 'pages/demo/clock') return render('pages/support/rehearsal', { ...all, rehearsal: mark });
    if (name === 'pages/people/sign-in') return render(name, { ...all, groups: given.groups?.map((group) => ({ ...group, people: group.people.map((one) => ({ ...one, whatNow: undefined })) })) });
    return render(name, all);
  };
}

function marked(frame: Data['frame']) {
  const others = (frame?.footer ?? []).filter((line) => !line.startsWith('Démonstration'));
  // In the head where the document has one, always at the foot: a page found alone still says it.
  return { ...frame, footer: [REHEARSAL_NOTICE, ...others], ...(frame?.notice ? { notice: REHEARSAL_NOTICE } : {}) };
}
