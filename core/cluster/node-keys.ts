import { RollcallError } from '../errors.ts';
import type { Crypto, Key } from '../ports/crypto.ts';
import { FileFailed, type Files } from '../ports/files.ts';
import type { Log } from '../ports/log.ts';
import type { KeyInfo, OperatedKeys } from '../admin/operated.ts';
import { fromBase64, toBase64 } from '../base64.ts';
import { InvalidKey, Keyring } from '../membership/keyring.ts';

const FINGERPRINT_BYTES = 8;

export interface NodeKeysDeps {
  readonly files: Files;
  /** '' keeps nothing: changes last as long as the node. */
  readonly path: string;
  readonly crypto: Crypto;
  readonly log: Log;
}

export class KeyringUnreadable extends RollcallError {
  constructor(path: string, problem: string, options?: { cause?: unknown }) {
    super(
      'KEYRING_UNREADABLE',
      `The keyring ${path} cannot be used: ${problem} Without it the node would speak plain text, so it does not ` +
        'start. Restore the file (a JSON list of base64 keys, the primary first) or move it away to use the configured keys.',
      options,
    );
  }
}

/** The keyring of a node and its file, in Serf's format. The file is written before a change counts. */
export class NodeKeys implements OperatedKeys {
  readonly #deps: NodeKeysDeps;
  readonly keyring: Keyring;
  /** Changes happen one after the other, each on the outcome of the one before. */
  #last: Promise<void> = Promise.resolve();

  private constructor(deps: NodeKeysDeps, keyring: Keyring) {
    this.#deps = deps;
    this.keyring = keyring;
  }

  /** A keyring file that exists takes the place of the configured keys; otherwise they become its first content. */
  static async load(deps: NodeKeysDeps, configured: readonly string[]): Promise<NodeKeys> {
    const { files, path, log } = deps;
    const keys = configured.map(keyOf);
    const stored = path === '' ? undefined : await readKeys(files, path);
    const nodeKeys = new NodeKeys(deps, new Keyring(stored ?? keys));
    if (stored !== undefined && keys.some((key) => !nodeKeys.keyring.has(key))) {
      const message = `${path} holds the keys; configured ones that it lacks are not used. Install them with \`rollcall keys install\`.`;
      log.warn({ operation: 'keys', path }, message);
    }
    if (stored === undefined && path !== '' && keys.length > 0) await nodeKeys.#write(nodeKeys.keyring.list());
    return nodeKeys;
  }

  list(): readonly KeyInfo[] {
    const { primary } = this.keyring;
    return this.keyring.list().map((key) => ({
      fingerprint: this.#fingerprint(key),
      bits: key.length * 8,
      primary: key === primary,
    }));
  }

  install(key: string): Promise<void> {
    return this.#change((ring) => ring.install(keyOf(key)));
  }

  use(key: string): Promise<void> {
    return this.#change((ring) => ring.use(this.#named(key)));
  }

  remove(key: string): Promise<void> {
    return this.#change((ring) => ring.remove(this.#named(key)));
  }

  #change(change: (ring: Keyring) => void): Promise<void> {
    const done = this.#last.then(async () => {
      const trial = new Keyring(this.keyring.list());
      change(trial);
      if (this.#deps.path !== '') await this.#write(trial.list());
      change(this.keyring);
    });
    this.#last = done.catch(() => {});
    return done;
  }

  async #write(keys: readonly Key[]): Promise<void> {
    await this.#deps.files.write(
      this.#deps.path,
      new TextEncoder().encode(`${JSON.stringify(keys.map(toBase64), null, 2)}\n`),
    );
  }

  /** The key of this base64 or fingerprint. */
  #named(text: string): Key {
    const byFingerprint = this.keyring.list().find((key) => this.#fingerprint(key) === text.toLowerCase());
    return byFingerprint ?? keyOf(text);
  }

  #fingerprint(key: Key): string {
    const digest = this.#deps.crypto.hash(key).subarray(0, FINGERPRINT_BYTES);
    return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }
}

function keyOf(text: string): Key {
  try {
    return fromBase64(text.trim());
  } catch (error) {
    throw new InvalidKey('A key is base64 of 16, 24 or 32 bytes. `rollcall keys generate` makes one.', {
      cause: error,
    });
  }
}

async function readKeys(files: Files, path: string): Promise<Key[] | undefined> {
  try {
    const list: unknown = JSON.parse(new TextDecoder().decode(await files.read(path)));
    if (!Array.isArray(list) || list.length === 0) throw new InvalidKey('It is not a JSON list with at least one key.');
    const keys = list.map((one) => keyOf(String(one)));
    return [...new Keyring(keys).list()];
  } catch (error) {
    if (error instanceof FileFailed && error.problem === 'missing') return undefined;
    // What JSON.parse says may quote the file, keys and all.
    const problem = error instanceof RollcallError ? error.message : 'It is not JSON.';
    throw new KeyringUnreadable(path, problem, { cause: error instanceof RollcallError ? error : undefined });
  }
}
