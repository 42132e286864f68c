import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MOST_PACKED, timelinePage } from '../../reports/html/timeline.ts';
import { identifyCode } from '../../scenarios/code.ts';
import { digestText } from '../../scenarios/digest.ts';
import { playRun } from '../../scenarios/play.ts';
import { collectTimeline } from '../../scenarios/timeline/make.ts';
import { packTimeline } from '../../scenarios/timeline/pack.ts';
import { formatToken, parseToken } from '../../scenarios/token.ts';
import { hasChromium } from '../../test/browser/chromium.ts';
import { row, whole } from '../rows.ts';
import { measureFrames } from './frames.ts';
import { storm } from './storm.ts';

const SEED = 1;

/** Makes the timeline of a run of 100 nodes and ten minutes, and pans and zooms it in a browser. */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-timeline-'));
  try {
    const file = join(folder, 'timeline.html');
    await make(file);
    if (!hasChromium) return console.log('There is no Chromium here to measure frames in.');
    const { openedMs, views } = await measureFrames(pathToFileURL(file).href);
    console.log(row('opened', `${whole(openedMs)} ms`));
    for (const { name, frames } of views) {
      const sorted = frames.toSorted((a, b) => a - b);
      const at = (share: number): string => `${sorted[Math.floor((sorted.length - 1) * share)]!.toFixed(1)} ms`;
      console.log(row(name, `p50 ${at(0.5)}`, `p95 ${at(0.95)}`, `max ${at(1)}`));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function make(file: string): Promise<void> {
  const code = identifyCode([]);
  const unknown = { stage: digestText(''), version: code.version, code: code.digest, hash: digestText('') };
  const token = parseToken(formatToken({ scenario: storm.name, seed: SEED, mode: 'reference', ...unknown }));
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  await playRun(storm, SEED, { mode: 'reference', code });
  const played = seconds(began, cpu);
  const [again, cpuAgain] = [performance.now(), process.cpuUsage()];
  const { timeline, result } = await collectTimeline(token, () => storm, code, []);
  const collected = seconds(again, cpuAgain);
  const packed = packTimeline(timeline, MOST_PACKED);
  const page = timelinePage(result.token, { packed: packed.text });
  writeFileSync(file, page);
  const { events, messages, messagesShown } = packed.timeline.totals;
  console.log(`A timeline of 100 nodes and ten minutes: ${whole(events)} events, ${whole(messages)} messages`);
  console.log(row('played', played));
  console.log(row('collected', collected));
  console.log(row('made', seconds(again, cpuAgain)));
  console.log(row('size', `${whole(page.length)} bytes`, `${whole(messagesShown)} messages`));
}

/** Wall time, and time of a core: others may use the machine as well. */
function seconds(began: number, cpu: NodeJS.CpuUsage): string {
  const { user, system } = process.cpuUsage(cpu);
  return `${((performance.now() - began) / 1000).toFixed(1)} s (${((user + system) / 1e6).toFixed(1)} s of CPU)`;
}

await main();
