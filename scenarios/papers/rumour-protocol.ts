import { MalformedPacket } from '../../core/errors.ts';
import type { Codec, Protocol } from '../../core/ports/transport.ts';

/** What hosts that spread a rumour say to one another: one byte each. */
export const Word = { ask: 1, update: 2, needed: 3, known: 4 } as const;
export type Word = (typeof Word)[keyof typeof Word];

const WORDS: ReadonlySet<number> = new Set(Object.values(Word));

const codec: Codec<Word> = {
  encode: (word) => Uint8Array.of(word),
  decode(bytes) {
    const [word = 0] = bytes;
    if (bytes.length !== 1 || !WORDS.has(word)) throw new MalformedPacket('bad-body', `${bytes.length} bytes, ${word}`);
    return word as Word;
  },
  size: () => 1,
  parts: (word, visit) => visit(word, 1, 0, '', 0),
  kindNames: Object.fromEntries(Object.entries(Word).map(([name, word]) => [word, name])),
};

export const rumourProtocol: Protocol<Word, Word> = {
  datagram: codec,
  stream: {
    ...codec,
    reader: () => ({ push: (bytes) => Array.from(bytes, (byte) => codec.decode(Uint8Array.of(byte))) }),
  },
};
