import { Module } from '@nestjs/common';
import { GuideService } from './guide.service.js';
import { DemoPages } from './mailbox.pages.js';
import { ShowcasePages } from './showcase.pages.js';

@Module({ controllers: [DemoPages, ShowcasePages], providers: [GuideService] })
export class DemoModule {}
