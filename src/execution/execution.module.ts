import { Module } from '@nestjs/common';
import { PeopleModule } from '../people/people.module.js';
import { AmendmentsService } from './amendments.service.js';
import { AwardDoor } from './award-door.js';
import { Awarded } from './awarded.js';
import { ExecutionApi } from './execution.api.js';
import { ExecutionPages } from './execution.pages.js';
import { OrdersPages } from './orders.pages.js';
import { OrdersService } from './orders.service.js';
import { RecordsService } from './records.service.js';
import { AmendmentsPages, SequelPages } from './sequel.pages.js';
import { SequelService } from './sequel.service.js';
import { SubContractorsService } from './sub-contractors.service.js';

@Module({
  imports: [PeopleModule],
  controllers: [ExecutionPages, OrdersPages, AmendmentsPages, SequelPages, ExecutionApi],
  providers: [RecordsService, SubContractorsService, OrdersService, AmendmentsService, SequelService, { provide: Awarded, useClass: AwardDoor }],
})
export class ExecutionModule {}
