import { Module } from '@nestjs/common';
import { HelpPages } from './help.pages.js';
import { VerifierPages } from './verifier.pages.js';

@Module({ controllers: [HelpPages, VerifierPages] })
export class HelpModule {}
