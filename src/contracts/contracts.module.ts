import { Global, Module } from '@nestjs/common';
import { Spending } from '../agreements/spending.js';
import { CommissionsModule } from '../commissions/commissions.module.js';
import { PeopleModule } from '../people/people.module.js';
import { ConsultationsModule } from '../consultations/consultations.module.js';
import { LettersModule } from '../letters/letters.module.js';
import { ContractLaunchService } from './contract-launch.service.js';
import { ContractReadingService } from './contract-reading.service.js';
import { ContractSigningService } from './contract-signing.service.js';
import { ContractSpending } from './contract-spending.js';
import { ContractsApi } from './contracts.api.js';
import { ContractsPages } from './contracts.pages.js';
import { FrameworkAlarmsService } from './framework-alarms.service.js';
import { TodoService } from './todo.service.js';
import { WritingPages } from './writing.pages.js';
import { TodoPages, ToSignPages } from './to-sign.pages.js';
import { ContractsService } from './contracts.service.js';

/** Global for `Spending` alone: agreements, an earlier folder, ask what contracts have used. */
@Global()
@Module({
  imports: [CommissionsModule, ConsultationsModule, LettersModule, PeopleModule],
  controllers: [ContractsPages, ToSignPages, TodoPages, WritingPages, ContractsApi],
  providers: [ContractsService, ContractReadingService, ContractSigningService, ContractLaunchService, TodoService, FrameworkAlarmsService, { provide: Spending, useClass: ContractSpending }],
  exports: [ContractsService, ContractReadingService, ContractSigningService, ContractLaunchService, FrameworkAlarmsService, Spending],
})
export class ContractsModule {}
