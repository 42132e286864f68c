const COLOURS: Readonly<Record<string, number>> = { debug: 90, info: 32, warn: 33, error: 31 };

interface Line {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** One JSON line of the log, for people: `time LEVEL message key=value`, and what does not fit one line below it. */
export function prettyLine(json: string, colour: boolean): string {
  const { level, time, msg, ...fields } = JSON.parse(json) as Line;
  const paint = (code: number, text: string): string => (colour ? `\u001B[${code}m${text}\u001B[0m` : text);
  const word = paint(COLOURS[level] ?? 0, level.toUpperCase().padEnd(5));
  const pairs = Object.entries(fields).map(([name, value]) => ` ${paint(90, `${plain(name)}=`)}${shown(value)}`);
  const stacks = Object.values(fields).flatMap((value) => stackOf(value));
  const below = stacks.map((line) => `${paint(90, `    ${plain(line)}`)}\n`);
  return `${paint(90, time)} ${word} ${plain(msg)}${pairs.join('')}\n${below.join('')}`;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return /^[\w.:/@+[\]-]+$/.test(value) ? value : plain(JSON.stringify(value));
  if (isError(value)) return shown(`${value.type}: ${value.message}`);
  return plain(JSON.stringify(value));
}

function stackOf(value: unknown): string[] {
  if (!isError(value) || typeof value.stack !== 'string') return [];
  return value.stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '));
}

function isError(value: unknown): value is { type: string; message: string; stack?: unknown } {
  return typeof value === 'object' && value !== null && 'type' in value && 'message' in value;
}

/** Control characters as escapes: what strangers put into names must not move the cursor or start a line of its own. */
function plain(text: string): string {
  return text.replaceAll(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
