import { IsIn, IsNotEmpty, MaxLength } from 'class-validator';
import { tooLong } from '../platform/typed.js';
import { Trimmed } from '../platform/web.js';
import { type Ground, GROUNDS } from './late-decision.js';

const LONG = 6000;
const WHY = { message: 'Écrivez les motifs de la décision : sans eux, elle ne tient pas.' };

export class EliminateForm {
  @Trimmed() @IsNotEmpty(WHY) @MaxLength(LONG, tooLong('Motifs', LONG)) reasons!: string;
}

export class AdmitForm {
  @Trimmed() @IsIn(Object.keys(GROUNDS), { message: 'Choisissez le cas dans lequel le pli est admis.' }) ground!: Ground;
  @Trimmed() @IsNotEmpty(WHY) @MaxLength(LONG, tooLong('Motifs', LONG)) reasons!: string;
  @Trimmed() @MaxLength(300, tooLong('Référence', 300)) reference: string = '';
}
