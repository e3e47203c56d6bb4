import { Module } from '@nestjs/common';
import { LettersModule } from '../letters/letters.module.js';
import { PeopleModule } from '../people/people.module.js';
import { ConsultationsApi } from './consultations.api.js';
import { ConsultationsPages } from './consultations.pages.js';
import { ConsultationsService } from './consultations.service.js';
import { CalendarPages } from './calendar.pages.js';
import { ChangesService } from './changes.service.js';
import { ExchangeApi } from './exchange.api.js';
import { ExchangePages } from './exchange.pages.js';
import { EndingService } from './ending.service.js';
import { FollowUpService } from './follow-up.service.js';
import { LaunchingService } from './launching.service.js';
import { NoticesService } from './notices.service.js';
import { VisasPages } from './visas.pages.js';
import { VisasService } from './visas.service.js';
import { WritingService } from './writing.service.js';
import { WatchService } from './watch.service.js';
import { QuestionsService } from './questions.service.js';
import { SettingsPages } from './settings.pages.js';
import { SettingsService } from './settings.service.js';

@Module({
  imports: [LettersModule, PeopleModule],
  controllers: [ConsultationsPages, ExchangePages, ConsultationsApi, ExchangeApi, SettingsPages, VisasPages, CalendarPages],
  providers: [ConsultationsService, LaunchingService, NoticesService, QuestionsService, ChangesService, SettingsService, EndingService, FollowUpService, VisasService, WatchService, WritingService],
  exports: [ConsultationsService, LaunchingService, NoticesService, QuestionsService, ChangesService, SettingsService, EndingService, FollowUpService, VisasService, WatchService, WritingService],
})
export class ConsultationsModule {}
