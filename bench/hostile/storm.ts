import { seededRandom } from '../../core/random.ts';
import { storm as stormAt, type Storm, type Stormed } from '../../test/hostile/streams.ts';

export interface StormOrder extends Omit<Storm, 'random'> {
  readonly seed: string;
}

/** The storm as something that can be asked of another process. */
export function storm({ seed, ...order }: StormOrder): Promise<Stormed> {
  return stormAt({ ...order, random: seededRandom(seed) });
}
