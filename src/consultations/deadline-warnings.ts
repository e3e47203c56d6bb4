import { addDays, type Day, daysBetween, holiday, isWorkingDay, workingDaysBetween } from '../platform/working-days.js';

export interface DeadlineWarning {
  code: 'short-deadline' | 'deadline-off-day' | 'deadline-hour';
  sentence: string;
}

/** Fewer is little to answer in: no legal minimum here, but the time must be sufficient (R2162-10, 2°; domain.md 3.3). */
const SHORT_WORKING_DAYS = 10;

/**
 * What a buyer should think twice about; warned, never refused.
 * @param hour `HH:mm` on the clocks of the buyer
 * @param departmentCode whose holidays count
 */
export function deadlineWarnings(deadline: { day: Day; hour: string }, departmentCode: string, today: Day): DeadlineWarning[] {
  const found: DeadlineWarning[] = [];
  const working = workingDaysBetween(today, addDays(deadline.day, -1), departmentCode);
  if (working < SHORT_WORKING_DAYS) {
    found.push({ code: 'short-deadline', sentence: `Il reste ${daysBetween(today, deadline.day)} jours, dont ${working} ouvrés, avant la date limite : c’est peu pour répondre. Le délai doit être suffisant (art. R. 2162-10, 2° pour un marché subséquent).` });
  }
  const feast = holiday(deadline.day, departmentCode);
  if (!isWorkingDay(deadline.day, departmentCode)) found.push({ code: 'deadline-off-day', sentence: `La date limite tombe ${feast ? `un jour férié (${feast})` : 'une fin de semaine'} : personne ne répond au téléphone.` });
  if (deadline.hour >= '18:00' || deadline.hour < '09:00') found.push({ code: 'deadline-hour', sentence: `À ${deadline.hour.replace(':', ' h ')}, aucune assistance n’est ouverte : 12 h ou 17 h un jour ouvré évite des dépôts ratés.` });
  return found;
}
