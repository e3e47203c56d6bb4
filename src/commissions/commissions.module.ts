import { Module } from '@nestjs/common';
import { ConsultationsModule } from '../consultations/consultations.module.js';
import { LettersModule } from '../letters/letters.module.js';
import { PeopleModule } from '../people/people.module.js';
import { CommissionsApi } from './commissions.api.js';
import { CommissionsPages } from './commissions.pages.js';
import { CommissionEndingService } from './ending.service.js';
import { CommissionsService } from './commissions.service.js';
import { CommissionDocumentsPages } from './documents.pages.js';
import { CommissionDocumentsService } from './documents.service.js';
import { DiagnosticsApi, DiagnosticsPages } from './diagnostics.pages.js';
import { DiagnosticsService } from './diagnostics.service.js';
import { CommissionLettersPages } from './letters.pages.js';
import { SendingService } from './sending.service.js';
import { SignatureService } from './signature.service.js';

@Module({
  imports: [ConsultationsModule, LettersModule, PeopleModule],
  controllers: [CommissionsPages, CommissionLettersPages, CommissionDocumentsPages, CommissionsApi, DiagnosticsPages, DiagnosticsApi],
  providers: [CommissionsService, SignatureService, SendingService, DiagnosticsService, CommissionEndingService, CommissionDocumentsService],
  exports: [CommissionsService, SignatureService, SendingService, DiagnosticsService],
})
export class CommissionsModule {}
