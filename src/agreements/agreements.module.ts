import { Module } from '@nestjs/common';
import { LettersModule } from '../letters/letters.module.js';
import { PeopleModule } from '../people/people.module.js';
import { AgreementsApi } from './agreements.api.js';
import { FrameworksPages } from './frameworks.pages.js';
import { FrameworksService } from './frameworks.service.js';
import { HoldersApi, HoldersPages } from './holders.pages.js';
import { HoldersService } from './holders.service.js';
import { ProgrammesApi, ProgrammesPages } from './programmes.pages.js';
import { ProgrammesService } from './programmes.service.js';
import { Received } from './received.js';
import { GreenLightsPages } from './green-lights.pages.js';
import { GreenLightsService } from './green-lights.service.js';
import { LotsPages } from './lots.pages.js';
import { LotsService } from './lots.service.js';

@Module({
  imports: [LettersModule, PeopleModule],
  controllers: [ProgrammesPages, FrameworksPages, LotsPages, HoldersPages, GreenLightsPages, ProgrammesApi, AgreementsApi, HoldersApi],
  providers: [ProgrammesService, FrameworksService, LotsService, HoldersService, GreenLightsService, Received],
  exports: [FrameworksService, LotsService, HoldersService, GreenLightsService],
})
export class AgreementsModule {}
