const DAY = 24 * 60 * 60 * 1000; // ms

/** This many days after `start`: now, by default. */
export function inDays(days: number, start = new Date()): Date {
  return new Date(start.getTime() + days * DAY);
}

/** The value of a field for date and time, in UTC: `2026-11-29T07:10`. */
export function dateAndTime(date: Date): string {
  return date.toISOString().slice(0, 'yyyy-mm-ddThh:mm'.length);
}
