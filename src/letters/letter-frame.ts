import { IsIn, IsOptional, ValidateIf } from 'class-validator';
import { DocumentFrame, Filled, lacks, Lines, LinesOrNone, Part } from './blanks.js';

// What surrounds every letter: who writes, to whom, about what, signed by whom.

export class Agent {
  @Filled('le nom de l’agent') name!: string;
  @Filled('le téléphone de l’agent') phone!: string;
  @Filled('le courriel de l’agent') email!: string;
}

export class Addressee {
  @IsIn(['single', 'in-fine'], lacks('le mode d’adressage (« single » ou « in-fine »)')) mode!: 'single' | 'in-fine';
  /** Name and address; none for « in-fine ». */
  @ValidateIf((addressee: Addressee) => addressee.mode === 'single') @Lines('le nom et l’adresse du destinataire') lines?: string[];
}

export class Signature {
  /** « Pour la Préfète et par délégation », « la Secrétaire Générale Adjointe ». */
  @Lines('la qualité du signataire (art. L. 212-1 du CRPA)') qualityLines!: string[];
  @Filled('le prénom et le nom du signataire (art. L. 212-1 du CRPA)') name!: string;
}

export class LetterFrame extends DocumentFrame {
  // The name and the address of the agent in charge are a right (art. L. 111-2 of the CRPA).
  @Part(() => Agent, 'l’agent chargé de l’affaire') caseOfficer!: Agent;
  @Filled('le lieu') place!: string;
  /** Null until signed: the letter then says « Projet ». */
  @ValidateIf((frame: LetterFrame) => frame.date !== null) @Filled('la date de signature') date!: string | null;
  @Lines('le titre de l’auteur') authorTitles!: string[];
  @Part(() => Addressee, 'le destinataire') addressee!: Addressee;
  @Filled('l’objet') subject!: string;
  @LinesOrNone('le nom d’une pièce jointe') attachments!: string[];
  @IsOptional() @Filled('la formule finale') closing?: string;
  /** A draft may leave it null; a dated letter may not. */
  @ValidateIf((frame: LetterFrame) => frame.date !== null || frame.signature !== null) @Part(() => Signature, 'la signature') signature!: Signature | null;
  @ValidateIf((frame: LetterFrame) => frame.addressee?.mode === 'in-fine') @Lines('la liste des destinataires in fine') inFine?: string[];
}
