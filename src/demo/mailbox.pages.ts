import { Controller, Get, Header, Param, Query, Render, StreamableFile } from '@nestjs/common';
import { In } from 'typeorm';
import { Config } from '../config.js';
import { Person } from '../people/people.js';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { inFrench } from '../platform/dates.js';
import { NotFound } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { Mail } from '../platform/mail.js';
import { Outbox } from '../platform/outbox.js';
import { StoredFile } from '../platform/stored-file.js';
import { Who } from '../platform/web.js';
import { framed, MAIL_POLICY } from '../help/mails.pages.js';

/** Mails as their addressee sees them: in the demonstration none leaves. Absent everywhere else. */
@Controller()
export class MailboxPages {
  constructor(
    private readonly acts: Acts,
    private readonly outbox: Outbox,
    private readonly files: Files,
    private readonly config: Config,
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
  async mail(@Who() actor: Actor, @Param('id') id: string, @Query('vue') view: unknown) {
    const mail = await this.one(actor, id);
    const { subject, text } = this.outbox.words(mail);
    const link = /https?:\/\/\S+\/(lien|recus)\/\S+/.exec(text)?.[0];
    const asText = view === 'texte';
    const here = `/messagerie/${id}`;
    return {
      mail: { id, subject, text, link: link ? new URL(link).pathname : null },
      facts: [
        { label: 'De', value: this.config.mailFrom, note: mail.replyTo ? `une réponse irait à ${mail.replyTo}` : undefined },
        { label: 'À', value: mail.recipient },
        { label: 'Date', value: inFrench(mail.queuedAt, 'Europe/Paris') },
      ],
      asText,
      views: [{ href: here, label: 'Mis en forme', current: !asText }, { href: `${here}?vue=texte`, label: 'Texte seul', current: asText }],
      attachments: await this.attachments(actor, mail),
    };
  }

  /** The mail as a mail reader shows it: its own style, and nothing else. Its links leave the frame. */
  @Get('messagerie/:id/html')
  @Header('content-security-policy', MAIL_POLICY)
  @Header('content-type', 'text/html; charset=utf-8')
  async html(@Who() actor: Actor, @Param('id') id: string) {
    return framed(this.outbox.words(await this.one(actor, id)).html);
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

  private async attachments(actor: Actor, mail: Mail) {
    const files = await this.acts.look(actor, 'mail.attachments-own', async (act) => {
      act.see(true);
      return act.db.findBy(StoredFile, { id: In(mail.attachments.map((one) => one.fileId)) });
    });
    return mail.attachments.map((one, index) => ({ name: one.name, size: files.find((file) => file.id === one.fileId)?.size, href: `/messagerie/${mail.id}/pieces/${index}` }));
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
