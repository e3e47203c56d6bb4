import { Controller, Get, Header, Param, Render } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { NotFound } from '../platform/errors.js';
import { Templates } from '../platform/templates.js';
import { Who } from '../platform/web.js';
import { MAIL_SAMPLES } from './mail-samples.js';

/** A mail brings its own style; nothing else is let in. */
export const MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";

/** A link of a mail shown in a frame opens the page, not a page within the page. */
export const framed = (html: string) => html.replace('<head>', '<head><base target="_top">');

/** Two samples may share a template: a receipt in time, a receipt too late. */
export const templateOf = (kind: string) => kind.replace(/-late$/, '');

/** Every mail of the product with invented data, in both its forms. @param base where each of them is shown */
export function showMails(templates: Templates, base: string) {
  return Object.entries(MAIL_SAMPLES).map(([kind, { subject, when, data }]) => ({ kind, subject, when, href: `${base}/${kind}`, text: templates.render(`mails/${templateOf(kind)}.text`, data) }));
}

export function mailHtml(templates: Templates, kind: string): string {
  const sample = Object.hasOwn(MAIL_SAMPLES, kind) ? MAIL_SAMPLES[kind] : undefined;
  if (!sample) throw new NotFound();
  return framed(templates.render(`mails/${templateOf(kind)}`, sample.data));
}

/** What the product writes, and when: agents read it before it leaves in their name. */
@Controller('courriels')
export class MailPreviewPages {
  constructor(private readonly templates: Templates) {}

  @Get()
  @Render('help/mails')
  list(@Who() actor: Actor) {
    mustBeAgent(actor);
    return { mails: showMails(this.templates, '/courriels') };
  }

  @Get(':kind')
  @Header('content-security-policy', MAIL_POLICY)
  @Header('content-type', 'text/html; charset=utf-8')
  one(@Who() actor: Actor, @Param('kind') kind: string) {
    mustBeAgent(actor);
    return mailHtml(this.templates, kind);
  }
}

function mustBeAgent(actor: Actor) {
  if (!actor.mandates.some((one) => one.role !== 'bidder')) throw new NotFound();
}
