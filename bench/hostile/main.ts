import type { Context } from '../node/context.ts';
import { playParts } from '../node/parts.ts';
import { datagrams } from './datagrams.ts';
import { memory } from './memory.ts';
import { questions } from './questions.ts';
import { streams } from './streams.ts';
import { partInWords, type Part } from './verdict.ts';

const KEY = new Uint8Array(32).fill(42);
const RATE = 20_000;

const parts: Readonly<Record<string, (context: Context) => Promise<Part>>> = {
  rate: ({ script, quick }) =>
    datagrams({
      title: 'Malformed datagrams at a steady rate',
      script,
      datagrams: quick ? 100_000 : 1_000_000,
      rate: RATE,
    }),
  full: ({ script, quick }) =>
    datagrams({
      title: 'Malformed datagrams as fast as they can be sent',
      script,
      datagrams: quick ? 200_000 : 1_000_000,
      rate: 0,
    }),
  sealed: ({ script, quick }) =>
    datagrams({
      title: 'The same at a steady rate, in an encrypted cluster',
      script,
      datagrams: quick ? 60_000 : 400_000,
      rate: RATE,
      key: KEY,
    }),
  questions,
  streams: ({ script, quick }) => streams({ script, streams: quick ? 2_000 : 10_000 }),
  memory: ({ script, quick }) => memory(script, quick ? 3 : 10),
};

const played = await playParts({
  heading: 'Rollcall under attack',
  worker: 'hostile/worker.ts',
  parts,
  inWords: partInWords,
});
const failures = played.flatMap(({ verdicts }) => verdicts).filter(({ holds }) => !holds).length;
console.log(failures === 0 ? '\nAll requirements hold.' : `\n${failures} requirements FAIL.`);
process.exit(failures === 0 ? 0 : 1);
