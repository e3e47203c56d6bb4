import { Module } from '@nestjs/common';
import { DemoPages } from './mailbox.pages.js';

@Module({ controllers: [DemoPages] })
export class DemoModule {}
