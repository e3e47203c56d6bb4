import { IsEmail, IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { Trimmed } from '../platform/web.js';

export class SignInForm {
  @Trimmed()
  @IsEmail({}, { message: 'Indiquez une adresse électronique complète, par exemple prenom.nom@bas-rhin.gouv.fr.' })
  email!: string;

  @IsString({ message: 'Indiquez votre mot de passe.' })
  @IsNotEmpty({ message: 'Indiquez votre mot de passe.' })
  @MaxLength(200, { message: 'Un mot de passe a 200 caractères au plus.' })
  password!: string;
}

export class AskLinkForm {
  @Trimmed()
  @IsEmail({}, { message: 'Indiquez l’adresse électronique à laquelle vous avez été invité, par exemple contact@association.example.' })
  email!: string;
}

export class DemoAccountForm {
  @Trimmed()
  @IsNotEmpty({ message: 'Choisissez un compte de démonstration.' })
  person!: string;
}
