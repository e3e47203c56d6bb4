import { Module } from '@nestjs/common';
import { LettersModule } from '../letters/letters.module.js';
import { PeopleModule } from '../people/people.module.js';
import { CommissionsApi } from './commissions.api.js';
import { CommissionsPages } from './commissions.pages.js';
import { CommissionsService } from './commissions.service.js';
import { CommissionLettersPages } from './letters.pages.js';
import { RecordsService } from './records.service.js';
import { SendingService } from './sending.service.js';
import { SignatureService } from './signature.service.js';

@Module({
  imports: [LettersModule, PeopleModule],
  controllers: [CommissionsPages, CommissionLettersPages, CommissionsApi],
  providers: [RecordsService, CommissionsService, SignatureService, SendingService],
  exports: [RecordsService, CommissionsService, SignatureService, SendingService],
})
export class CommissionsModule {}
