const DAY = 24 * 60 * 60 * 1000; // ms

/** This many days from now. */
export function inDays(days: number): Date {
  return new Date(Date.now() + days * DAY);
}

/** The value of a field for date and time, in UTC: `2026-11-29T07:10`. */
export function dateAndTime(date: Date): string {
  return date.toISOString().slice(0, 'yyyy-mm-ddThh:mm'.length);
}
