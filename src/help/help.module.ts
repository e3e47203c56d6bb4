import { Module } from '@nestjs/common';
import { HelpPages } from './help.pages.js';
import { MailPreviewPages } from './mails.pages.js';
import { VerifierPages } from './verifier.pages.js';

@Module({ controllers: [HelpPages, MailPreviewPages, VerifierPages] })
export class HelpModule {}
