import { Module } from '@nestjs/common';
import { EvaluationsModule } from '../evaluations/evaluations.module.js';
import { LettersModule } from '../letters/letters.module.js';
import { PeopleModule } from '../people/people.module.js';
import { AwardsApi } from './awards.api.js';
import { AwardsPages } from './awards.pages.js';
import { CertificateReminders } from './certificate-reminders.service.js';
import { DecisionService } from './decision.service.js';
import { ExhibitsService } from './exhibits.service.js';
import { AwardFollowUpService } from './follow-up.service.js';
import { OwnLettersApi, OwnLettersPages } from './own-letters.pages.js';
import { OwnLettersService } from './own-letters.service.js';
import { ProposalsService } from './proposals.service.js';

const services = [ProposalsService, DecisionService, OwnLettersService, AwardFollowUpService, ExhibitsService, CertificateReminders];

@Module({
  imports: [EvaluationsModule, LettersModule, PeopleModule],
  controllers: [AwardsPages, AwardsApi, OwnLettersPages, OwnLettersApi],
  providers: services,
  exports: services,
})
export class AwardsModule {}
