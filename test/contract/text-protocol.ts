import { MalformedPacket } from '../../core/errors.ts';
import type { Codec, Protocol, StreamCodec } from '../../core/ports/transport.ts';

/** The smallest protocol there is: two bytes of length, then ASCII text. Every text is one part of kind 1. */
const datagram: Codec<string> = {
  encode(text) {
    const bytes = new Uint8Array(text.length + 2);
    new DataView(bytes.buffer).setUint16(0, text.length);
    for (let index = 0; index < text.length; index++) bytes[index + 2] = text.charCodeAt(index);
    return bytes;
  },
  decode(bytes) {
    const length = bytes.length < 2 ? Infinity : new DataView(bytes.buffer, bytes.byteOffset).getUint16(0);
    if (length !== bytes.length - 2) throw new MalformedPacket('truncated', `${bytes.length} bytes of ${length + 2}`);
    return String.fromCharCode(...bytes.subarray(2));
  },
  size: (text) => text.length + 2,
  parts: (text, visit) => visit(1, text.length + 2, text.length, text, 0),
};

const stream: StreamCodec<string> = {
  ...datagram,
  reader() {
    let held = new Uint8Array(0);
    return {
      push(bytes) {
        const all = new Uint8Array(held.length + bytes.length);
        all.set(held);
        all.set(bytes, held.length);
        const texts: string[] = [];
        let start = 0;
        while (all.length - start >= 2) {
          const end = start + 2 + new DataView(all.buffer).getUint16(start);
          if (end > all.length) break;
          const text = datagram.decode(all.subarray(start, end));
          if (text === 'poison') throw new MalformedPacket('bad-body', 'poison');
          texts.push(text);
          start = end;
        }
        held = all.slice(start);
        return texts;
      },
    };
  },
};

export const textProtocol: Protocol<string, string> = { datagram, stream };
