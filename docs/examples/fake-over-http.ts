import { seededRandom } from 'rollcall/core';
import { FAKES, standalone } from 'rollcall/simulator';
import { nodeCrypto, serveHttp, systemClock } from 'rollcall/transports';

const fake = standalone(FAKES['etcd']!.create, {
  name: 'etcd',
  clock: systemClock(),
  random: seededRandom('docs'),
  crypto: nodeCrypto(),
});
const server = await serveHttp(fake.handler, { bind: '127.0.0.1:0' });

/** The code under test: how many keys there are. */
async function keys(): Promise<string> {
  const body = JSON.stringify({ key: 'AA==', range_end: 'AA==' });
  const answer = await fetch(`http://${server.address}/v3/kv/range`, { method: 'POST', body });
  if (!answer.ok) return `status ${answer.status}`;
  const { count = '0' } = (await answer.json()) as { count?: string };
  return `${count} keys`;
}

console.log(await keys());
fake.command('put', { key: '/app/n1', value: '10.0.0.1' });
console.log(await keys());
fake.fault('http-status', { status: 503 });
console.log(await keys());
console.log(`struck: ${fake.faults.struck.get('http-status')}`);
fake.faults.clear();
console.log(await keys());
await server.close(0);
process.exit();
