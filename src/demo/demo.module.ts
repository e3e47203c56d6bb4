import { Global, Module } from '@nestjs/common';
import { WhatNow } from '../people/what-now.js';
import { GuidePages } from './guide.pages.js';
import { GuideService } from './guide.service.js';
import { MailboxPages } from './mailbox.pages.js';
import { ShowcasePages } from './showcase.pages.js';
import { DemoWhatNow } from './what-now.service.js';

@Global()
@Module({
  controllers: [GuidePages, MailboxPages, ShowcasePages],
  providers: [GuideService, { provide: WhatNow, useClass: DemoWhatNow }],
  exports: [WhatNow],
})
export class DemoModule {}
