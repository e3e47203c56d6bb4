import { Controller, Get, Header, Param, Render } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { NotFound } from '../platform/errors.js';
import { Templates } from '../platform/templates.js';
import { Public } from '../platform/web.js';
import { componentSamples } from './component-samples.js';
import { MAIL_SAMPLES } from './samples.js';

/** A mail brings its own style; nothing else is let in. */
export const MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";

/** A link of a mail shown in a frame opens the page, not a page within the page. */
export const framed = (html: string) => html.replace('<head>', '<head><base target="_top">');

/** Every component and every mail on one page each, to be looked at (demonstration only). */
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
  @Render('demo/mails')
  mails() {
    return {
      mails: Object.entries(MAIL_SAMPLES).map(([kind, { subject, when, data }]) => ({
        kind,
        subject,
        when,
        href: `/demonstration/courriels/${kind}`,
        text: this.templates.render(`mails/${templateOf(kind)}.text`, data),
      })),
    };
  }

  @Get('demonstration/courriels/:kind')
  @Header('content-security-policy', MAIL_POLICY)
  @Header('content-type', 'text/html; charset=utf-8')
  mail(@Param('kind') kind: string) {
    const sample = Object.hasOwn(MAIL_SAMPLES, kind) ? MAIL_SAMPLES[kind] : undefined;
    if (!sample) throw new NotFound();
    return framed(this.templates.render(`mails/${templateOf(kind)}`, sample.data));
  }
}

/** Two samples may share a template: a receipt in time, a receipt too late. */
export const templateOf = (kind: string) => kind.replace(/-late$/, '');
