import type { Resolver } from '../../ports/resolver.ts';
import { DEFAULT_PORT, locate, parseHostPort } from '../host-port.ts';
import { nobody, SourceFailed, STEADY_LIFETIME_MS, type Found, type Source } from '../source.ts';

/** A list of places from the configuration. Host names among them are asked for again and again: they may move. */
export function staticSource(seedNodes: readonly string[], resolver: Resolver): Source {
  const method = 'static_seeds';
  const places = seedNodes.map((text) => parseHostPort(text, DEFAULT_PORT));
  return {
    method,
    async discover(): Promise<Found> {
      if (places.length === 0) return nobody('no seeds configured');
      const located = await locate(places, resolver, STEADY_LIFETIME_MS);
      const { addresses, failures, warnings, lifetimeMs, complete } = located;
      if (addresses.length === 0 && failures.length > 0) throw new SourceFailed(method, failures.join(' '));
      const found = {
        candidates: addresses.map((address) => ({ address })),
        lifetimeMs,
        complete,
        warnings: [...failures, ...warnings],
      };
      return addresses.length > 0 ? found : { ...found, nobody: warnings.join(', ') };
    },
  };
}
