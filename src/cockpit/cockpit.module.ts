import { Module } from '@nestjs/common';
import { ActorsPages } from './actors.pages.js';
import { ActorsService } from './actors.service.js';
import { CockpitPages } from './cockpit.pages.js';
import { CockpitService } from './cockpit.service.js';

@Module({ controllers: [CockpitPages, ActorsPages], providers: [CockpitService, ActorsService], exports: [CockpitService] })
export class CockpitModule {}
