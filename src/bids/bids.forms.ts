import { IsIn, IsInt, IsNotEmpty, Matches, MaxLength } from 'class-validator';
import { Transform } from 'class-transformer';
import { Trimmed } from '../platform/web.js';

export class NewFileForm {
  @Trimmed() @IsNotEmpty({ message: 'Le fichier n’a pas de nom.' }) @MaxLength(1000, { message: 'Ce nom de fichier est trop long.' }) name!: string;
  @Transform(({ value }) => Number(value)) @IsInt({ message: 'La taille du fichier est inconnue.' }) size!: number;
  @Trimmed() @MaxLength(200) mediaType!: string;
}

export class DepositForm {
  @Trimmed() @Matches(/^[\w-]{16,64}$/, { message: 'Rechargez la page de dépôt, puis recommencez : rien n’a été perdu.' }) idempotencyKey!: string;
}

export class ConfirmForm {
  @IsIn(['oui'], { message: 'Cochez la déclaration d’absence de conflit d’intérêts pour confirmer votre présence.' })
  declaration!: string;
}
