import { sameAddress } from '../../core/address.ts';
import type { Address } from '../../core/ports/transport.ts';
import type { Invariant } from '../invariant.ts';
import { inWords, isWithin, type JudgedTime } from './discovery-time.ts';

/** As the backend has it in truth, whoever may read it. */
export interface EntryInTruth {
  readonly id: string;
  readonly address: Address;
}

/** Whatever the backend forgot, it knows again: nodes enter themselves anew. Nodes are named like their hosts. */
export function everybodyIsEntered(entries: () => readonly EntryInTruth[], window: JudgedTime): Invariant {
  const id = 'everybody-is-entered';
  return {
    id,
    words: `Every node that runs stands in the backend, at its own address, ${inWords(window)}.`,
    create(world) {
      let reported = false;
      return {
        onTick() {
          if (reported || !isWithin(window, world)) return;
          const known = entries();
          const missing = world.hosts.find(
            ({ up, bystander, name, address }) =>
              up && bystander !== true && !known.some((one) => one.id === name && sameAddress(one.address, address)),
          );
          if (missing === undefined) return;
          reported = true;
          const instead = known.find((one) => one.id === missing.name)?.address ?? 'nowhere';
          const detail = `${missing.name} is at ${missing.address}, and entered ${instead}, at ${world.now() / 1_000_000} s`;
          world.violate({ invariant: id, subject: missing.name, phase: 'after-healing', detail });
        },
      };
    },
  };
}
