import { expect, test } from 'vitest';
import { ExitCode, exitCodeOf } from '../../cli/exit-code.ts';
import { AddressInUse } from '../../core/errors.ts';
import { InvalidConfig } from '../../core/config/problems.ts';
import { bindError } from '../../transports/sockets/bind-errors.ts';

test.each(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EMFILE'])('%s may be gone at the next try', (code) => {
  const cause = Object.assign(new Error(code), { code });
  expect(exitCodeOf(bindError('10.0.0.1:7946', cause))).toBe(ExitCode.failed);
});

test('an address in use may be free at the next try', () => {
  expect(exitCodeOf(new AddressInUse('10.0.0.1:7946'))).toBe(ExitCode.failed);
});

test('a configuration that is wrong stays so', () => {
  expect(exitCodeOf(new InvalidConfig([]))).toBe(ExitCode.usage);
});
