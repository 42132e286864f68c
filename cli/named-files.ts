import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { NodeKeys } from '../core/cluster/node-keys.ts';
import { keyringPath } from '../core/cluster/past-life.ts';
import { Findings } from '../core/config/findings.ts';
import type { NodeConfig } from '../core/config/node-config.ts';
import { RollcallError } from '../core/errors.ts';
import { silentLog } from '../core/ports/log.ts';
import { whyUnreadable } from '../transports/config-file.ts';
import { nodeCrypto } from '../transports/crypto.ts';
import { nodeFiles } from '../transports/files.ts';
import type { Loaded } from './load-config.ts';

/** Reads the files that a configuration names, as the node would, and throws everything that is wrong with them. */
export async function checkNamedFiles({ result: { config, sources }, file }: Loaded): Promise<void> {
  const findings = new Findings(file?.text ?? '');
  const refuse = (path: string, value: string, problem: string): void => {
    findings.add({ path, value, says: `${path} names ${value}: ${problem}.`, source: sources.get(path)! });
  };
  const read = async (path: string, value: string): Promise<string | undefined> => {
    try {
      return value === '' ? undefined : await readFile(value, 'utf8');
    } catch (error) {
      refuse(path, value, whyUnreadable(error));
      return undefined;
    }
  };

  for (const { table, files } of certificates(config)) {
    const cert = await read(`${table}.cert_file`, files.certFile);
    const key = await read(`${table}.key_file`, files.keyFile);
    const ca = await read(`${table}.ca_file`, files.caFile);
    if (cert === undefined || key === undefined) continue;
    try {
      createSecureContext({ cert, key, ...(ca === undefined ? {} : { ca }) });
    } catch (error) {
      const problem = `certificate, key and authority do not go together (${(error as Error).message})`;
      refuse(`${table}.cert_file`, files.certFile, `${problem}. Each must be PEM, and the key the certificate's`);
    }
  }
  const { tokenFile } = config.admin;
  const token = await read('admin.token_file', tokenFile);
  if (token?.trim() === '') refuse('admin.token_file', tokenFile, 'it is empty. Write a token into it');
  const keyring = keyringPath(config.cluster);
  const problem = await keyringProblem(keyring);
  const named = config.cluster.encryption.keyringFile === '' ? 'cluster.data_dir' : 'cluster.encryption.keyring_file';
  if (problem !== undefined) findings.add({ path: named, value: keyring, says: problem, source: sources.get(named)! });
  findings.conclude();
}

/** What is read only where it is used. */
function certificates({ cluster, admin }: NodeConfig) {
  const { network } = cluster;
  return [
    { table: 'cluster.network.tls', files: network.tls, used: cluster.enabled && network.mode === 'tls' },
    { table: 'admin', files: admin, used: admin.enabled },
  ].filter(({ used }) => used);
}

/** One that is not there is none: the node begins it with its first keys. */
async function keyringProblem(path: string): Promise<string | undefined> {
  try {
    await NodeKeys.load({ files: nodeFiles(), path, crypto: nodeCrypto(), log: silentLog }, []);
    return undefined;
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
    return error.message;
  }
}
