const DAY_MS = 86_400_000;

/** Milliseconds since 1970 as RFC 3339 in UTC, such as `2026-11-21T09:30:00.250Z`. For the years 0 to 9999. */
export function rfc3339(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  const { year, month, day } = civilDate(days);
  const rest = ms - days * DAY_MS;
  const part = (divisor: number, modulus: number, width: number): string =>
    String(Math.floor(rest / divisor) % modulus).padStart(width, '0');
  const date = [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');
  return `${date}T${part(3_600_000, 24, 2)}:${part(60_000, 60, 2)}:${part(1_000, 60, 2)}.${part(1, 1_000, 3)}Z`;
}

/** The Gregorian date so many days after 1970-01-01, reckoned in years that begin in March, so that leap days come last. */
function civilDate(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const leapDays = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}
