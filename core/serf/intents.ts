import { SECOND, type Micros } from '../ports/clock.ts';
import type { Intent } from './messages.ts';

/** An intent may travel ahead of the member that it is about; after this long the member does not come any more. */
const STRANGER_MEMORY: Micros = 300 * SECOND;
/** A bound against floods of invented names: more than any cluster has. */
const INTENTS_MAX = 65_536;

interface Held {
  readonly leaving: boolean;
  readonly time: number;
  readonly heardAt: Micros;
}

/** The latest that each member has said of its coming and going. */
export class Intents {
  readonly #byNode = new Map<string, Held>();

  /** True when it is later than what is held, which it then replaces. */
  isNew({ leaving, node, time }: Intent, heardAt: Micros): boolean {
    if (time <= this.timeOf(node)) return false;
    // Written back last, so that the map's order is the order of arrival.
    this.#byNode.delete(node);
    this.#byNode.set(node, { leaving, time, heardAt });
    if (this.#byNode.size > INTENTS_MAX) this.#byNode.delete(this.#byNode.keys().next().value!);
    return true;
  }

  /** 0 of somebody who said nothing. */
  timeOf(node: string): number {
    return this.#byNode.get(node)?.time ?? 0;
  }

  /** Those of whom membership knows; of the others only the recent ones are kept. */
  of(isKnown: (node: string) => boolean, now: Micros): Intent[] {
    const intents: Intent[] = [];
    for (const [node, { leaving, time, heardAt }] of this.#byNode) {
      if (isKnown(node)) intents.push({ leaving, node, time });
      else if (heardAt + STRANGER_MEMORY < now) this.#byNode.delete(node);
    }
    return intents;
  }
}
