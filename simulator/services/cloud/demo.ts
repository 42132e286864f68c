import { CloudAccount, type CloudMachine } from './account.ts';

const machine = (number: number): CloudMachine => ({
  name: `node-${number}`,
  ip: `127.0.0.${number}`,
  tags: { role: 'rollcall' },
  networkTags: ['rollcall'],
});

/** Three machines with the tag `role=rollcall`, and a key that does not expire: something to try a source with. */
export function demoAccount(): CloudAccount {
  const account = new CloudAccount({ machines: [1, 2, 3].map(machine) });
  account.keep('AKIADEMO', 'demo-secret');
  return account;
}
