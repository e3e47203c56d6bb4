import { preciseFrench } from '../platform/dates.js';
import type { DeliveryRecord } from '../sealing/receipt.js';
import { type Carrier, CARRIERS, MEDIA, type Medium } from './delivery.js';

/** « papier », « par la poste » : a record written by another version keeps its own words. */
export const mediumInFrench = (medium: string) => MEDIA[medium as Medium] ?? medium;
export const carrierInFrench = (carrier: string) => CARRIERS[carrier as Carrier] ?? carrier;

/** What the receipt of an envelope prints. */
export function deliveryFacts(record: DeliveryRecord, timeZone: string) {
  return {
    medium: mediumInFrench(record.medium),
    carrier: carrierInFrench(record.carrier),
    broughtBy: record.broughtBy,
    remark: record.remark || undefined,
    justification: record.justification || undefined,
    recordedAt: preciseFrench(new Date(record.recordedAt), timeZone),
    recordedBy: record.recordedBy,
  };
}
