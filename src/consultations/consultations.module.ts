import { Module } from '@nestjs/common';
import { ConsultationsApi } from './consultations.api.js';
import { ConsultationsPages } from './consultations.pages.js';
import { ConsultationsService } from './consultations.service.js';

@Module({ controllers: [ConsultationsPages, ConsultationsApi], providers: [ConsultationsService], exports: [ConsultationsService] })
export class ConsultationsModule {}
