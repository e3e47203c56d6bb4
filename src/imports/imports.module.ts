import { Module } from '@nestjs/common';
import { ImportsApi } from './imports.api.js';
import { ImportsPages } from './imports.pages.js';
import { ImportsService } from './imports.service.js';

@Module({
  controllers: [ImportsPages, ImportsApi],
  providers: [ImportsService],
  exports: [ImportsService],
})
export class ImportsModule {}
