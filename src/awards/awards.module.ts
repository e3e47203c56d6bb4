import { Module } from '@nestjs/common';
import { EvaluationsModule } from '../evaluations/evaluations.module.js';
import { LettersModule } from '../letters/letters.module.js';
import { PeopleModule } from '../people/people.module.js';
import { DecisionService } from './decision.service.js';
import { OwnLettersService } from './own-letters.service.js';
import { ProposalsService } from './proposals.service.js';

@Module({
  imports: [EvaluationsModule, LettersModule, PeopleModule],
  providers: [ProposalsService, DecisionService, OwnLettersService],
  exports: [ProposalsService, DecisionService, OwnLettersService],
})
export class AwardsModule {}
