import { FileFailed, type Files } from '../../ports/files.ts';
import type { HttpClient, HttpClients, HttpHeaders } from '../../ports/http.ts';
import { textFromBytes } from '../../wire/text.ts';
import { SourceFailed } from '../source.ts';

/** How this node shows who it is, and whom it believes. */
export interface RegistryAccess {
  readonly token: string;
  /** A file that holds the token; read at every call, because tokens are replaced. */
  readonly tokenFile: string;
  /** PEM. */
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** What calls to a registry need that is kept in files. */
export class Credentials {
  readonly #method: string;
  readonly #access: RegistryAccess;
  readonly #files: Files;
  readonly #http: HttpClients;

  constructor(method: string, access: RegistryAccess, ports: { readonly files: Files; readonly http: HttpClients }) {
    this.#method = method;
    this.#access = access;
    this.#files = ports.files;
    this.#http = ports.http;
  }

  async headers(): Promise<HttpHeaders> {
    const { token, tokenFile } = this.#access;
    const shown = tokenFile === '' ? token : textFromBytes(await this.#read(tokenFile)).trim();
    return shown === '' ? {} : { authorization: `Bearer ${shown}` };
  }

  async client(): Promise<HttpClient> {
    const { caFile, certFile, keyFile } = this.#access;
    if (caFile === '' && certFile === '') return this.#http();
    return this.#http({
      ...(caFile === '' ? {} : { ca: await this.#read(caFile) }),
      ...(certFile === '' ? {} : { cert: await this.#read(certFile), key: await this.#read(keyFile) }),
    });
  }

  async #read(path: string): Promise<Uint8Array> {
    try {
      return await this.#files.read(path);
    } catch (error) {
      if (error instanceof FileFailed) throw new SourceFailed(this.#method, error.message, { cause: error });
      throw error;
    }
  }
}
