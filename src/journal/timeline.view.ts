import { preciseFrench } from '../platform/dates.js';
import { DECISIONS } from './decisions.js';
import { FILES, type TimelineService } from './timeline.service.js';
import { sentenceOf } from './words.js';

/** Who deposits is in the register and the minutes, not repeated here: a bidder's person is no agent. */
const UNNAMED = /^(bid\.(deposit|confirm|withdraw)|draft\.|receipt\.|request\.answer|award\.(piece|ask-reasons))/;

export function showTimeline({ asked, title, timeZone, opened, chain, lines, next, names }: Awaited<ReturnType<TimelineService['read']>>) {
  const { kind, id, decisionsOnly = false, whole = false } = asked;
  const file = `/${FILES[kind].path}/${id}`;
  const path = `${file}/journal`;
  const hrefOf = (parts: Record<string, string | false | null>) => {
    const query = new URLSearchParams(Object.entries(parts).filter((one): one is [string, string] => typeof one[1] === 'string')).toString();
    return query ? `${path}?${query}` : path;
  };
  const shown = decisionsOnly && 'decisions';
  return {
    fileTitle: title,
    back: kind === 'consultation' ? `${file}/suivi` : file,
    backLabel: FILES[kind].label,
    opened,
    chain,
    decisionsOnly,
    events: lines.map((line) => ({
      date: preciseFrench(line.instant, timeZone),
      at: line.instant.toISOString(),
      act: line.act,
      label: sentenceOf(line),
      decision: DECISIONS.has(line.act),
      tone: DECISIONS.has(line.act) ? 'done' : undefined,
      author: UNNAMED.test(line.act) ? undefined : names.get(line.actor),
      detail: DECISIONS.has(line.act) && !decisionsOnly ? 'Décision.' : undefined,
    })),
    next,
    firstHref: asked.after ? hrefOf({ voir: shown }) : null,
    nextHref: next && hrefOf({ voir: shown, tout: whole && 'oui', apres: next }),
    allHref: hrefOf({}),
    decisionsHref: hrefOf({ voir: 'decisions' }),
    wholeHref: whole ? null : hrefOf({ voir: shown, tout: 'oui' }),
  };
}
