import { Module } from '@nestjs/common';
import { HelpPages } from './help.pages.js';

@Module({ controllers: [HelpPages] })
export class HelpModule {}
