import { IsEmail, IsNotEmpty, MaxLength, ValidateBy, ValidateIf } from 'class-validator';
import { tooLong } from '../platform/typed.js';
import { Trimmed } from '../platform/web.js';
import { isRna, isSiret } from './registry-numbers.js';

const Checked = (name: string, isRight: (typed: string) => boolean, message: string) =>
  ValidateBy({ name, validator: { validate: (value: unknown) => typeof value === 'string' && (value === '' || isRight(value)) } }, { message });

export const IsSiretOrNothing = () => Checked('siret', isSiret, 'Ce SIRET n’est pas valable : quatorze chiffres, dont la clé ne correspond pas. Recopiez-le depuis l’avis de situation.');
export const IsRnaOrNothing = () => Checked('rna', isRna, 'Un numéro RNA s’écrit W suivi de neuf chiffres, par exemple W751234567. Les associations d’Alsace et de Moselle n’en ont pas : laissez vide.');

/** A company or association of the directory. Only its name is needed to be invited (domain.md 2.8). */
export class OrganisationForm {
  @Trimmed() @IsNotEmpty({ message: 'Donnez le nom de l’organisation.' }) @MaxLength(200, tooLong('Nom', 200)) name!: string;
  @Trimmed() @IsSiretOrNothing() siret: string = '';
  @Trimmed() @IsRnaOrNothing() rna: string = '';
  @Trimmed() @MaxLength(100, tooLong('Forme juridique', 100)) legalForm: string = '';
  @Trimmed() @ValidateIf((form: OrganisationForm) => form.email !== '') @IsEmail({}, { message: 'Écrivez une adresse électronique complète, par exemple contact@association.fr.' }) email: string = '';
  @Trimmed() @MaxLength(600, tooLong('Adresse', 600)) address: string = '';
}

/** What a person is in the organisation. */
export class MemberTitleForm {
  @Trimmed() @MaxLength(100, tooLong('Fonction', 100)) title: string = '';
}
