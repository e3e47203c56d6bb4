import { Matches } from 'class-validator';
import { Trimmed } from '../platform/web.js';

/** The date shown on the page: what is confirmed is what was read. */
export class IncidentForm {
  @Trimmed() @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, { message: 'Rechargez la page : la date proposée manque.' }) deadline!: string;
}
