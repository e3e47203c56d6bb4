import { Module } from '@nestjs/common';
import { CockpitPages } from './cockpit.pages.js';
import { CockpitService } from './cockpit.service.js';

@Module({ controllers: [CockpitPages], providers: [CockpitService], exports: [CockpitService] })
export class CockpitModule {}
