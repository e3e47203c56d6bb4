import { Module } from '@nestjs/common';
import { LettersModule } from '../letters/letters.module.js';
import { PeopleModule } from '../people/people.module.js';
import { AgreementsApi } from './agreements.api.js';
import { FrameworksPages } from './frameworks.pages.js';
import { FrameworksService } from './frameworks.service.js';
import { GreenLightsPages } from './green-lights.pages.js';
import { GreenLightsService } from './green-lights.service.js';
import { LotsPages } from './lots.pages.js';
import { LotsService } from './lots.service.js';

@Module({
  imports: [LettersModule, PeopleModule],
  controllers: [FrameworksPages, LotsPages, GreenLightsPages, AgreementsApi],
  providers: [FrameworksService, LotsService, GreenLightsService],
  exports: [FrameworksService, LotsService, GreenLightsService],
})
export class AgreementsModule {}
