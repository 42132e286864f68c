import { expect, test } from 'vitest';
import { httpClients } from '../../../transports/http/clients.ts';

test('equal certificates share a client, whoever asks, and those that were replaced long ago are forgotten', () => {
  const clients = httpClients();
  const [plain, first] = [clients(), clients({ ca: 'first' })];
  expect(clients({ ca: new TextEncoder().encode('first') })).toBe(first);
  expect(clients({ ca: 'second' })).not.toBe(first);
  for (let hour = 0; hour < 1_000; hour++) {
    clients({ ca: `authority ${hour}` });
    expect(clients()).toBe(plain);
  }
  expect(clients({ ca: 'first' })).not.toBe(first);
});
