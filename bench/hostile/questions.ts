import { Amplification, type Echo } from '../../test/hostile/amplification.ts';
import { whole, type Part } from './verdict.ts';

const WAYS: readonly (readonly [how: string, key: Uint8Array | undefined])[] = [
  ['plain', undefined],
  ['sealed, as recorded', new Uint8Array(32).fill(5)],
];

/** Asks a node with much to tell everything that a stranger could, and weighs the answers. */
export async function questions(): Promise<Part> {
  const rows: string[][] = [
    ['question', 'envelope', 'bytes in', 'bytes out', 'out per in', 'to the third address', 'to a member'],
  ];
  const echoes: Echo[] = [];
  const toMembers: number[] = [];
  for (const [how, key] of WAYS) {
    const scene = await Amplification.start(key);
    try {
      for (const echo of await scene.askAll()) {
        echoes.push(echo);
        const { question, sent, answered, diverted, relayed } = echo;
        rows.push([question, how, whole(sent), whole(answered), ratioOf(answered, sent), `${diverted}`, `${relayed}`]);
      }
      const toMember = await scene.asMember();
      toMembers.push(toMember);
      rows.push(['a ping of a proven member, for comparison', how, '', whole(toMember)]);
    } finally {
      await scene.stop();
    }
  }
  const most = Math.max(...echoes.map(({ sent, answered }) => answered / sent));
  const relayed = Math.max(...echoes.map((echo) => echo.relayed / echo.sent));
  const diverted = echoes.reduce((sum, echo) => sum + echo.diverted, 0);
  const told = Math.min(...toMembers);
  const verdicts = [
    {
      what: 'bytes out per byte in, to an unproven address',
      required: 'at most 1',
      measured: most.toFixed(2),
      holds: most <= 1,
    },
    { what: 'bytes to a member per byte in', required: 'at most 1', measured: relayed.toFixed(2), holds: relayed <= 1 },
    {
      what: 'bytes to an address that was only named',
      required: 'none',
      measured: whole(diverted),
      holds: diverted === 0,
    },
    {
      what: 'the node had more to tell than any question asked for',
      required: 'a full packet',
      measured: `${whole(told)} bytes`,
      holds: told > 1_000,
    },
  ];
  return { title: 'What a stranger gets for its questions', rows, verdicts };
}

function ratioOf(out: number, into: number): string {
  return (out / into).toFixed(2);
}
