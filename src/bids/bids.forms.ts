import { IsIn, IsString, Matches } from 'class-validator';
import { Many } from '../platform/typed.js';
import { Trimmed } from '../platform/web.js';

export class DepositForm {
  @Trimmed() @Matches(/^[\w-]{16,64}$/, { message: 'Rechargez la page de dépôt, puis recommencez : rien n’a été perdu.' }) idempotencyKey!: string;
  /** Bids of a colleague, or of another establishment, that the person agrees to replace. */
  @Many() @IsString({ each: true, message: 'Rechargez la page de dépôt, puis recommencez.' }) replaces: string[] = [];
}

export class ConfirmForm {
  @IsIn(['oui'], { message: 'Cochez la déclaration d’absence de conflit d’intérêts pour confirmer votre présence.' })
  declaration!: string;
}
