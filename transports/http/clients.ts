import type { HttpClient, HttpClients } from '../../core/ports/http.ts';
import { nodeHttpClient } from './client.ts';

/** Clients on `node:http`, one for each set of certificates, so that their connections are shared. */
export function httpClients(): HttpClients {
  const known = new Map<string, HttpClient>();
  return (trust = {}) => {
    const parts = [trust.ca, trust.cert, trust.key].map((pem) =>
      pem === undefined ? '' : Buffer.from(pem).toString('base64'),
    );
    const key = parts.join();
    const client = known.get(key) ?? nodeHttpClient(trust);
    known.set(key, client);
    return client;
  };
}
