import { Controller, Get, Header, Param, Render } from '@nestjs/common';
import { MAIL_POLICY, mailHtml, showMails } from '../help/mails.pages.js';
import { Clock } from '../platform/clock.js';
import { Templates } from '../platform/templates.js';
import { Public } from '../platform/web.js';
import { componentSamples } from './component-samples.js';

/** Every component and every mail on one page each, to be looked at without signing in (demonstration only). */
@Public()
@Controller()
export class ShowcasePages {
  constructor(
    private readonly templates: Templates,
    private readonly clock: Clock,
  ) {}

  @Get('composants')
  @Render('demo/components')
  components() {
    return componentSamples(this.clock.now());
  }

  @Get('demonstration/courriels')
  @Render('help/mails')
  mails() {
    return { mails: showMails(this.templates, '/demonstration/courriels'), back: '/demonstration', backLabel: 'Démonstration' };
  }

  @Get('demonstration/courriels/:kind')
  @Header('content-security-policy', MAIL_POLICY)
  @Header('content-type', 'text/html; charset=utf-8')
  mail(@Param('kind') kind: string) {
    return mailHtml(this.templates, kind);
  }
}
