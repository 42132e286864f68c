import { expect, test } from 'vitest';
import { InvalidSetting } from '../../../core/errors.ts';
import { addressOf, placeOf } from '../../../transports/sockets/place.ts';

test.each([
  ['10.0.0.7', '10.0.0.7:7946'],
  ['FD00:0:0::7', '[fd00::7]:7946'],
  ['::ffff:10.0.0.7', '10.0.0.7:7946'],
  ['fe80::1%eth0', '[fe80::1]:7946'],
  ['::ffff:10.0.0.7%2', '10.0.0.7:7946'],
])('what Node calls %s is %s', (host, address) => {
  expect(addressOf(host, 7946)).toBe(address);
});

test.each([
  ['10.0.0.7:7946', { host: '10.0.0.7', port: 7946, family: 4 }],
  ['[FD00::7]:7946', { host: 'fd00::7', port: 7946, family: 6 }],
  ['[::ffff:10.0.0.7]:7946', { host: '10.0.0.7', port: 7946, family: 4 }],
])('%s is reached at %j', (address, place) => {
  expect(placeOf(address)).toEqual(place);
});

test('what is no address is refused', () => {
  for (const bad of ['localhost:1', '10.0.0.7', '[fe80::1%eth0]:1', ''])
    expect(() => placeOf(bad)).toThrow(InvalidSetting);
});
