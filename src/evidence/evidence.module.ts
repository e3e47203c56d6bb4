import { Module } from '@nestjs/common';
import { ConsultationsModule } from '../consultations/consultations.module.js';
import { LettersModule } from '../letters/letters.module.js';
import { AttestationsService } from './attestations.service.js';
import { DossierService } from './dossier.service.js';
import { EvidenceApi } from './evidence.api.js';
import { EvidencePages } from './evidence.pages.js';
import { EvidenceService } from './evidence.service.js';
import { IncidentsService } from './incidents.service.js';
import { ObservationService } from './observation.service.js';

/** Proof that the platform worked, and what is done when it did not. */
@Module({ imports: [ConsultationsModule, LettersModule], controllers: [EvidencePages, EvidenceApi], providers: [ObservationService, IncidentsService, AttestationsService, EvidenceService, DossierService] })
export class EvidenceModule {}
