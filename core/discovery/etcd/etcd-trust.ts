import { messageOf } from '../../errors.ts';
import type { Files } from '../../ports/files.ts';
import type { HttpClient, HttpClients, HttpTrust } from '../../ports/http.ts';
import { SourceFailed } from '../source.ts';
import { METHOD } from './etcd-calls.ts';

/** Paths, '' where there is none. */
export interface TrustFiles {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** A client for each call: certificates are replaced while we run, and equal ones give the same client. */
export function trustedClient(paths: TrustFiles, files: Files, http: HttpClients): () => Promise<HttpClient> {
  const read = async (name: keyof HttpTrust, path: string): Promise<HttpTrust> => {
    try {
      return path === '' ? {} : { [name]: await files.read(path) };
    } catch (error) {
      throw new SourceFailed(METHOD, messageOf(error), { cause: error });
    }
  };
  return async () => {
    const ca = await read('ca', paths.caFile);
    const cert = await read('cert', paths.certFile);
    return http({ ...ca, ...cert, ...(await read('key', paths.keyFile)) });
  };
}
