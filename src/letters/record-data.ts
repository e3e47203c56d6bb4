import { IsBoolean, IsOptional, ValidateIf } from 'class-validator';
import { DocumentFrame, Filled, lacks, Lines, LinesOrNone, Part, Parts, PartsOrNone } from './blanks.js';

// Documents of proof: receipts, register, minutes.

export class Operator {
  @Filled('le nom de l’opérateur') name!: string;
  @IsOptional() @Filled('l’identifiant de l’opérateur') identifier?: string;
}

export class ConsultationNames {
  @Filled('la référence de la consultation') reference!: string;
  @Filled('l’intitulé de la consultation') title!: string;
  @Filled('l’objet de la consultation') object!: string;
}

export class FilePart {
  @Filled('la taille d’une partie') size!: string;
  @Filled('l’empreinte d’une partie') sha256!: string;
}

/** The whole file’s hash is unknown when several processes saw its parts (decisions.md 16): the parts prove as much. */
export class FileLine {
  @Filled('le nom d’un fichier') name!: string;
  @Filled('la taille d’un fichier') size!: string;
  @IsOptional() @Filled('l’empreinte d’un fichier') sha256?: string | null;
  @ValidateIf((file: FileLine) => !file.sha256 || file.parts !== undefined)
  @Parts(() => FilePart, 'l’empreinte d’un fichier ou de ses parties')
  parts?: FilePart[];
}

export class Proof {
  @Filled('l’empreinte du pli scellé') sealHash!: string;
  @Filled('l’empreinte du journal') checkpointHash!: string;
  @Filled('la signature Ed25519') signature!: string;
  @Filled('l’empreinte de la clé publique') keyFingerprint!: string;
  /** Of the page that checks the receipt. */
  @Filled('l’adresse de la page de vérification') verifyUrl!: string;
}

/** Of a consultation’s documents of proof, all of them. */
class Evidence {
  @Part(() => DocumentFrame, 'le cadre du document') frame!: DocumentFrame;
  @Filled('l’acheteur') buyer!: string;
  @Part(() => ConsultationNames, 'la consultation') consultation!: ConsultationNames;
  @Filled('la date limite') deadline!: string;
  @Filled('la version de la date limite') deadlineVersion!: string;
  @Filled('le fuseau horaire') zone!: string;
}

/** The five mentions: operator, buyer, title and object, date and hour, list (arrêté of 22 March 2019, annex 8, art. 2 II). */
export class ReceiptData extends Evidence {
  @Part(() => Operator, 'l’opérateur') operator!: Operator;
  @Filled('la date et l’heure de réception') receivedAt!: string;
  @Filled('la date et l’heure de réception en temps universel') receivedAtUtc!: string;
  @IsBoolean(lacks('le statut : en temps utile ou hors délai')) late!: boolean;
  @Filled('l’identifiant du pli') bidId!: string;
  @IsOptional() @Filled('l’identifiant du pli remplacé') replaces?: string;
  @Parts(() => FileLine, 'la liste des documents') files!: FileLine[];
  @Part(() => Proof, 'les éléments de preuve') proof!: Proof;
}

/** Récépissé of an envelope handed over: the same mentions, but for the documents, which nobody has seen. */
export class DeliveryReceiptData extends Evidence {
  @Part(() => Operator, 'l’opérateur') operator!: Operator;
  @IsBoolean(lacks('la nature : pli ou copie de sauvegarde')) copy!: boolean;
  @Filled('la date et l’heure de réception') receivedAt!: string;
  @Filled('la date et l’heure de réception en temps universel') receivedAtUtc!: string;
  @IsBoolean(lacks('le statut : en temps utile ou hors délai')) late!: boolean;
  @Filled('le support') medium!: string;
  @Filled('le mode de remise') carrier!: string;
  @Filled('la personne qui a apporté l’enveloppe') broughtBy!: string;
  @IsOptional() @Filled('l’état de l’enveloppe') remark?: string;
  @IsOptional() @Filled('la justification de l’enregistrement tardif') justification?: string;
  @Filled('la date et l’heure d’enregistrement') recordedAt!: string;
  @Filled('l’agent qui enregistre') recordedBy!: string;
  @Filled('l’identifiant de l’enveloppe') bidId!: string;
  @Part(() => Proof, 'les éléments de preuve') proof!: Proof;
}

export class WithdrawalReceiptData extends Evidence {
  @Part(() => Operator, 'l’opérateur') operator!: Operator;
  @Filled('l’identifiant du pli') bidId!: string;
  @Filled('la date et l’heure du dépôt') receivedAt!: string;
  @Filled('la date et l’heure du retrait') withdrawnAt!: string;
  @Filled('la date et l’heure du retrait en temps universel') withdrawnAtUtc!: string;
  /** The bid that takes its place; none for a withdrawal. */
  @IsOptional() @Filled('l’identifiant du nouveau pli') replacedBy?: string;
  @Part(() => Proof, 'les éléments de preuve') proof!: Proof;
}

export class RegisterEntry {
  @Filled('la date et l’heure d’un dépôt') instant!: string;
  @Filled('l’opérateur d’un dépôt') operator!: string;
  /** « en temps utile », « hors délai », « remplacé », « retiré ». */
  @Filled('le statut d’un dépôt') status!: string;
  @Filled('l’empreinte d’un pli') sealHash!: string;
  /** What the signatory decided of a late bid. */
  @IsOptional() @Filled('la décision sur un pli') decision?: string;
}

export class RegisterData extends Evidence {
  @Filled('la date et l’heure d’établissement') drawnUpAt!: string;
  @PartsOrNone(() => RegisterEntry, 'les dépôts') entries!: RegisterEntry[];
  @Filled('l’empreinte du journal') checkpointHash!: string;
}

export class Opener {
  @Filled('le nom d’un ouvreur') name!: string;
  @Filled('la qualité d’un ouvreur') quality!: string;
  @Filled('la déclaration d’absence de conflit d’intérêts') declaration!: string;
  /** Whom the opener stands in for, and why. */
  @IsOptional() @Filled('le motif du remplacement') replaces?: string;
}

export class OpenedBid {
  @Filled('l’opérateur d’un pli') operator!: string;
  @Filled('l’identifiant d’un pli') bidId!: string;
  @Filled('la date et l’heure de réception d’un pli') receivedAt!: string;
  @Filled('le résultat du contrôle d’un pli') integrity!: string;
  /** None when the bid could not be read: the anomaly says so. */
  @PartsOrNone(() => FileLine, 'les fichiers d’un pli') files!: FileLine[];
}

/** Of a session held after the opening: its title, and the decisions that convened it. */
export class Supplement {
  @Filled('le titre de la séance complémentaire') title!: string;
  @Lines('les décisions qui convoquent la séance') decisions!: string[];
}

export class Signatory {
  @Filled('le nom d’un signataire') name!: string;
  @Filled('la qualité d’un signataire') quality!: string;
}

export class MinutesData extends Evidence {
  @IsOptional() @Part(() => Supplement, 'la séance complémentaire') supplement?: Supplement;
  @Filled('la date et l’heure d’ouverture') openedAt!: string;
  @Filled('la date et l’heure d’ouverture en temps universel') openedAtUtc!: string;
  @Filled('le quorum') quorum!: string;
  /** When and where it was convened; none when the openers opened without a planned session. */
  @IsOptional() @Filled('la convocation') convened?: string;
  /** Named and absent, replaced, recused: with the reasons. */
  @LinesOrNone('les changements de membres') changes: string[] = [];
  @LinesOrNone('les plis illisibles') unreadable: string[] = [];
  @LinesOrNone('les observations') observations: string[] = [];
  @Parts(() => Opener, 'les ouvreurs') openers!: Opener[];
  @PartsOrNone(() => RegisterEntry, 'les dépôts') entries!: RegisterEntry[];
  @PartsOrNone(() => OpenedBid, 'les plis ouverts') bids!: OpenedBid[];
  @Lines('le résultat des contrôles d’intégrité') integrity!: string[];
  @LinesOrNone('les anomalies') anomalies!: string[];
  @Filled('l’empreinte du journal') checkpointHash!: string;
  /** « Fait à Strasbourg, le 27 juillet 2023 ». */
  @Filled('le lieu et la date') done!: string;
  @Parts(() => Signatory, 'les signataires') signatures!: Signatory[];
}

/** One line of an attestation: what was looked at, and what was found. */
export class Finding {
  @Filled('le titre d’un constat') label!: string;
  @Filled('un constat') text!: string;
  /** Instants, numbers: what the sentence sums up. */
  @LinesOrNone('le détail d’un constat') items!: string[];
}

/** Ten minutes of the last hours before the deadline: letters of the strip, read aloud by the sentence beside it. */
export class StripCell {
  @Filled('l’état d’une tranche') state!: string;
}

export class AttestationData {
  @Part(() => DocumentFrame, 'le cadre du document') frame!: DocumentFrame;
  @Filled('le numéro de l’attestation') number!: string;
  @Filled('l’acheteur') buyer!: string;
  @Part(() => ConsultationNames, 'la consultation') consultation!: ConsultationNames;
  @Filled('le fuseau horaire') zone!: string;
  @Filled('la date d’établissement') drawnUpAt!: string;
  @Filled('le début de la période') from!: string;
  @Filled('la fin de la période') to!: string;
  @Lines('les dates limites') deadlines!: string[];
  @Filled('la conclusion') conclusion!: string;
  @Parts(() => Finding, 'les constats') findings!: Finding[];
  @Filled('le commentaire du bandeau') stripLabel!: string;
  @Parts(() => StripCell, 'le bandeau') strip!: StripCell[];
  @LinesOrNone('ce qui est tu') hidden!: string[];
  @Filled('l’empreinte des constats') factsHash!: string;
  @Filled('l’empreinte de la clé publique') keyFingerprint!: string;
  @IsOptional() @Filled('l’empreinte du journal') checkpointHash?: string;
}
