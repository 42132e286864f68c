import { AddressInUse, RollcallError } from '../../core/errors.ts';
import type { Address } from '../../core/ports/transport.ts';
import { codeOf } from './counters.ts';

/** The address cannot be bound; the message says what to do. */
class BindFailed extends RollcallError {
  readonly address: Address;

  constructor(code: string, address: Address, problem: string, cause: Error) {
    super(code, `${address} cannot be bound: ${problem}`, { cause });
    this.address = address;
  }
}

const PROBLEMS: Readonly<Record<string, readonly [code: string, problem: string]>> = {
  EADDRNOTAVAIL: [
    'ADDRESS_NOT_AVAILABLE',
    'no interface of this machine has it. Bind an address of this machine (`ip addr` lists them), or 0.0.0.0 or [::] for all.',
  ],
  EAFNOSUPPORT: [
    'ADDRESS_NOT_AVAILABLE',
    'this machine has no such kind of address (is IPv6 switched off?). Bind an address of the other kind.',
  ],
  EACCES: [
    'ADDRESS_DENIED',
    'this process may not. Bind a port of 1024 or more, or give it the right to lower ones (CAP_NET_BIND_SERVICE).',
  ],
  EINVAL: [
    'ADDRESS_NOT_AVAILABLE',
    'the system refuses it. A link-local address (fe80::) needs a zone, which members cannot use: bind another one.',
  ],
};

export function bindError(address: Address, cause: Error): RollcallError {
  const code = codeOf(cause);
  if (code === 'EADDRINUSE') return new AddressInUse(address);
  const [name, problem] = PROBLEMS[code] ?? ['BIND_FAILED', `${cause.message}. See the system's error for what to do.`];
  return new BindFailed(name, address, problem, cause);
}
