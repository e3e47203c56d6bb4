import { Module } from '@nestjs/common';
import { ProblemsApi } from './problems.api.js';
import { ProblemsPages } from './problems.pages.js';
import { ProblemsService } from './problems.service.js';
import { WorkstationPages } from './workstation.pages.js';
import { WorkstationService } from './workstation.service.js';

/** For whoever is in difficulty: tell it, and try one's computer before the day. */
@Module({ controllers: [ProblemsPages, ProblemsApi, WorkstationPages], providers: [ProblemsService, WorkstationService] })
export class SupportModule {}
