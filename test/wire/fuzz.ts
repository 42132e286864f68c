import * as fc from 'fast-check';
import { MalformedPacket } from '../../core/errors.ts';
import type { Codec, StreamReader } from '../../core/ports/transport.ts';
import { Compressor } from '../../core/wire/compress.ts';
import { crc32 } from '../../core/wire/crc.ts';
import { SEALED_HEADER, streamAssociated } from '../../core/wire/frame-reader.ts';
import { labelBytes, labelHeader } from '../../core/wire/label.ts';
import { Kind } from '../../core/wire/messages.ts';
import type { Frame, Packet } from '../../core/wire/messages.ts';
import { memberlistProtocol } from '../../core/wire/protocol.ts';
import { seal, sealedSize } from '../../core/wire/seal.ts';
import type { Security } from '../../core/wire/security.ts';
import { security, uint32, wrappedFrames, wrappedPackets } from './support.ts';

export interface FuzzOptions {
  readonly inputs: number;
  readonly seed: number;
  /** Milliseconds, for the rate alone. */
  now(): number;
}

export interface FuzzResult {
  /** How many inputs gave a `message`, ended `unfinished` (streams only), or were refused for which reason. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly inputsPerSecond: number;
}

/**
 * Feeds damaged bytes to the decoders. Anything but a message, more to come, or `MalformedPacket` throws an error that
 * names seed and index; and what was decoded must encode again, to as many bytes as its size says.
 */
export function fuzz(options: FuzzOptions): FuzzResult {
  const { stackTraceLimit } = Error;
  // Long stacks of refusals would be most of the cost.
  Error.stackTraceLimit = 4;
  try {
    return fuzzAll(options);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function fuzzAll({ inputs, seed, now }: FuzzOptions): FuzzResult {
  const subjects = [...packetSubjects(), ...frameSubjects()];
  const outcomes = new Map<string, number>();
  const start = now();
  for (let index = 0; index < inputs; index++) {
    const dice = new Dice(seed, index);
    const subject = dice.pick(subjects);
    const input = damaged(dice, subject, dice.pick(subjects));
    let outcome: string;
    try {
      outcome = subject.decode(input, dice);
    } catch (error) {
      if (!(error instanceof MalformedPacket)) {
        throw new Error(`Input ${index} of seed ${seed}, ${Buffer.from(input).toString('hex')}: ${String(error)}`, {
          cause: error,
        });
      }
      outcome = error.reason;
    }
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  return { outcomes, inputsPerSecond: Math.round((inputs * 1000) / Math.max(1, now() - start)) };
}

/** Something valid to damage, and who reads it. */
interface Subject {
  readonly encoded: Uint8Array;
  /** The messages without their envelope. */
  readonly content: Uint8Array;
  /** Puts content into this subject's envelope. */
  dress(content: Uint8Array, dice: Dice): Uint8Array;
  decode(input: Uint8Array, dice: Dice): string;
}

const CORPUS = 150;
// Always the same corpus: the seed and index of an input are then enough to make it again.
const CORPUS_SEED = 1;
const bare = memberlistProtocol(security());
const compressor = new Compressor();

/** The same security with nonces that are the same in every run. */
function repeatable(security: Security, dice: Dice): Security {
  const nonce = (): Uint8Array => Uint8Array.from({ length: 12 }, () => dice.below(256));
  return { ...security, crypto: { ...security.crypto, nonce } };
}

function packetSubjects(): Subject[] {
  const corpusDice = new Dice(CORPUS_SEED, 0);
  return fc.sample(wrappedPackets, { numRuns: CORPUS, seed: CORPUS_SEED }).map((sample): Subject => {
    const { packet } = sample;
    const security = repeatable(sample.security, corpusDice);
    const { datagram } = memberlistProtocol(security);
    return {
      encoded: datagram.encode(packet),
      content: bare.datagram.encode({ ...packet, label: '', key: undefined, checksum: false }),
      dress: (content, dice) => dressPacket(content, packet, repeatable(security, dice), dice),
      decode: (input) => encodesAgain(datagram, datagram.decode(input), security),
    };
  });
}

function frameSubjects(): Subject[] {
  const corpusDice = new Dice(CORPUS_SEED, 0);
  return fc.sample(wrappedFrames, { numRuns: CORPUS, seed: CORPUS_SEED }).map((sample): Subject => {
    const { frame } = sample;
    const security = repeatable(sample.security, corpusDice);
    const { stream } = memberlistProtocol(security);
    return {
      encoded: stream.encode(frame),
      content: bare.stream.encode({ ...frame, label: '', key: undefined }),
      dress: (content, dice) => dressFrame(content, frame, repeatable(security, dice), dice),
      decode: (input, dice) => {
        if (dice.below(2) === 0) return encodesAgain(stream, stream.decode(input), security);
        const frames = readInPieces(stream.reader(), input, dice);
        for (const found of frames) encodesAgain(stream, found, security);
        return frames.length > 0 ? 'message' : 'unfinished';
      },
    };
  });
}

function encodesAgain<M>(codec: Codec<M>, message: M, { compress }: Security): string {
  const size = codec.size(message);
  if (!compress && codec.encode(message).length !== size) throw new Error(`The size should not be ${size}.`);
  codec.parts(message, () => {});
  return 'message';
}

function readInPieces(reader: StreamReader<Frame>, input: Uint8Array, dice: Dice): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < input.length;) {
    const end = at + 1 + dice.below(1 + dice.below(input.length));
    frames.push(...reader.push(input.subarray(at, end)));
    at = end;
  }
  return frames;
}

function dressPacket(content: Uint8Array, { label, key, checksum }: Packet, security: Security, dice: Dice) {
  let body = security.compress && dice.below(2) === 0 ? compressor.wrap(content) : content;
  if (checksum) body = join([Kind.checksum, ...uint32(crc32(body))], body);
  if (key !== undefined) body = seal(security.crypto, security.sealVersion, key, body, labelBytes(label));
  return label === '' ? body : join(labelHeader(label), body);
}

function dressFrame(content: Uint8Array, { label, key }: Frame, security: Security, dice: Dice): Uint8Array {
  let body = security.compress && dice.below(2) === 0 ? compressor.wrap(content) : content;
  if (key !== undefined) {
    const { crypto, sealVersion } = security;
    const header = join([Kind.encrypt, ...uint32(sealedSize(body.length, sealVersion))]).subarray(0, SEALED_HEADER);
    body = join(header, seal(crypto, sealVersion, key, body, streamAssociated(header, labelBytes(security.label))));
  }
  return label === '' ? body : join(labelHeader(label), body);
}

function damaged(dice: Dice, subject: Subject, other: Subject): Uint8Array {
  switch (dice.below(8)) {
    case 0:
      return randomInput(dice);
    case 1:
      return subject.encoded.slice(0, dice.below(subject.encoded.length));
    case 2:
    case 3:
      return flipped(dice, subject.encoded);
    default: {
      let content = subject.content;
      for (let times = 1 + dice.below(3); times > 0; times--) content = dice.pick(MUTATIONS)(dice, content, other);
      return subject.dress(content, dice);
    }
  }
}

function randomInput(dice: Dice): Uint8Array {
  const input = Uint8Array.from({ length: dice.below(1 + dice.below(300)) }, () => dice.below(256));
  // Most random bytes fail on the first: let the others have a turn.
  if (input.length > 1 && dice.below(4) > 0) {
    input[0] = dice.pick(Object.values(Kind));
    input[1] = dice.pick(HEADS);
  }
  return input;
}

function flipped(dice: Dice, input: Uint8Array): Uint8Array {
  const result = input.slice();
  for (let times = 1 + dice.below(8); times > 0; times--) {
    const bit = dice.below(result.length * 8);
    result[bit >> 3]! ^= 1 << (bit & 7);
  }
  return result;
}

/** First bytes of msgpack values, of messages, and the edges of each range. */
const HEADS: readonly number[] = [
  ...[0x00, 0x01, 0x7f, 0x80, 0x81, 0x8f, 0x90, 0x91, 0x9f, 0xa0, 0xa1, 0xbf, 0xe0, 0xff],
  ...Array.from({ length: 32 }, (_, i) => 0xc0 + i),
  ...Object.values(Kind),
];

type Mutation = (dice: Dice, content: Uint8Array, other: Subject) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  function replaceHead(dice, content) {
    const result = content.slice();
    result[dice.below(result.length)] = dice.pick(HEADS);
    return result;
  },
  function insert(dice, content) {
    const at = dice.below(content.length + 1);
    const added = Array.from({ length: 1 + dice.below(8) }, () => dice.pick(HEADS));
    return join(content.subarray(0, at), added, content.subarray(at));
  },
  function remove(dice, content) {
    const at = dice.below(content.length + 1);
    return join(content.subarray(0, at), content.subarray(at + 1 + dice.below(16)));
  },
  function repeat(dice, content) {
    const at = dice.below(content.length + 1);
    const end = at + dice.below(64);
    return join(content.subarray(0, end), content.subarray(at));
  },
  function splice(dice, content, other) {
    return join(content.subarray(0, dice.below(content.length + 1)), other.content.subarray(dice.below(64)));
  },
  function changeKind(dice, content) {
    return join([dice.pick(Object.values(Kind))], content.subarray(1));
  },
  function changeNumber(dice, content) {
    const result = content.slice();
    const at = dice.below(result.length);
    result[at] = result[at]! + (dice.below(2) === 0 ? 1 : -1);
    return result;
  },
  function wrapInCompound(dice, content, other) {
    const parts = dice.below(2) === 0 ? [content, other.content] : [other.content, content, content];
    const lengths = parts.flatMap(({ length }) => [length >> 8, length & 255]);
    if (dice.below(3) === 0) lengths[dice.below(lengths.length)] = dice.below(256);
    return join([Kind.compound, parts.length], lengths, ...parts);
  },
  function wrapInCompression(dice, content) {
    const wrapped = compressor.wrap(content);
    if (dice.below(2) === 0) wrapped[dice.below(wrapped.length)] = dice.below(256);
    return wrapped;
  },
  function wrapInChecksum(_, content) {
    return join([Kind.checksum, ...uint32(crc32(content))], content);
  },
];

function join(...pieces: (Uint8Array | number[])[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** A small generator of its own for each input, so that any of them can be made again alone. */
class Dice {
  #state: number;

  constructor(seed: number, index: number) {
    this.#state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) | 0;
    this.below(1);
  }

  /** A whole number in [0, bound), or 0 when there is none. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return bound > 0 ? ((mixed ^ (mixed >>> 14)) >>> 0) % bound : 0;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}
