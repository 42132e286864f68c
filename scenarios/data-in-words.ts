/** Longer data are cut: they have to fit into one line of a report. */
const LONGEST = 400;

/** A value that a program has made up, in one line, whatever it holds. */
export function valueInWords(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value, readable) ?? String(value);
  } catch {
    // Something that contains itself.
    return String(value);
  }
}

/** The fields of what a program has emitted, its type apart. */
export function dataInWords(data: unknown): string {
  const fields = Object.entries(data as object).filter(([key]) => key !== 'type');
  const words = fields.map(([key, value]) => `${key} ${valueInWords(value)}`).join(', ');
  return words.length > LONGEST ? `${words.slice(0, LONGEST)}...` : words;
}

function readable(_: string, value: unknown): unknown {
  if (value instanceof Uint8Array)
    return `bytes ${[...value].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  return typeof value === 'bigint' ? String(value) : value;
}
