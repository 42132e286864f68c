import type { StreamReader } from './ports/transport.ts';

/** Where the message that begins at `start` ends; `Infinity` while its head is not all there. */
export type MessageEnd = (bytes: Uint8Array, start: number) => number;

/** Finds messages that say how long they are in bytes that come in arbitrary pieces. `read` gets one message, head included. */
export function framedReader<M>(messageEnd: MessageEnd, read: (bytes: Uint8Array) => M): StreamReader<M> {
  let held = new Uint8Array(0);
  return {
    push(bytes) {
      const all = new Uint8Array(held.length + bytes.length);
      all.set(held);
      all.set(bytes, held.length);
      const messages: M[] = [];
      let start = 0;
      for (let end = messageEnd(all, 0); end <= all.length; end = messageEnd(all, start)) {
        messages.push(read(all.subarray(start, end)));
        start = end;
      }
      held = all.slice(start);
      return messages;
    },
  };
}
