import { IsIn, IsNotEmpty, Matches, MaxLength } from 'class-validator';
import { tooLong } from '../platform/typed.js';
import { Trimmed } from '../platform/web.js';
import { type Carrier, CARRIERS, COPY_CASES, type CopyCase, DELIVERY_KINDS, type DeliveryKind, MEDIA, type Medium } from './delivery.js';

const LONG = 2000;

export class DeliveryForm {
  @Trimmed() @IsIn(Object.keys(DELIVERY_KINDS), { message: 'Dites si c’est un pli ou une copie de sauvegarde.' }) kind!: DeliveryKind;
  @Trimmed() @IsNotEmpty({ message: 'Choisissez l’organisation qui remet l’enveloppe.' }) @MaxLength(64) organisationId!: string;
  @Trimmed() @IsIn(Object.keys(MEDIA), { message: 'Dites sur quel support.' }) medium!: Medium;
  @Trimmed() @IsIn(Object.keys(CARRIERS), { message: 'Dites comment l’enveloppe est arrivée.' }) carrier!: Carrier;
  @Trimmed() @IsNotEmpty({ message: 'Donnez le nom de la personne, ou du transporteur, qui l’a apportée.' }) @MaxLength(200, tooLong('Apportée par', 200)) broughtBy!: string;
  /** On the clocks of the buyer, to the second when it is known. */
  @Trimmed() @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:[0-5]\d)?$/, { message: 'Indiquez la date et l’heure de réception, par exemple 26/07/2023 à 16:30.' }) receivedOn!: string;
  @Trimmed() @MaxLength(LONG, tooLong('État de l’enveloppe', LONG)) remark: string = '';
  @Trimmed() @MaxLength(LONG, tooLong('Justification', LONG)) justification: string = '';
  @Trimmed() @Matches(/^[\w-]{16,64}$/, { message: 'Rechargez la page, puis recommencez : rien n’a été enregistré.' }) idempotencyKey!: string;
}

export class OpenCopyForm {
  @Trimmed() @IsIn(Object.keys(COPY_CASES), { message: 'Choisissez le cas prévu par les textes.' }) copyCase!: CopyCase;
  @Trimmed() @IsNotEmpty({ message: 'Écrivez les motifs de la décision : sans eux, elle ne tient pas.' }) @MaxLength(6000, tooLong('Motifs', 6000)) reasons!: string;
  @Trimmed() @MaxLength(LONG, tooLong('Trace', LONG)) trace: string = '';
}

export class EndScanForm {
  @Trimmed() @MaxLength(LONG, tooLong('Note', LONG)) note: string = '';
  /** « oui » : malware was found in the copy, which is set aside. */
  @Trimmed() malware: string = '';
}
