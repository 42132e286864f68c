import type { HostEvent } from '../simulator/program.ts';
import type { MemberEvent } from '../simulator/member-events.ts';
import type { NodeEvent } from '../simulator/node-events.ts';
import { State } from '../core/wire/messages.ts';
import { valueInWords } from './data-in-words.ts';

export interface EventWords {
  readonly kind: string;
  readonly words: string;
  /** Hosts that the event names, besides the one that emitted it. */
  readonly about: readonly string[];
  /** See StoryLine. */
  readonly sameAs?: string;
}

/** The type of each membership event, so that a program with events of its own is told apart. */
const MEMBER_EVENTS = {
  transition: true,
  probe: true,
  inserted: true,
  health: true,
  refuted: true,
  joined: true,
  leaving: true,
  stopped: true,
  conflict: true,
  'push-pull': true,
  broadcast: true,
  message: true,
} satisfies Record<MemberEvent['type'], true>;

const NODE_EVENTS = { log: true, discovery: true, 'start-failed': true } satisfies Record<NodeEvent['type'], true>;

/** What a program emitted, as a sentence whose subject is the host. */
export function eventInWords(event: HostEvent, host: string): EventWords {
  // A foreign event of the same type lacks the fields: those are told as any other.
  if (event.type in MEMBER_EVENTS) {
    try {
      return memberEventInWords(event as MemberEvent, host);
    } catch {
      return anyEventInWords(event);
    }
  }
  if (event.type in NODE_EVENTS) return nodeEventInWords(event as NodeEvent);
  return anyEventInWords(event);
}

function anyEventInWords(event: HostEvent): EventWords {
  const fields = Object.entries(event).filter(([key]) => key !== 'type');
  const told = fields.map(([key, value]) => `${key} ${valueInWords(value)}`);
  const about = fields.flatMap(([, value]) => (typeof value === 'string' ? [value] : []));
  return { kind: event.type, about, words: [event.type, ...told].join(', ') };
}

const DISCOVERED: Readonly<Record<Extract<NodeEvent, { type: 'discovery' }>['what'], string>> = {
  added: 'hears of',
  updated: 'hears of another address of',
  removed: 'hears no more of',
  resynchronised: 'gets answers again from',
  'source-down': 'gets no answer from',
  alone: 'begins its cluster alone',
};

function nodeEventInWords(event: NodeEvent): EventWords {
  if (event.type === 'log') return { kind: 'log', about: [], words: `says: ${event.message}` };
  if (event.type === 'start-failed') return { kind: event.type, about: [], words: `cannot start: ${event.message}` };
  const { what, about } = event;
  return { kind: 'discovery', about: about === '' ? [] : [about], words: `${DISCOVERED[what]} ${about}`.trimEnd() };
}

type Transition = Extract<MemberEvent, { type: 'transition' }>;

const CAUSES: Record<Transition['cause'], string> = {
  gossip: 'heard by gossip',
  'push-pull': 'heard in a push/pull',
  probe: 'its own probe',
  suspicion: 'its suspicion ran out',
  self: 'about itself',
  reap: 'long gone',
  operator: 'an operator said so',
};

const STATES = {
  [State.alive]: { kind: 'alive', words: (subject: string) => `holds ${subject} alive` },
  [State.suspect]: { kind: 'suspect', words: (subject: string) => `suspects ${subject}` },
  [State.dead]: { kind: 'dead', words: (subject: string) => `declares ${subject} dead` },
  [State.left]: { kind: 'left', words: (subject: string) => `sees ${subject} leave` },
} as const;

function memberEventInWords(event: MemberEvent, host: string): EventWords {
  switch (event.type) {
    case 'transition':
      return transitionInWords(event, host);
    case 'refuted':
      return {
        kind: 'refuted',
        about: [event.accuser],
        words: `refutes ${event.accuser === '' ? 'an accusation' : event.accuser}: alive, incarnation ${event.incarnation}`,
      };
    case 'joined':
      return told(event, `has joined: ${event.contacted} answered, ${event.failed} did not`);
    case 'leaving':
      return told(event, 'begins to leave');
    case 'stopped':
      return told(event, 'has stopped');
    case 'conflict':
      return told(event, `sees the name ${event.subject} claimed by ${event.address}`, [event.subject]);
    case 'probe':
      return told(event, event.subject === '' ? 'has nobody to probe' : `probes ${event.subject}`, [event.subject]);
    case 'inserted':
      return told(event, `will probe ${event.subject}`, [event.subject]);
    case 'health':
      return told(event, `rates its own health at ${event.score}`);
    case 'push-pull':
      return told(event, `gets ${event.states} states (${event.bytes} bytes)${event.join ? ' to join' : ''}`);
    case 'broadcast':
      return told(event, `${event.own ? 'broadcasts' : 'hears broadcast'} ${event.id} of ${event.origin}`, [
        event.origin,
      ]);
    case 'message':
      return told(event, `gets a message from ${event.from}`, [event.from]);
  }
}

function transitionInWords(event: Transition, host: string): EventWords {
  const { subject, from, to, incarnation, cause, by } = event;
  // What a member holds of itself is news only when others hear it.
  if (subject === host) return { kind: 'self', about: [], words: `is now incarnation ${incarnation}` };
  const { kind, words } =
    to === undefined
      ? { kind: 'forgotten', words: () => `forgets ${subject}` }
      : from === undefined && to === State.alive
        ? { kind: 'joined', words: () => `learns of ${subject}` }
        : STATES[to];
  const accuser = by === '' || by === host ? '' : `, by ${by}`;
  return {
    kind,
    about: [subject, by],
    words: `${words(subject)} (incarnation ${incarnation}; ${CAUSES[cause]}${accuser})`,
    sameAs: `${kind} ${subject} ${incarnation}`,
  };
}

function told(event: MemberEvent, words: string, about: readonly string[] = []): EventWords {
  return { kind: event.type, about, words };
}
