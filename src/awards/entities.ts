import { Award } from './award.js';
import { AwardCertificate } from './certificate.js';
import { ReasonsRequest } from './reasons-request.js';
import { Remedy } from './remedy.js';

export const AWARD_ENTITIES = [Award, AwardCertificate, Remedy, ReasonsRequest];
