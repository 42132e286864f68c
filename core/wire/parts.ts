import type { PartVisitor } from '../ports/transport.ts';
import { Kind } from './messages.ts';
import type { Message, StreamMessage } from './messages.ts';

/** What traces call the parts of packets and frames. */
export const KIND_NAMES: Readonly<Record<number, string>> = {
  [Kind.ping]: 'ping',
  [Kind.indirectPing]: 'indirect-ping',
  [Kind.ack]: 'ack',
  [Kind.suspect]: 'suspect',
  [Kind.alive]: 'alive',
  [Kind.dead]: 'dead',
  [Kind.pushPull]: 'push-pull',
  [Kind.user]: 'user',
  [Kind.nack]: 'nack',
  [Kind.error]: 'error',
} satisfies Record<(Message | StreamMessage)['kind'], string>;

/** Tells a trace what identifies `message`; `size` is its own size on the wire. */
export function visitPart(message: Message, size: number, visit: PartVisitor): void {
  const { kind } = message;
  switch (kind) {
    case Kind.ping:
    case Kind.indirectPing:
      return visit(kind, size, message.sequence, message.node, 0);
    case Kind.ack:
    case Kind.nack:
      return visit(kind, size, message.sequence, '', 0);
    case Kind.suspect:
    case Kind.dead:
      return visit(kind, size, 0, message.node, message.incarnation);
    case Kind.alive:
      return visit(kind, size, 0, message.about.name, message.incarnation);
    case Kind.user:
    case Kind.error:
      return visit(kind, size, 0, '', 0);
  }
}
