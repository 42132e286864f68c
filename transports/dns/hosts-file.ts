import { isIP } from 'node:net';
import { plainName } from '../../core/dns/names.ts';

/** The addresses that `hosts(5)` gives a name. `localhost` has them anyway (RFC 6761). */
export function addressesInHosts(text: string, name: string): string[] {
  const wanted = plainName(name);
  const found = text.split('\n').flatMap((line) => {
    const [ip = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    return isIP(ip) !== 0 && names.some((other) => plainName(other) === wanted) ? [ip] : [];
  });
  if (found.length === 0 && /(?:^|\.)localhost$/.test(wanted)) return ['127.0.0.1', '::1'];
  return [...new Set(found)];
}
