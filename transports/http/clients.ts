import type { HttpClient, HttpClients } from '../../core/ports/http.ts';
import { nodeHttpClient } from './client.ts';

/** Certificates are replaced while we run, every hour in some places: those of long ago need no client. */
const KNOWN_MAX = 16;

/** Clients on `node:http`, one for each set of certificates, so that their connections are shared. */
export function httpClients(): HttpClients {
  const known = new Map<string, HttpClient>();
  return (trust = {}) => {
    const parts = [trust.ca, trust.cert, trust.key].map((pem) =>
      pem === undefined ? '' : Buffer.from(pem).toString('base64'),
    );
    const key = parts.join();
    const client = known.get(key) ?? nodeHttpClient(trust);
    // The one that was used last stands last. Whoever still uses the one that is forgotten keeps it.
    known.delete(key);
    known.set(key, client);
    const [oldest] = known.keys();
    if (known.size > KNOWN_MAX) known.delete(oldest!);
    return client;
  };
}
