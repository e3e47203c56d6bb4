import { Module } from '@nestjs/common';
import { PeopleModule } from '../people/people.module.js';
import { ConsultationsApi } from './consultations.api.js';
import { ConsultationsPages } from './consultations.pages.js';
import { ConsultationsService } from './consultations.service.js';
import { LaunchingService } from './launching.service.js';

@Module({
  imports: [PeopleModule],
  controllers: [ConsultationsPages, ConsultationsApi],
  providers: [ConsultationsService, LaunchingService],
  exports: [ConsultationsService, LaunchingService],
})
export class ConsultationsModule {}
