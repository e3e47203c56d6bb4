import { IsArray, IsIn, IsNotEmpty, MaxLength } from 'class-validator';
import { IsCalendarDay, Many, tooLong } from '../platform/typed.js';
import { Trimmed } from '../platform/web.js';

export class ExpectForm {
  @Trimmed() @IsNotEmpty({ message: 'Choisissez le département.' }) departmentCode!: string;
  @Trimmed() @IsNotEmpty({ message: 'Donnez un titre, par exemple « Diagnostic pré-opérationnel du Bas-Rhin ».' }) @MaxLength(300, tooLong('Titre', 300)) title!: string;
  @Trimmed() @IsCalendarDay('Indiquez la date attendue, ou laissez vide.', { optional: true }) expectedOn: string = '';
  /** The commission that ordered it, when it was placed here. */
  @Trimmed() @MaxLength(64) commissionId?: string = '';
}

export class SubmitDiagnosticForm {
  @Trimmed() @IsNotEmpty({ message: 'Nommez l’auteur de l’étude.' }) @MaxLength(300, tooLong('Auteur', 300)) authorName!: string;
  /** Holders of the lot that wrote it, alone or in a group. */
  @Many() @IsArray() authors: string[] = [];
  /** Other members of the author's group, one per line. */
  @Trimmed() @MaxLength(2000, tooLong('Membres du groupement', 2000)) authorMembers?: string = '';
}

export class ReviewForm {
  @Trimmed() @IsIn(['review', 'requestChanges', 'accept', 'reject', 'supersede'], { message: 'Choisissez une décision.' }) move!: 'review' | 'requestChanges' | 'accept' | 'reject' | 'supersede';
  @Trimmed() @MaxLength(4000, tooLong('Observations', 4000)) note: string = '';
}

export class ClearForm {
  @Trimmed() @IsNotEmpty({ message: 'Nommez la personne qui a relu.' }) @MaxLength(200, tooLong('Nom', 200)) privacyReviewer!: string;
  @Trimmed() smallCounts: string = '';
  @Trimmed() @MaxLength(2000, tooLong('Observations', 2000)) privacyNote: string = '';
}

export class PublishForm {
  @Trimmed() @IsCalendarDay('Indiquez le jour de la publication.') publishedOn!: string;
  @Trimmed() @MaxLength(500, tooLong('Adresse', 500)) publicAddress!: string;
}
