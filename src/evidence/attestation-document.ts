import { recordFrame } from '../bids/bid-documents.js';
import type { Config } from '../config.js';
import type { AttestationData } from '../letters/letter-data.js';
import type { Authority } from '../people/people.js';
import { canonical } from '../platform/canonical.js';
import { inFrench, preciseFrench, zoneInFrench } from '../platform/dates.js';
import { sha256 } from '../platform/random.js';
import { conclusionOf, findingsOf, hiddenIn, stripOf } from './attestation-words.js';
import type { Facts } from './facts.js';

export const factsHash = (facts: Facts) => sha256(canonical(facts));

/** The facts put on paper. They are signed beside it, with the paper's own hash: each proves the other. */
export function attestationDocument(facts: Facts, authority: Authority, config: Config, keyFingerprint: string): AttestationData {
  const { consultation, period, deadlines } = facts;
  const { timeZone } = consultation;
  const strip = stripOf(facts);
  return {
    frame: recordFrame(authority, config),
    number: String(facts.number),
    buyer: consultation.buyer,
    consultation: { reference: consultation.reference, title: consultation.title, object: consultation.object },
    zone: `${timeZone} (${zoneInFrench(timeZone)})`,
    drawnUpAt: preciseFrench(new Date(facts.drawnUpAt), timeZone),
    from: preciseFrench(new Date(period.from), timeZone),
    to: `${preciseFrench(new Date(period.to), timeZone)}${period.closed ? ', date limite' : ', instant de l’établissement : la date limite n’est pas passée'}`,
    deadlines: deadlines.map((one) => `${one.number}. avant le ${inFrench(new Date(one.deadline), timeZone)}, fixée le ${preciseFrench(new Date(one.setAt), timeZone)}. ${one.reason}`),
    conclusion: conclusionOf(facts),
    findings: findingsOf(facts),
    stripLabel: strip.label,
    strip: strip.cells,
    hidden: hiddenIn(facts),
    factsHash: factsHash(facts),
    keyFingerprint,
    ...(facts.revealed ? { checkpointHash: facts.revealed.journal.head } : {}),
  };
}
