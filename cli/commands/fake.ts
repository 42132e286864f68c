import { isIp, withPort } from '../../core/discovery/host-port.ts';
import { suggestion } from '../../core/nearest.ts';
import { seededRandom } from '../../core/random.ts';
import { UsageError } from '../../scenarios/errors.ts';
import { parseSeed } from '../../scenarios/seeds.ts';
import { FAKES, NAME_SERVER } from '../../simulator/services/fakes.ts';
import { standalone, standaloneDns, type StandalonePorts } from '../../simulator/services/standalone.ts';
import { systemClock } from '../../transports/clock.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { serveDns } from '../../transports/dns/serve.ts';
import { serveHttp } from '../../transports/http/server.ts';
import { ExitCode } from '../exit-code.ts';
import { portOf, textOf, type Given } from '../options.ts';
import { untilTold } from '../until-told.ts';

/** A fake that is being served. */
interface Served {
  readonly lines: readonly string[];
  close(): Promise<void>;
}

/** Serves one fake until somebody ends it; without a name, lists them. */
export async function fakeCommand(name: string | undefined, given: Given): Promise<number> {
  if (name === undefined) {
    process.stdout.write(listed());
    return ExitCode.pass;
  }
  if (name !== 'dns' && FAKES[name] === undefined) {
    const hint = suggestion(name, NAMES);
    throw new UsageError(
      'UNKNOWN_FAKE',
      `There is no fake ${JSON.stringify(name)}.${hint} There is: ${NAMES.join(', ')}.`,
    );
  }
  const { lines, close } = await (name === 'dns' ? serveNames(given) : serveFake(name, given));
  process.stdout.write(`${lines.join('\n')}\n`);
  await untilTold();
  await close();
  return ExitCode.pass;
}

const NAMES = [...Object.keys(FAKES), 'dns'];

function listed(): string {
  const width = Math.max(...NAMES.map((name) => name.length));
  const lines = NAMES.map((name) => {
    const { says, port } = FAKES[name] ?? NAME_SERVER;
    return `${name.padEnd(width)}  ${says} (port ${port})`;
  });
  return `${lines.join('\n')}\n\nrollcall fake NAME serves one of them.\n`;
}

async function serveFake(name: string, given: Given): Promise<Served> {
  const { port, create, example } = FAKES[name]!;
  const { handler } = standalone(create, portsOf(name, given));
  const server = await serveHttp(handler, { bind: bindOf(given, port), onError: complain });
  const url = `http://${server.address}`;
  return {
    lines: [`${name} on ${url}. Ctrl-C ends it.`, `  ${example.replaceAll('URL', url)}`, ...leading(url)],
    close: () => server.close(0),
  };
}

async function serveNames(given: Given): Promise<Served> {
  const { port, create, example } = NAME_SERVER;
  const { server, handler } = standaloneDns(create, portsOf('dns', given));
  const names = await serveDns(server.handler, bindOf(given, port), server.takesStreams);
  // Port and name server are one: what leads it has a place of its own.
  const control = await serveHttp(handler, { bind: withPort(hostOf(given), 0), onError: complain });
  const [, host = '', at = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(names.address) ?? [];
  return {
    lines: [
      `dns on ${names.address}, UDP and TCP. Ctrl-C ends it.`,
      `  ${example.replaceAll('HOST', host).replaceAll('PORT', at)}`,
      ...leading(`http://${control.address}`),
    ],
    close: async () => void (await Promise.all([names.close(), control.close(0)])),
  };
}

function leading(url: string): string[] {
  const fault = `'{"effect":"http-status","argument":{"status":503},"seconds":30}'`;
  return [
    'Its faults, and how often each has struck; one that begins; none any more:',
    `  curl -s ${url}/_fake`,
    `  curl -s -d ${fault} ${url}/_fake/fault`,
    `  curl -s -X DELETE ${url}/_fake/faults`,
  ];
}

function portsOf(name: string, given: Given): StandalonePorts {
  const seed = textOf(given, 'seed');
  const random = seededRandom(`fake ${name} ${seed === undefined ? 1 : parseSeed(seed)}`);
  return { name, clock: systemClock(), random, crypto: nodeCrypto() };
}

function bindOf(given: Given, usual: number): string {
  return withPort(hostOf(given), portOf(given) ?? usual);
}

function hostOf(given: Given): string {
  const host = textOf(given, 'bind') ?? '127.0.0.1';
  if (isIp(host)) return host;
  throw new UsageError(
    'INVALID_OPTION',
    `--bind is ${JSON.stringify(host)}. Give an IP address, such as 127.0.0.1 or ::1.`,
  );
}

function complain(error: unknown): void {
  process.stderr.write(`rollcall: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}
