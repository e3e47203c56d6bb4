import type { Act, Acts } from './acts.js';
import { Actor } from './actor.js';
import type { Files } from './files.js';
import { type Jobs, NotYet } from './jobs.js';
import { Mail, type MailAttachment } from './mail.js';
import type { Mailer } from './mailer.js';
import { StoredFile } from './stored-file.js';
import type { Templates } from './templates.js';
import type { Vault } from './vault.js';

const PATIENCE_MS = 120_000;

export interface NewMail {
  /** Name of `templates/mails/<kind>.hbs` and `<kind>.text.hbs`. */
  kind: string;
  to: string;
  replyTo?: string;
  subject: string;
  data: object;
  organisationId?: string;
  consultationId?: string;
  attachments?: MailAttachment[];
  /** It waits for its addressee's daily mail. Never receipts, deadlines, sign-in links, nor what everybody is told at once. */
  held?: boolean;
}

export interface MailWords {
  subject: string;
  text: string;
  html: string;
  /** Of a mail that is held: what the daily mail will print of it. */
  data?: object;
}

/** Mails leave in the same transaction as the act that writes them; the post comes by after the commit. */
export class Outbox {
  constructor(
    private readonly acts: Acts,
    private readonly templates: Templates,
    private readonly vault: Vault,
    private readonly files: Files,
    private readonly mailer: Mailer,
    private readonly from: string,
    jobs: Jobs,
  ) {
    jobs.handle('mail.send', ({ id }) => this.send(id));
  }

  async queue(act: Act, mail: NewMail): Promise<Mail> {
    const id = act.random.id();
    const words: MailWords = {
      subject: mail.subject,
      text: this.templates.render(`mails/${mail.kind}.text`, mail.data),
      html: this.templates.render(`mails/${mail.kind}`, mail.data),
      ...(mail.held ? { data: mail.data } : {}),
    };
    const row = Object.assign(new Mail(), {
      id,
      messageId: `<${id}@${this.from.split('@')[1] ?? 'souspli'}>`,
      recipient: mail.to,
      replyTo: mail.replyTo || null,
      organisationId: mail.organisationId ?? null,
      consultationId: mail.consultationId ?? null,
      kind: mail.kind,
      sealed: this.vault.seal(JSON.stringify(words), `mail/${id}`),
      attachments: mail.attachments ?? [],
      state: mail.held ? 'held' : 'queued',
      queuedAt: act.now,
    });
    await act.add(row);
    if (!mail.held) await act.later({ kind: 'mail.send', payload: { id } });
    return row;
  }

  words(mail: Mail): MailWords {
    return JSON.parse(this.vault.open(mail.sealed, `mail/${mail.id}`)) as MailWords;
  }

  private async send(id: string) {
    const mail = await this.acts.look(Actor.system, 'mail.read', async (act) => {
      act.see(act.actor.isSystem);
      return act.db.findOneByOrFail(Mail, { id });
    });
    if (mail.state === 'sent') return;
    const { subject, text, html } = this.words(mail);
    const attachments = (await Promise.all(mail.attachments.map((attachment) => this.attachment(attachment, mail.queuedAt)))).filter((one) => one !== null);
    try {
      await this.mailer.send({ subject, text, html, messageId: mail.messageId, from: this.from, to: mail.recipient, ...(mail.replyTo ? { replyTo: mail.replyTo } : {}), attachments });
    } catch (error) {
      // Refused for good by the server of the addressee: shown, and repairable. Anything else is tried again.
      const code = (error as { responseCode?: number }).responseCode ?? 0;
      if (code < 500 || code > 599) throw error;
      await this.acts.perform(Actor.system, 'mail.failed', async (act) => {
        act.require(act.actor.isSystem);
        await act.db.update(Mail, { id }, { state: 'failed', error: error instanceof Error ? error.message.slice(0, 300) : 'refusé' });
      });
      return;
    }
    await this.acts.perform(Actor.system, 'mail.sent', async (act) => {
      act.require(act.actor.isSystem);
      const sent = await act.load(Mail, id);
      await act.db.update(Mail, { id: sent.id }, { state: 'sent', sentAt: act.now });
    });
  }

  /** A letter that the press still prints is waited for; a press that is down does not hold back what must be known. */
  private async attachment({ name, fileId, required }: MailAttachment, since: Date) {
    const file = await this.acts.look(Actor.system, 'mail.attachment', async (act) => {
      act.see(act.actor.isSystem);
      const found = await act.db.findOneBy(StoredFile, { id: fileId });
      if (!found && (required || act.now.getTime() - since.getTime() < PATIENCE_MS)) throw new NotYet();
      return found;
    });
    if (!file) return null;
    return { filename: name, content: await this.files.read(file.blob), contentType: file.mediaType };
  }
}
