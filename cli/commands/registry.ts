import { isLoopback } from '../../core/admin/access.ts';
import { isIp, withPort } from '../../core/discovery/host-port.ts';
import { REGISTRY_DEFAULTS, REGISTRY_PORT, registryServer } from '../../core/discovery/registry/server.ts';
import { SECOND } from '../../core/ports/clock.ts';
import { UsageError } from '../../scenarios/errors.ts';
import { systemClock } from '../../transports/clock.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { nodeFiles } from '../../transports/files.ts';
import { serveHttp, type ServerTls } from '../../transports/http/server.ts';
import { pinoLog } from '../../transports/log.ts';
import { ExitCode } from '../exit-code.ts';
import { portOf, textOf, timeOf, type Given } from '../options.ts';
import { readText } from '../terminal.ts';
import { untilTold } from '../until-told.ts';

/** Streams and heartbeats of that many nodes stay open at the same time. */
const CONNECTIONS_MAX = 4_096;
const GRACE_MS = 1_000;

/** Serves a registry that nodes enter themselves in, until somebody ends it. */
export async function registryCommand(given: Given): Promise<number> {
  const host = textOf(given, 'bind') ?? '127.0.0.1';
  if (!isIp(host)) {
    throw new UsageError(
      'INVALID_OPTION',
      `--bind is ${JSON.stringify(host)}. Give an IP address, such as 0.0.0.0 or ::.`,
    );
  }
  const bind = withPort(host, portOf(given) ?? REGISTRY_PORT);
  const token = tokenOf(given);
  const tls = tlsOf(given);
  const ttl = timeOf(given, 'ttl', '--ttl');
  const path = textOf(given, 'state');
  const log = await pinoLog({ level: 'info', format: process.stdout.isTTY ? 'pretty' : 'json' });
  const files = nodeFiles();
  const registry = registryServer({
    clock: systemClock(),
    crypto: nodeCrypto(),
    log,
    token,
    ttlMs: ttl === undefined ? REGISTRY_DEFAULTS.ttlMs : (ttl / SECOND) * 1_000,
    ...(path === undefined ? {} : { state: { files, path } }),
  });
  const server = await serveHttp(registry.handler, {
    bind,
    connectionsMax: CONNECTIONS_MAX,
    ...(tls === undefined ? {} : { tls }),
    onError: (error) => log.error({ operation: 'registry', error }, 'an answer failed'),
  });
  const url = `${tls === undefined ? 'http' : 'https'}://${server.address}/`;
  log.info({ operation: 'registry', address: server.address }, `registry on ${url}`);
  if (token === '' && !isLoopback(server.address)) {
    log.warn({ operation: 'registry' }, 'everybody who reaches it may enter nodes: give --token-file');
  }
  const signal = await untilTold();
  log.info({ operation: 'stop', signal }, `${signal}: the registry ends`);
  await registry.close();
  await server.close(GRACE_MS);
  return ExitCode.pass;
}

function tokenOf(given: Given): string {
  const file = textOf(given, 'tokenFile');
  if (file === undefined) return '';
  const token = readText(file).trim();
  if (token !== '') return token;
  throw new UsageError('INVALID_OPTION', `--token-file ${file} is empty. Write a token into it.`);
}

function tlsOf(given: Given): ServerTls | undefined {
  const [cert, key] = [textOf(given, 'cert'), textOf(given, 'key')];
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new UsageError('INVALID_OPTION', '--cert and --key belong together. Give both.');
  }
  return { cert: readText(cert), key: readText(key) };
}
