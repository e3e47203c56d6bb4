import { Controller, Get, Header, Param, Post, Body, Redirect, Render, StreamableFile } from '@nestjs/common';
import { IsNotEmpty } from 'class-validator';
import { Person } from '../people/people.js';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { inFrench } from '../platform/dates.js';
import { NotFound, Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { Mail } from '../platform/mail.js';
import { Outbox } from '../platform/outbox.js';
import { StoredFile } from '../platform/stored-file.js';
import { As, ownPath, Public, seeOther, Trimmed, Who } from '../platform/web.js';
import { DemoClock } from './demo-clock.js';
import { guideSteps } from './guide.js';
import { GuideService } from './guide.service.js';
import { MILESTONES } from './milestones.js';
import { MAIL_POLICY } from './showcase.pages.js';

class JumpForm {
  @Trimmed() @IsNotEmpty({ message: 'Choisissez une étape.' }) to!: string;
  @Trimmed() back: string = '';
}

/** The demonstration's own pages: mails as their addressee sees them, and the clock. Absent everywhere else. */
@Controller()
export class DemoPages {
  constructor(
    private readonly acts: Acts,
    private readonly outbox: Outbox,
    private readonly files: Files,
    private readonly clock: Clock,
    private readonly guide: GuideService,
  ) {}

  @Get('messagerie')
  @Render('demo/mailbox')
  async mailbox(@Who() actor: Actor) {
    const mails = await this.mine(actor);
    return {
      mails: mails.map((mail) => ({ id: mail.id, subject: this.outbox.words(mail).subject, at: mail.queuedAt, attachments: mail.attachments.length, sent: mail.state === 'sent' })),
    };
  }

  @Get('messagerie/:id')
  @Render('demo/mail')
  async mail(@Who() actor: Actor, @Param('id') id: string) {
    const mail = await this.one(actor, id);
    const { subject, text } = this.outbox.words(mail);
    const link = /https?:\/\/\S+\/(lien|recus)\/\S+/.exec(text)?.[0];
    return {
      mail: { id, subject, text, to: mail.recipient, at: mail.queuedAt, link: link ? new URL(link).pathname : null },
      attachments: mail.attachments.map((one, index) => ({ name: one.name, href: `/messagerie/${id}/pieces/${index}` })),
    };
  }

  /** The mail as a mail reader shows it: its own style, and nothing else. */
  @Get('messagerie/:id/html')
  @Header('content-security-policy', MAIL_POLICY)
  @Header('content-type', 'text/html; charset=utf-8')
  async html(@Who() actor: Actor, @Param('id') id: string) {
    return this.outbox.words(await this.one(actor, id)).html;
  }

  @Get('messagerie/:id/pieces/:index')
  @Header('x-content-type-options', 'nosniff')
  async attachment(@Who() actor: Actor, @Param('id') id: string, @Param('index') index: string) {
    const mail = await this.one(actor, id);
    const wanted = mail.attachments[Number(index)];
    if (!wanted) throw new NotFound();
    const file = await this.acts.look(actor, 'mail.attachment-own', async (act) => {
      act.see(true);
      const found = await act.db.findOneBy(StoredFile, { id: wanted.fileId });
      if (!found) throw new NotFound('Cette pièce jointe est en cours d’impression : réessayez dans quelques secondes.');
      return found;
    });
    return new StreamableFile(this.files.stream(file.blob), { type: file.mediaType, disposition: `inline; filename="${wanted.name}"` });
  }

  @Public()
  @Get('demonstration')
  @Render('demo/clock')
  async clockPage(@Who() actor: Actor) {
    const now = this.clock.now();
    const guide = guideSteps(await this.guide.facts(actor));
    const next = guide.find((step) => !step.done);
    return {
      nowText: inFrench(now, 'Europe/Paris'),
      milestones: MILESTONES.filter((one) => new Date(one.at) > now),
      doneCount: guide.filter((step) => step.done).length,
      total: guide.length,
      guide: guide.map((step, index) => ({
        label: `${index + 1}. ${step.label}`,
        state: step.done ? 'done' : step === next ? 'current' : 'todo',
        date: step.who,
        href: step.done ? undefined : step.href,
        blocks: step === next ? [step.hint] : [],
      })),
    };
  }

  @Public()
  @Post('demonstration/avancer')
  @Redirect()
  jump(@Body(new As(JumpForm)) form: JumpForm) {
    const milestone = MILESTONES.find((one) => one.at === form.to);
    if (!milestone || !(this.clock instanceof DemoClock) || new Date(milestone.at) <= this.clock.now()) {
      throw new Refused('no-way-back', 'L’horloge de la démonstration ne fait qu’avancer.');
    }
    this.clock.jumpTo(new Date(milestone.at));
    return seeOther(ownPath(form.back, '/demonstration'));
  }

  private mine(actor: Actor): Promise<Mail[]> {
    return this.acts.look(actor, 'mail.list-own', async (act) => {
      act.see(true);
      const person = await act.db.findOneByOrFail(Person, { id: actor.id });
      return act.db.find(Mail, { where: { recipient: person.email }, order: { queuedAt: 'DESC', id: 'ASC' }, take: 200 });
    });
  }

  private async one(actor: Actor, id: string): Promise<Mail> {
    const found = (await this.mine(actor)).find((mail) => mail.id === id);
    if (!found) throw new NotFound();
    return found;
  }
}
