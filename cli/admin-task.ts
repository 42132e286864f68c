import { HttpFailed } from '../core/ports/http.ts';
import { UsageError } from '../scenarios/errors.ts';
import { AdminClient, AdminRefused, adminUrl, NodeUnreachable } from './admin-client.ts';
import { ExitCode } from './exit-code.ts';
import { textOf, type Given } from './options.ts';
import type { Terminal, TlsTexts } from './terminal.ts';

const USUAL_ADMIN = '127.0.0.1:50051';

/** Runs what a command asks of a node. The variables are those that configure the node itself. */
export async function adminTask(
  options: Given,
  terminal: Terminal,
  task: (client: AdminClient) => Promise<void>,
): Promise<number> {
  const { environment, signal } = terminal;
  const url = adminUrl(textOf(options, 'admin') ?? (environment['ROLLCALL_ADMIN_BIND'] || USUAL_ADMIN));
  const http = terminal.http(tlsOf(options, terminal));
  const client = new AdminClient(http, url, tokenOf(options, terminal), signal);
  try {
    await task(client);
    return signal.aborted ? ExitCode.interrupted : ExitCode.pass;
  } catch (error) {
    if (signal.aborted && error instanceof HttpFailed) return ExitCode.interrupted;
    if (!(error instanceof AdminRefused || error instanceof NodeUnreachable)) throw error;
    terminal.complain(error.message);
    return ExitCode.failed;
  }
}

function tlsOf(options: Given, { readFile }: Terminal): TlsTexts {
  const named = ['ca', 'cert', 'key'].map((name) => [name, textOf(options, name)] as const);
  return Object.fromEntries(named.flatMap(([name, path]) => (path === undefined ? [] : [[name, readFile(path)]])));
}

function tokenOf(options: Given, { environment, readFile }: Terminal): string {
  const token = textOf(options, 'token');
  const file = textOf(options, 'tokenFile');
  if (token !== undefined && file !== undefined) {
    throw new UsageError('INVALID_OPTION', '--token and --token-file cannot stand together. Give one of them.');
  }
  if (token !== undefined) return token;
  const path =
    file ?? (environment['ROLLCALL_ADMIN_TOKEN'] === undefined ? environment['ROLLCALL_ADMIN_TOKEN_FILE'] : undefined);
  return path === undefined || path === '' ? (environment['ROLLCALL_ADMIN_TOKEN'] ?? '') : readFile(path).trim();
}
