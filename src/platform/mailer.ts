import nodemailer from 'nodemailer';

export interface Message {
  messageId: string;
  from: string;
  to: string;
  replyTo?: string;
  subject: string;
  text: string;
  html: string;
  attachments: { filename: string; content: Buffer; contentType: string }[];
}

/** Door to the post. */
export abstract class Mailer {
  abstract send(message: Message): Promise<void>;
}

export class SmtpMailer extends Mailer {
  private readonly transport;

  constructor(url: string) {
    super();
    this.transport = nodemailer.createTransport(url);
  }

  async send(message: Message) {
    await this.transport.sendMail(message);
  }
}

/** The demonstration never speaks to a real server (decisions.md 24): the mail stays in the mailbox page. */
export class MailboxOnly extends Mailer {
  async send() {
    // The row of the outbox is the mailbox.
  }
}
