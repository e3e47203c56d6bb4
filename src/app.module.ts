import { type DynamicModule, Module } from '@nestjs/common';
import { AgreementsModule } from './agreements/agreements.module.js';
import { AwardsModule } from './awards/awards.module.js';
import { BidsModule } from './bids/bids.module.js';
import { CockpitModule } from './cockpit/cockpit.module.js';
import { ImportsModule } from './imports/imports.module.js';
import { JournalModule } from './journal/journal.module.js';
import { CommissionsModule } from './commissions/commissions.module.js';
import type { Config } from './config.js';
import { ContractsModule } from './contracts/contracts.module.js';
import { ConsultationsModule } from './consultations/consultations.module.js';
import { DemoModule } from './demo/demo.module.js';
import { type Doors, DoorsModule } from './doors.module.js';
import { ExecutionModule } from './execution/execution.module.js';
import { EvidenceModule } from './evidence/evidence.module.js';
import { EvaluationsModule } from './evaluations/evaluations.module.js';
import { Farewell } from './farewell.js';
import { HelpModule } from './help/help.module.js';
import { HomePages } from './home.pages.js';
import { LettersModule } from './letters/letters.module.js';
import { PeopleModule } from './people/people.module.js';
import { SupportModule } from './support/support.module.js';

/** The list of capabilities: the table of contents. */
@Module({})
export class AppModule {
  static with(config: Config, doors: Doors = {}): DynamicModule {
    return {
      module: AppModule,
      controllers: [HomePages],
      providers: [Farewell],
      imports: [
        DoorsModule.with(config, doors),
        PeopleModule,
        LettersModule,
        ConsultationsModule,
        BidsModule,
        EvaluationsModule,
        AwardsModule,
        AgreementsModule,
        CommissionsModule,
        ContractsModule,
        ExecutionModule,
        CockpitModule,
        ImportsModule,
        JournalModule,
        SupportModule,
        EvidenceModule,
        HelpModule,
        ...(config.demo ? [DemoModule] : []),
      ],
    };
  }
}
