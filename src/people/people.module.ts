import { Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../config.js';
import { Clock } from '../platform/clock.js';
import { Random } from '../platform/random.js';
import { SessionReader } from '../platform/session-reader.js';
import { AccountsApi } from './accounts.api.js';
import { AccountsPages } from './accounts.pages.js';
import { ActingPages } from './acting.pages.js';
import { AccountsService } from './accounts.service.js';
import { OrganisationsApi, OrganisationsPages } from './organisations.pages.js';
import { OrganisationsService } from './organisations.service.js';
import { OwnOrganisationApi, OwnOrganisationPages } from './own-organisations.pages.js';
import { OwnOrganisationsService } from './own-organisations.service.js';
import { DigestsService } from './digests.service.js';
import { PreferencesPages } from './preferences.pages.js';
import { PreferencesService } from './preferences.service.js';
import { SessionCookie } from './session-cookie.js';
import { Sessions } from './sessions.js';
import { WorkMails } from './work-mails.js';

@Module({
  controllers: [AccountsPages, AccountsApi, ActingPages, OrganisationsPages, OrganisationsApi, OwnOrganisationPages, OwnOrganisationApi, PreferencesPages],
  providers: [
    AccountsService,
    OrganisationsService,
    WorkMails,
    DigestsService,
    PreferencesService,
    OwnOrganisationsService,
    {
      provide: Sessions,
      useFactory: (source: DataSource, clock: Clock, random: Random) => new Sessions(source, clock, random),
      inject: [DataSource, Clock, Random],
    },
    { provide: SessionReader, useExisting: Sessions },
    { provide: SessionCookie, useFactory: (config: Config) => new SessionCookie(config.secure), inject: [Config] },
  ],
  exports: [WorkMails, DigestsService, AccountsService, OrganisationsService, Sessions, SessionReader, SessionCookie],
})
export class PeopleModule {}
