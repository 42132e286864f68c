import type { Address, Endpoint, Stream, Transport } from '../ports/transport.ts';

/** The network of a node that is to be alone: nothing is bound, nothing goes out, nothing arrives. */
export const noNetwork: Transport = {
  open<D, S>(address: Address): Endpoint<D, S> {
    return {
      address,
      send() {},
      connect(peer, _deadline, handlers): Stream<S> {
        handlers.onClose('refused');
        return { peer, pending: 0, send() {}, end() {}, close() {} };
      },
      close() {},
    };
  },
};
