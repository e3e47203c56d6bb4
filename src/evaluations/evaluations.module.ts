import { Module } from '@nestjs/common';
import { BidsModule } from '../bids/bids.module.js';
import { LettersModule } from '../letters/letters.module.js';
import { PeopleModule } from '../people/people.module.js';
import { AnalysisService } from './analysis.service.js';
import { EvaluationsApi } from './evaluations.api.js';
import { EvaluationsPages } from './evaluations.pages.js';
import { EvaluationsService } from './evaluations.service.js';
import { PresentationService } from './presentation.service.js';
import { OwnRequestsApi, OwnRequestsPages } from './own-requests.pages.js';
import { OwnRequestsService } from './own-requests.service.js';
import { RequestSigningService } from './request-signing.service.js';
import { BidRequestsApi } from './requests.api.js';
import { BidRequestsPages } from './requests.pages.js';
import { BidRequestsService } from './requests.service.js';
import { SchedulesApi, SchedulesPages } from './schedules.pages.js';
import { SchedulesService } from './schedules.service.js';
import { ScoringService } from './scoring.service.js';
import { SimulationApi, SimulationPages } from './simulation.pages.js';

@Module({
  imports: [BidsModule, LettersModule, PeopleModule],
  // Before the pages of one offer: « demandes » is no offer's id.
  controllers: [BidRequestsPages, BidRequestsApi, OwnRequestsPages, OwnRequestsApi, SchedulesPages, SchedulesApi, SimulationPages, SimulationApi, EvaluationsPages, EvaluationsApi],
  providers: [EvaluationsService, ScoringService, AnalysisService, BidRequestsService, RequestSigningService, OwnRequestsService, SchedulesService, PresentationService],
  exports: [EvaluationsService, AnalysisService, PresentationService, BidRequestsService, RequestSigningService, OwnRequestsService],
})
export class EvaluationsModule {}
