import { randomBytes } from 'node:crypto';
import { fromBase64, toBase64 } from '../../core/base64.ts';
import { ago, printable } from '../member-table.ts';
import { InvalidSetting, messageOf } from '../../core/errors.ts';
import { isObject, itemsOf, readListing } from '../../core/discovery/registry/listing.ts';
import {
  publicKeyFrom,
  signRegistry,
  verifiedRegistry,
  type SignedRegistry,
} from '../../core/discovery/signed/signed-registry.ts';
import { fromRfc3339 } from '../../core/wall-time.ts';
import { SIGN_KEY_BYTES } from '../../core/ports/crypto.ts';
import { UsageError } from '../../scenarios/errors.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { ExitCode } from '../exit-code.ts';
import { timeOf, textOf, type Given } from '../options.ts';
import { makeSecretFile, replaceText, textIfThere } from '../output-file.ts';
import { readText } from '../terminal.ts';

const USUAL_EXPIRY = '30d';
/** A list that outlives those who made it is no proof of anything. */
const EXPIRY_MAX_MS = 3_650 * 86_400_000;

/** Makes a private key in a file of its own, and prints the public one. */
export function keygenCommand(file: string): number {
  const existing = textIfThere(file);
  if (existing !== undefined) throw keptKey(file, existing);
  const seed = randomBytes(SIGN_KEY_BYTES);
  makeSecretFile(file, `${toBase64(seed)}\n`);
  process.stdout.write(`${publicKeyOf(seed)}\n`);
  return ExitCode.pass;
}

/** A private key that is lost cannot be made again: it is never written over. */
function keptKey(file: string, existing: string): UsageError {
  const seed = seedIn(existing);
  const public_ = seed === undefined ? 'and is no private key' : `with the public key ${publicKeyOf(seed)}`;
  return new UsageError('FILE_EXISTS', `${file} exists already, ${public_}. Give another path for another key.`);
}

/** Signs a list of peers, and prints it or replaces `--output` with it. */
export function signCommand(file: string, given: Given): number {
  const seed = seedFrom(textOf(given, 'key')!);
  const entries = entriesIn(file);
  const output = textOf(given, 'output');
  const before = output === undefined ? undefined : editionAt(output);
  const issuedAt = Date.now();
  const edition = {
    cluster: textOf(given, 'cluster') ?? before?.cluster ?? '',
    seq: seqOf(given) ?? (before === undefined ? Math.floor(issuedAt / 1_000) : before.seq + 1),
    issuedAt,
    expiresAt: issuedAt + expiryOf(given),
    entries,
  };
  const signed = usable(file, () => signRegistry(edition, seed, nodeCrypto()));
  const text = `${JSON.stringify(signed, null, 2)}\n`;
  if (output === undefined) process.stdout.write(text);
  else {
    replaceText(output, text);
    process.stdout.write(`${output}: ${inWords(signed, issuedAt)}\n`);
  }
  return ExitCode.pass;
}

/** Says whether nodes with these public keys would believe a file. */
export function verifyRegistryCommand(file: string, publicKeys: readonly string[], given: Given): number {
  const document = jsonIn(file);
  const label = textOf(given, 'cluster') ?? (isObject(document) ? document['cluster'] : undefined);
  const trust = {
    publicKeys: publicKeys.map(trustedKey),
    label: typeof label === 'string' ? label : '',
    crypto: nodeCrypto(),
  };
  const now = Date.now();
  const verified = verifiedRegistry(document, now, trust);
  if (typeof verified === 'string') {
    process.stderr.write(`rollcall: ${printable(`${file}: ${verified}.`)}\n`);
    return ExitCode.failed;
  }
  process.stdout.write(`${file}: ${inWords(verified, now)}\n`);
  return ExitCode.pass;
}

function inWords({ cluster, seq, entries, expires, keyId }: SignedRegistry, now: number): string {
  const whose = cluster === '' ? 'clusters without a label' : `cluster ${JSON.stringify(cluster)}`;
  const count = `${entries.length} ${entries.length === 1 ? 'entry' : 'entries'}`;
  const rest = ago((fromRfc3339(expires)! - now) / 1_000);
  return printable(`edition ${seq} for ${whose}, ${count}, key ${keyId}, expires in ${rest} (${expires})`);
}

function trustedKey(text: string): Uint8Array {
  try {
    return publicKeyFrom(text);
  } catch (cause) {
    if (!(cause instanceof InvalidSetting)) throw cause;
    const advice = `Give ${SIGN_KEY_BYTES} bytes in base64, as \`rollcall registry keygen\` printed them.`;
    throw new UsageError('INVALID_KEY', `--public-key is ${JSON.stringify(text)}. ${advice}`, { cause });
  }
}

function seedFrom(file: string): Uint8Array {
  const seed = seedIn(readText(file));
  if (seed !== undefined) return seed;
  // What it holds stays out of the message: it may be another secret.
  const advice = `Give ${SIGN_KEY_BYTES} bytes in base64: \`rollcall registry keygen\` makes such a file.`;
  throw new UsageError('INVALID_KEY', `--key ${file} holds no private key. ${advice}`);
}

function seedIn(text: string): Uint8Array | undefined {
  try {
    const seed = fromBase64(text.trim());
    return seed.length === SIGN_KEY_BYTES ? seed : undefined;
  } catch (error) {
    if (error instanceof InvalidSetting) return undefined;
    throw error;
  }
}

function publicKeyOf(seed: Uint8Array): string {
  return toBase64(nodeCrypto().publicKey(seed));
}

function jsonIn(file: string): unknown {
  try {
    return JSON.parse(readText(file)) as unknown;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError('INVALID_FILE', `${file} is no JSON: ${messageOf(error)}.`);
  }
}

/** Oddities are told; what no node could read is an error of `signRegistry`. */
function entriesIn(file: string): readonly unknown[] {
  const value = jsonIn(file);
  const entries = itemsOf(value);
  if (entries === undefined) {
    const forms = 'Give an entry with an address, an array of them, or {"peers": [...]}.';
    throw new UsageError('INVALID_FILE', `${file} lists no peers. ${forms}`);
  }
  for (const warning of readListing(entries)!.warnings) {
    process.stderr.write(`rollcall: ${printable(`${file}: ${warning}`)}\n`);
  }
  return entries;
}

/** What is replaced must be an earlier edition: anything else was named by mistake. */
function editionAt(file: string): { readonly cluster: string; readonly seq: number } | undefined {
  if (textIfThere(file) === undefined) return undefined;
  const value = jsonIn(file);
  if (isObject(value) && Number.isSafeInteger(value['seq']) && typeof value['cluster'] === 'string') {
    return { cluster: value['cluster'], seq: value['seq'] as number };
  }
  const advice = 'Give another --output, or remove that file.';
  throw new UsageError('FILE_EXISTS', `${file} exists already, and is no signed registry. ${advice}`);
}

function seqOf(given: Given): number | undefined {
  const text = textOf(given, 'seq');
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  throw new UsageError('INVALID_OPTION', `--seq is ${JSON.stringify(text)}. Give a whole number, such as --seq 8.`);
}

function expiryOf(given: Given): number {
  const ms = timeOf({ expires: USUAL_EXPIRY, ...given }, 'expires', '--expires')! / 1_000;
  if (ms >= 1_000 && ms <= EXPIRY_MAX_MS) return Math.floor(ms);
  const range = 'Give a time from 1s to 3650d, such as --expires 30d.';
  throw new UsageError('INVALID_OPTION', `--expires is ${JSON.stringify(textOf(given, 'expires'))}. ${range}`);
}

function usable<T>(file: string, task: () => T): T {
  try {
    return task();
  } catch (error) {
    if (!(error instanceof InvalidSetting)) throw error;
    throw new UsageError('INVALID_FILE', `${file} cannot be signed: ${error.message}`);
  }
}
