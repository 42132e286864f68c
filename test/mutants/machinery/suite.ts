/** What mutants are held against: named plays, each over any number of seeds. */
export interface Play {
  readonly name: string;
  /** How long one seed takes compared with other plays; small ones are played first. */
  readonly cost: number;
  /** The rule that the run broke, or undefined when it passed. An exception counts as a broken rule of that name. */
  run(seed: number): Promise<string | undefined>;
}

/** One run that failed: which play, which rule, and the seed (they count from 1, so it is also the number needed). */
export interface Kill {
  readonly play: string;
  readonly rule: string;
  readonly seed: number;
}

/** What a player process is asked to do. */
export interface PlayOrder {
  readonly seeds: number;
  readonly first: readonly string[];
  /** Stop at the first kill, or find the first kill of every play. */
  readonly until: 'first-kill' | 'every-play';
  /** Play only these runs. */
  readonly only?: readonly { readonly play: string; readonly seed: number }[];
}

/** What a player process says, one JSON object per line. */
export type PlayerReport =
  | { readonly type: 'ready' }
  | { readonly type: 'playing'; readonly play: string; readonly seed: number }
  | { readonly type: 'kill'; readonly kill: Kill }
  | { readonly type: 'done'; readonly runs: number };

/** Ends of the waves of seeds: a bug that most seeds show dies before the costly plays get their second one. */
const WAVES = [1, 3, 10, 25];

/** All (play, seed) pairs in the order in which they are tried. */
export function* playOrder(plays: readonly Play[], order: PlayOrder): Generator<{ play: Play; seed: number }> {
  if (order.only !== undefined) {
    for (const { play: name, seed } of order.only) {
      const play = plays.find((candidate) => candidate.name === name);
      if (play !== undefined) yield { play, seed };
    }
    return;
  }
  const rank = ({ name }: Play) => (order.first.includes(name) ? order.first.indexOf(name) : order.first.length);
  const sorted = plays.toSorted((a, b) => rank(a) - rank(b) || a.cost - b.cost);
  let begun = 0;
  for (const end of [...WAVES.filter((wave) => wave < order.seeds), order.seeds]) {
    for (const play of sorted) for (let seed = begun + 1; seed <= end; seed += 1) yield { play, seed };
    begun = end;
  }
}

/** Plays until the order is fulfilled; `say` hears of every run before it begins, so that a hang can be named. */
export async function fulfil(
  plays: readonly Play[],
  order: PlayOrder,
  say: (report: PlayerReport) => void,
): Promise<void> {
  const killedPlays = new Set<string>();
  let runs = 0;
  for (const { play, seed } of playOrder(plays, order)) {
    if (killedPlays.has(play.name)) continue;
    say({ type: 'playing', play: play.name, seed });
    const rule = await play.run(seed).catch((error: unknown) => `threw ${String(error)}`);
    runs += 1;
    if (rule === undefined) continue;
    say({ type: 'kill', kill: { play: play.name, rule, seed } });
    if (order.until === 'first-kill') break;
    if (order.only === undefined) killedPlays.add(play.name);
  }
  say({ type: 'done', runs });
}
