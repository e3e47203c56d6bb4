import { Transform } from 'class-transformer';
import { IsEmail, IsNotEmpty, Length, Matches, MaxLength, ValidateIf } from 'class-validator';
import { tooLong } from '../platform/typed.js';
import { Trimmed } from '../platform/web.js';

export const MOST_TEXT = 3000;

const AT_MOST = 2 ** 40;

/** A whole number of bytes, from a field or from JSON; anything else is nothing. */
const Bytes = () =>
  Transform(({ value }: { value: unknown }) => {
    const bytes = typeof value === 'string' && /^\d{1,13}$/.test(value) ? Number(value) : value;
    return typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0 && bytes <= AT_MOST ? bytes : null;
  });

/** A problem, as it was typed: on the page, or by the API. */
export class ProblemForm {
  @Trimmed() @IsNotEmpty({ message: 'Dites en quelques mots ce qui se passe.' }) @MaxLength(MOST_TEXT, tooLong('Ce qui se passe', MOST_TEXT)) text!: string;
  @Trimmed() @MaxLength(100, tooLong('Référence de la consultation', 100)) reference: string = '';

  @Trimmed()
  @ValidateIf((form: ProblemForm) => form.email !== '')
  @IsEmail({}, { message: 'Cette adresse électronique n’est pas complète : vérifiez-la, ou laissez le champ vide.' })
  @MaxLength(200, tooLong('Adresse électronique', 200))
  email: string = '';

  @Trimmed() @Matches(/^$|^[+(]?[\d][\d .()-]{5,24}$/, { message: 'Ce numéro de téléphone n’est pas complet : vérifiez-le, ou laissez le champ vide.' }) telephone: string = '';
  @Trimmed() page: string = '';
  @Bytes() @ValidateIf(() => false) @IsNotEmpty() lastUploadBytes: number | null = null;
  /** No person sees this field; a robot fills in every one. */
  @Trimmed() @Length(0, 0, { message: 'Laissez vide le champ « Site » : il sert à reconnaître les robots. Votre texte est intact, envoyez-le de nouveau.' }) website: string = '';
}
