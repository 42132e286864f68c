import { badRequest, checkContentType } from '../../admin/call.ts';
import type { HttpRequest } from '../../ports/http.ts';
import { isWellFormed, textFromBytes, textLength } from '../../wire/text.ts';
import { addressChecksum } from '../checksum.ts';
import { ID_MAX_BYTES, isId, isObject, readListing } from './listing.ts';
import type { Enrolment } from './roll.ts';

/** Seconds that an entry may live without a heartbeat. */
export const TTL_SEC = { least: 3, most: 86_400 } as const;
/** Two heartbeats in a row may be lost: with fewer to spare, entries come and go although their nodes are well. */
export const HEARTBEATS_PER_TTL = 3;
const LABEL_MAX_BYTES = 255;
const TAGS_MAX = 64;
/** Of all names and values of one node: thousands of nodes are held in memory, and sent to each of them. */
const TAGS_MAX_BYTES = 4_096;

/** Reads the body of a registration. `cluster` is accepted for `label`. Throws a refusal that says what is wrong. */
export function enrolmentFrom(request: HttpRequest, ttlMs: number): Enrolment {
  checkContentType(request);
  const body = jsonFrom(request);
  const { id, label = body['cluster'] ?? '', ttl_sec: ttl = ttlMs / 1_000, heartbeat_sec: heartbeat } = body;
  const { listed, damaged } = readListing([body])!;
  const [one] = listed;
  if (one === undefined || damaged.length > 0) throw badRequest(`What is to be registered ${damaged.join(', ')}.`);
  // A URL with one of these as its last part leads elsewhere, however it is written.
  if (!isId(id) || id === '.' || id === '..') {
    throw badRequest(`id must be a text of 1 to ${ID_MAX_BYTES} bytes, and neither . nor ...`);
  }
  const [address] = one.addresses;
  if (address === undefined)
    throw badRequest('address must be an IP address with a port: names are not looked up here.');
  // Kept and told to everybody: nothing else may stand there.
  if (one.checksum !== undefined && one.checksum !== addressChecksum(id, address)) {
    throw badRequest(`checksum is not that of ${JSON.stringify(id)} at ${address}.`);
  }
  if (!isText(label, LABEL_MAX_BYTES)) throw badRequest(`label must be a text of at most ${LABEL_MAX_BYTES} bytes.`);
  if (!isBetween(ttl, TTL_SEC.least, TTL_SEC.most)) {
    throw badRequest(`ttl_sec must be a number of seconds from ${TTL_SEC.least} to ${TTL_SEC.most}.`);
  }
  if (heartbeat !== undefined && !isBetween(heartbeat, 0, ttl / HEARTBEATS_PER_TTL)) {
    throw badRequest(
      `ttl_sec, ${ttl}, must be at least ${HEARTBEATS_PER_TTL} times heartbeat_sec, ${JSON.stringify(heartbeat)}.`,
    );
  }
  return { id, address, label, tags: tagsIn(body['tags']), checksum: one.checksum, ttlMs: Math.round(ttl * 1_000) };
}

/** The address in the body of a heartbeat, where there is one. */
export function addressFrom(request: HttpRequest): string | undefined {
  if (request.body.length === 0) return undefined;
  checkContentType(request);
  const { address } = jsonFrom(request);
  return typeof address === 'string' ? address : undefined;
}

function jsonFrom({ body }: HttpRequest): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(textFromBytes(body));
  } catch {
    throw badRequest('The body is not JSON.');
  }
  if (!isObject(value)) throw badRequest('The body is not a JSON object.');
  return value;
}

function tagsIn(value: unknown = {}): Readonly<Record<string, string>> {
  const pairs = isObject(value) ? Object.entries(value) : undefined;
  const isGood = pairs?.flat().every((text) => isText(text, TAGS_MAX_BYTES)) === true;
  const bytes = isGood ? (pairs as string[][]).flat().reduce((sum, text) => sum + textLength(text), 0) : 0;
  if (pairs === undefined || !isGood || pairs.length > TAGS_MAX || bytes > TAGS_MAX_BYTES) {
    throw badRequest(`tags must be a table of at most ${TAGS_MAX} texts, of ${TAGS_MAX_BYTES} bytes in all.`);
  }
  return Object.fromEntries(pairs) as Readonly<Record<string, string>>;
}

function isText(value: unknown, bytes: number): value is string {
  return typeof value === 'string' && isWellFormed(value) && textLength(value) <= bytes;
}

function isBetween(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && value >= least && value <= most;
}
