import type { PartVisitor } from '../ports/transport.ts';
import { Kind } from './messages.ts';
import type { Message } from './messages.ts';

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
