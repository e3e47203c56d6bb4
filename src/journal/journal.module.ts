import { Module } from '@nestjs/common';
import { TimelineApi, TimelinePages } from './timeline.pages.js';
import { TimelineService } from './timeline.service.js';

@Module({ controllers: [TimelinePages, TimelineApi], providers: [TimelineService], exports: [TimelineService] })
export class JournalModule {}
