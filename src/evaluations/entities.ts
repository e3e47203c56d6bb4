import { Assessment } from './assessment.js';
import { BidRequest } from './bid-request.js';
import { Evaluation } from './evaluation.js';
import { FilledSchedule, PriceSchedule } from './price-schedule.js';
import { Score } from './score.js';

export const EVALUATION_ENTITIES = [Evaluation, Assessment, Score, BidRequest, PriceSchedule, FilledSchedule];
