import { Module } from '@nestjs/common';
import { BidsModule } from '../bids/bids.module.js';
import { LettersModule } from '../letters/letters.module.js';
import { AnalysisService } from './analysis.service.js';
import { EvaluationsApi } from './evaluations.api.js';
import { EvaluationsPages } from './evaluations.pages.js';
import { EvaluationsService } from './evaluations.service.js';
import { ScoringService } from './scoring.service.js';

@Module({
  imports: [BidsModule, LettersModule],
  controllers: [EvaluationsPages, EvaluationsApi],
  providers: [EvaluationsService, ScoringService, AnalysisService],
  exports: [EvaluationsService, AnalysisService],
})
export class EvaluationsModule {}
