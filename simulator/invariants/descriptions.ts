import type { Address } from '../../core/ports/transport.ts';

/** Numbers every distinct (address, metadata) that a run has shown, so that views compare them as integers. 0 is none. */
export class Descriptions {
  readonly #byAddress = new Map<Address, { meta: Uint8Array; id: number }[]>();
  readonly #all: { address: Address; bytes: number }[] = [{ address: '', bytes: 0 }];

  idOf(address: Address, meta: Uint8Array): number {
    let known = this.#byAddress.get(address);
    if (known === undefined) {
      known = [];
      this.#byAddress.set(address, known);
    }
    for (const entry of known) if (entry.meta === meta || sameBytes(entry.meta, meta)) return entry.id;
    const id = this.#all.length;
    known.push({ meta, id });
    this.#all.push({ address, bytes: meta.length });
    return id;
  }

  addressOf(id: number): Address {
    return this.#all[id]?.address ?? '';
  }

  textOf(id: number): string {
    const one = this.#all[id];
    return id === 0 || one === undefined ? 'nothing' : `${one.address} with ${one.bytes} bytes of metadata (#${id})`;
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
