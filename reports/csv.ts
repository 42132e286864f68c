import type { RunResult, SuiteResult } from '../scenarios/result.ts';

type Cell = string | number | readonly number[] | null;

/** One row per run. Part of the public interface: columns are added at the end only. */
const COLUMNS: Readonly<Record<string, (run: RunResult) => Cell>> = {
  scenario: ({ scenario }) => scenario,
  seed: ({ seed }) => seed,
  verdict: ({ verdict }) => verdict,
  token: ({ token }) => token,
  hash: ({ hash }) => hash,
  hosts: ({ metrics }) => metrics.hosts,
  simulated_us: ({ metrics }) => metrics.simulated,
  events: ({ metrics }) => metrics.events,
  messages: ({ metrics }) => metrics.messages,
  bytes: ({ metrics }) => metrics.bytes,
  formation_us: ({ metrics }) => metrics.formation,
  first_detection_us: ({ metrics }) => metrics.firstDetection,
  detection_us: ({ metrics }) => metrics.detection,
  convergence_us: ({ metrics }) => metrics.convergence,
  undetected: ({ metrics }) => metrics.undetected,
  false_positives: ({ metrics }) => metrics.falsePositives,
  rule: ({ violation }) => violation?.invariant ?? null,
  subject: ({ violation }) => violation?.subject ?? null,
  violated_at_us: ({ violation }) => violation?.at ?? null,
};

/** A table for spreadsheets and statistics (RFC 4180). Of what was measured several times, samples are set apart by `;`. */
export function csvReport({ runs }: SuiteResult): string {
  const rows = [Object.keys(COLUMNS), ...runs.map((run) => Object.values(COLUMNS).map((cell) => written(cell(run))))];
  return rows.map((row) => `${row.join(',')}\r\n`).join('');
}

function written(cell: Cell): string {
  const text = cell === null ? '' : typeof cell === 'object' ? cell.join(';') : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
