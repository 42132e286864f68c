import { InvalidSetting } from '../errors.ts';
import { canonicalAddress, parseAddress } from '../address.ts';
import type { Address } from '../ports/transport.ts';

interface Network {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

/** Which addresses may be members, as CIDR blocks (`10.0.0.0/8`, `fd00::/8`). An empty list allows every address. */
export function allowList(networks: readonly string[]): (address: Address) => boolean {
  if (networks.length === 0) return () => true;
  const parsed = networks.map(parseNetwork);
  return (address) => {
    const { bytes } = parseAddress(canonicalAddress(address));
    return parsed.some((network) => contains(network, bytes));
  };
}

function parseNetwork(text: string): Network {
  const [host = '', suffix = ''] = text.split('/');
  const bits = /^\d{1,3}$/.test(suffix) ? Number(suffix) : -1;
  let bytes: Uint8Array;
  try {
    bytes = parseAddress(host.includes(':') ? `[${host}]:0` : `${host}:0`).bytes;
  } catch (cause) {
    throw new InvalidSetting('allow', text, `a CIDR block such as 10.0.0.0/8 or fd00::/8 (${String(cause)})`);
  }
  if (bits < 0 || bits > bytes.length * 8) {
    throw new InvalidSetting('allow', text, 'a CIDR block such as 10.0.0.0/8 or fd00::/8');
  }
  return { bytes, bits };
}

function contains(network: Network, bytes: Uint8Array): boolean {
  if (bytes.length !== network.bytes.length) return false;
  for (let i = 0, bits = network.bits; bits > 0; i += 1, bits -= 8) {
    const mask = bits >= 8 ? 0xff : (0xff << (8 - bits)) & 0xff;
    if ((bytes[i]! & mask) !== (network.bytes[i]! & mask)) return false;
  }
  return true;
}
