import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { requestListener, startNode } from '../../index.ts';
import type { Node } from '../../index.ts';
import { silentLog } from '../../core/ports/log.ts';

const running: Node[] = [];
afterEach(async () => {
  for (const node of running.splice(0)) await node.stop();
});

async function start(cluster: Record<string, unknown>, more: Record<string, unknown> = {}): Promise<Node> {
  const settings = {
    cluster: { listen_addr: '127.0.0.1:0', membership: { preset: 'local' }, ...cluster },
    admin: { enabled: false },
    ...more,
  };
  const node = await startNode(settings, { log: silentLog });
  running.push(node);
  return node;
}

describe('startNode', () => {
  test('runs a node from a few keys, which others join', async () => {
    const a = await start({ node_id: 'a' });
    const joined = new Promise((resolve) => a.membership.on('join', ({ member }) => resolve(member.name)));
    const b = await start({ node_id: 'b', seeds: [a.address] });
    expect(b.cluster.readiness()).toEqual({ ready: true });
    expect(await joined).toBe('b');
    expect(b.membership.members().map((member) => member.name)).toEqual(expect.arrayContaining(['a', 'b']));
    const left = new Promise((resolve) => a.membership.on('leave', ({ member }) => resolve(member.name)));
    await b.leave();
    expect(await left).toBe('b');
  });

  test('reads a file, below the variables, beside tables of the application', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rollcall-start-'));
    const file = join(folder, 'app.toml');
    writeFileSync(
      file,
      '[storage]\npath = "/x"\n[cluster]\nnode_id = "file"\nlisten_addr = "127.0.0.1:0"\n[admin]\nenabled = false\n',
    );
    const node = await startNode(file, {
      log: silentLog,
      environment: { ROLLCALL_CLUSTER_NODE_ID: 'variable' },
      foreignTables: ['storage'],
    });
    running.push(node);
    expect(node.name).toBe('variable');
    rmSync(folder, { recursive: true });
  });

  test('refuses settings that cannot be used, all of them at once', async () => {
    await expect(start({ node_id: 7, lable: 'x' })).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      problems: [expect.anything(), expect.anything()],
    });
  });

  test('refuses an admin interface that lets strangers change things', async () => {
    const admin = { bind: '0.0.0.0:0', allow_changes: true };
    await expect(start({ node_id: 'a' }, { admin })).rejects.toThrow(/admin\.allow_changes/);
  });

  test('leaves nothing bound when it fails', async () => {
    const a = await start({ node_id: 'a' });
    const { address } = a;
    await a.stop();
    await expect(
      start({ node_id: 'a', listen_addr: address, discovery: { on_no_peers: 'fail' } }),
    ).rejects.toMatchObject({
      code: 'NO_PEERS',
    });
    await start({ node_id: 'a', listen_addr: address });
  });

  test('gives its admin interface as a function, for a server of your own', async () => {
    const a = await start({ node_id: 'a' });
    expect(a.admin).toBeUndefined();
    const server = createServer(requestListener(a.handler));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/cluster/health`);
    expect(await answer.json()).toMatchObject({ status: 'healthy', total_nodes: 1 });
    server.closeAllConnections();
    server.close();
  });

  test('runs over TCP alone, too', async () => {
    const network = { mode: 'tcp' };
    const a = await start({ node_id: 'a', network });
    const b = await start({ node_id: 'b', network, seeds: [a.address] });
    await expect.poll(() => b.cluster.lastSeen('a'), { timeout: 5_000 }).toBeLessThan(2);
    expect(b.membership.counters.probesFailed).toBe(0);
  });
});
