import { Module } from '@nestjs/common';
import { LettersModule } from '../letters/letters.module.js';
import { AcknowledgementService } from './acknowledgement.service.js';
import { AnnouncedMeansApi, AnnouncedMeansPages } from './announced-means.pages.js';
import { AnnouncedMeansService } from './announced-means.service.js';
import { BidsApi } from './bids.api.js';
import { ChecklistPages } from './checklists.pages.js';
import { ChecklistsService } from './checklists.service.js';
import { ConsortiumApi, ConsortiumPages } from './consortiums.pages.js';
import { ConsortiumsService } from './consortiums.service.js';
import { CopiesService } from './copies.service.js';
import { DeliveriesApi } from './deliveries.api.js';
import { DeliveriesPages } from './deliveries.pages.js';
import { DeliveriesService } from './deliveries.service.js';
import { DepositPages } from './deposit.pages.js';
import { DepositsService } from './deposits.service.js';
import { BidDraftsService } from './drafts.service.js';
import { BidImportsApi, BidImportsPages } from './imports.pages.js';
import { BidImportsService } from './imports.service.js';
import { LateBidsApi, LateBidsPages } from './late.pages.js';
import { LateBidsService } from './late.service.js';
import { OpenedBidsService } from './opened-bids.service.js';
import { OpeningCheck } from './opening-check.service.js';
import { OpeningRecords } from './opening-records.service.js';
import { OpeningPages } from './opening.pages.js';
import { OpeningService } from './opening.service.js';
import { OwnCallsApi, OwnCallsPages } from './own-calls.pages.js';
import { OwnCallsService } from './own-calls.service.js';
import { OwnDepositService } from './own-deposit.service.js';
import { BidPreparation } from './preparation.service.js';
import { RemindersPages } from './reminders.pages.js';
import { RemindersService } from './reminders.service.js';
import { ReceiptsService } from './receipts.service.js';
import { ScansService } from './scans.service.js';
import { SessionsApi, SessionsPages } from './sessions.pages.js';
import { SessionsService } from './sessions.service.js';
import { UploadLog } from './upload-log.js';
import { UploadApi, UploadPages } from './upload.routes.js';
import { SweepService } from './sweep.service.js';
import { BidUploadsService } from './uploads.service.js';

const services = [UploadLog, BidDraftsService, BidUploadsService, OwnCallsService, OwnDepositService, BidPreparation, AcknowledgementService, DepositsService, ReceiptsService, OpeningService, OpeningCheck, OpeningRecords, OpenedBidsService, LateBidsService, SessionsService, BidImportsService, ChecklistsService, ConsortiumsService, AnnouncedMeansService, DeliveriesService, CopiesService, ScansService, SweepService, RemindersService];

@Module({ imports: [LettersModule], controllers: [ChecklistPages, BidImportsPages, BidImportsApi, ConsortiumPages, AnnouncedMeansPages, DeliveriesPages, OwnCallsPages, OwnCallsApi, DepositPages, UploadPages, UploadApi, OpeningPages, SessionsPages, LateBidsPages, RemindersPages, BidsApi, SessionsApi, LateBidsApi, AnnouncedMeansApi, DeliveriesApi, ConsortiumApi], providers: services, exports: services })
export class BidsModule {}
