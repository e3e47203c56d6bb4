import { IsIn, IsNotEmpty, MaxLength } from 'class-validator';
import { linesOf, tooLong } from '../platform/typed.js';
import { cleanText, Trimmed } from '../platform/web.js';
import { Invalid } from '../platform/errors.js';
import { isRequestKind, type RequestKind } from './bid-request.js';

export interface RequestForm {
  kind: RequestKind;
  reason: string;
  /** On the clocks of the buyer, `YYYY-MM-DDTHH:MM`. */
  deadline: string;
  /** What is asked of each bid that was ticked. */
  asked: { bidId: string; items: string[] }[];
  typed: Record<string, unknown>;
}

/** `kind`, `reason`, `deadline`, `bids`, and `items-<bid>` for each: bids are data, so this form is read by hand. */
export function requestOf(body: unknown): RequestForm {
  const fields = Object(body) as Record<string, unknown>;
  const text = (field: string, max: number) => (typeof fields[field] === 'string' ? cleanText(fields[field]).slice(0, max) : '');
  const kind = text('kind', 40);
  const typed = { ...fields };
  const faults = [
    ...(isRequestKind(kind) ? [] : [{ field: 'kind', message: 'Choisissez la nature de la demande.' }]),
    ...(text('reason', 4000).length >= 10 ? [] : [{ field: 'reason', message: 'Écrivez le motif de la demande, en une phrase : la lettre le reprend.' }]),
    ...(text('deadline', 20) ? [] : [{ field: 'deadline', message: 'Indiquez la date limite de réponse.' }]),
  ];
  const bids = [fields.bids ?? []].flat().filter((one): one is string => typeof one === 'string' && one !== '').slice(0, 2000);
  const asked = [...new Set(bids)].map((bidId) => ({ bidId, items: linesOf(text(`items-${bidId}`, 6000)).map((line) => line.replace(/^[-–•]\s*/, '')) }));
  for (const { bidId, items } of asked) if (items.length === 0) faults.push({ field: `items-${bidId}`, message: 'Écrivez ce que vous demandez à ce candidat, un point par ligne.' });
  if (faults.length > 0 || !isRequestKind(kind)) throw new Invalid(faults, typed);
  return { kind, reason: text('reason', 4000), deadline: text('deadline', 20), asked, typed };
}

export class RequestDecisionForm {
  @Trimmed() @IsIn(['accepted', 'refused'], { message: 'Choisissez : réponse admise, ou refusée.' }) outcome!: 'accepted' | 'refused';
  @Trimmed() @IsNotEmpty({ message: 'Écrivez le motif de la décision : il reste au dossier.' }) @MaxLength(4000, tooLong('Motif', 4000)) reason!: string;
  /** Of a regularised offer: it must be the one that was filed. */
  @Trimmed() @MaxLength(40, tooLong('Prix', 40)) price: string = '';
}
