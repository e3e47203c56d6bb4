import { Module } from '@nestjs/common';
import { LettersService } from './letters.service.js';

@Module({ providers: [LettersService], exports: [LettersService] })
export class LettersModule {}
