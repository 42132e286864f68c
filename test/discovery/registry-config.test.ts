import { describe, expect, test } from 'vitest';
import { readConfig } from '../../core/config/read.ts';
import type { ConfigTable } from '../../core/config/layers.ts';
import { fileType } from '../../core/discovery/file/file-type.ts';
import { registryType } from '../../core/discovery/registry/registry-type.ts';
import { parseSourceUrl } from '../../core/discovery/peer-text-url.ts';

const KEY = 'iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=';

function refusalOf(source: ConfigTable): string {
  try {
    readConfig({ values: { cluster: { discovery: { sources: [source] } } }, environment: {} });
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('what operators say of files and registries', () => {
  test.each([
    [{ type: 'file', paths: ['/etc/peers.json'] }, /^none$/],
    [{ type: 'file' }, /paths must name/],
    [{ type: 'file', paths: ['/p/'], register_path: '/p/', public_keys: [KEY] }, /register_path and public_keys/],
    [{ type: 'file', paths: ['/p'], max_age_sec: 1 }, /max_age_sec must be at least 3/],
    [{ type: 'file', paths: ['/p'], public_keys: ['short'] }, /32 bytes in base64/],
    [{ type: 'registry', registry_url: 'https://r.test', token_file: '/t' }, /^none$/],
    [{ type: 'registry', registry_url: 'https://r.test/peers.json', public_keys: [KEY] }, /^none$/],
    [{ type: 'registry' }, /registry_url/],
    [{ type: 'registry', registry_url: 'ftp://r.test' }, /must begin with http/],
    [{ type: 'registry', registry_url: 'https://u:p@r.test/' }, /must not hold a password/],
    [{ type: 'registry', registry_url: 'https://r.test/', public_keys: [KEY] }, /is not signed/],
    [{ type: 'registry', registry_url: 'https://r.test', token: 'a', token_file: '/b' }, /only one can count/],
    [{ type: 'registry', registry_url: 'https://r.test', cert_file: '/c' }, /belong together/],
    [{ type: 'registry', registry_url: 'https://r.test', ttl_sec: 1 }, /from 3 to 86400/],
  ] as const)('%j', (source, words) => {
    expect(refusalOf(source as ConfigTable)).toMatch(words);
  });

  test.each([
    ['file:/etc/peers.json', '/etc/peers.json'],
    ['file:///etc/peers.json', '/etc/peers.json'],
    ['file:peers.json', 'peers.json'],
    ['file:/with%20space.json', '/with space.json'],
  ])('%s is a path', (url, path) => {
    expect(fileType.urls!['file']!(parseSourceUrl(url))).toEqual({ paths: [path] });
  });

  test.each(['file:', 'file://host/peers.json'])('%s is none', (url) => {
    expect(() => fileType.urls!['file']!(parseSourceUrl(url))).toThrow(/a file URL/);
  });

  test('an address on the web is a registry, or a file with entries', () => {
    const words = (url: string): string => registryType.inWords({ url } as never);
    expect(words('https://r.test')).toBe('the registry at https://r.test');
    expect(words('https://r.test/rollcall/')).toBe('the registry at https://r.test/rollcall/');
    expect(words('https://r.test/peers.json?sig=secret')).toBe('the entries at https://r.test/peers.json');
    expect(registryType.urls!['https']!(parseSourceUrl('https://r.test/a?b'))).toEqual({
      registry_url: 'https://r.test/a?b',
    });
  });
});
