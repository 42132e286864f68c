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

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** The way back, whatever the offset from UTC; undefined for what is no such time. */
export function fromRfc3339(text: string): number | undefined {
  const [, ...parts] = RFC_3339.exec(text) ?? [];
  if (parts.length === 0) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(0, 6).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  // A leap second is written as 60, and counts as the first one of the next minute.
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const days = dayNumber(year, month, day);
  const same = civilDate(days);
  if (same.year !== year || same.month !== month || same.day !== day) return undefined;
  const fraction = Math.floor(Number(`0${parts[6] ?? ''}`) * 1_000);
  const [sign, offsetHours = '0', offsetMinutes = '0'] = parts.slice(7);
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -60_000 : 60_000);
  return days * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1_000 + fraction - offset;
}

function dayNumber(year: number, month: number, day: number): number {
  const fromMarch = (month + 9) % 12;
  const marchYear = month <= 2 ? year - 1 : year;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + Math.floor((153 * fromMarch + 2) / 5) + day - 1 - 719_468;
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
