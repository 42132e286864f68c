import { InvalidSetting } from '../core/errors.ts';
import { Keyring } from '../core/membership/keyring.ts';
import { Membership } from '../core/membership/membership.ts';
import type { Names } from '../core/membership/names.ts';
import { presets, type MembershipSettings, type PresetName } from '../core/membership/settings.ts';
import type { Key } from '../core/ports/crypto.ts';
import type { PeerState } from '../core/wire/messages.ts';
import { bytesFromText } from '../core/wire/text.ts';
import type { Program, Running } from './program.ts';

export interface MemberProgramOptions {
  readonly settings: MembershipSettings | PresetName;
  /** The name to go by; the host's unless said otherwise. Two hosts of one name are a fault worth playing. */
  readonly name?: string;
  readonly meta?: string;
  readonly label?: string;
  /** Sealed under the first key; none for plain text. */
  readonly keys?: readonly Key[];
  /** Compress what gets smaller by it. */
  readonly compress?: boolean;
  readonly allow?: readonly string[];
  /** Both are for moving a running cluster to encryption; see `MembershipOptions`. */
  readonly acceptPlain?: boolean;
  readonly sealOutgoing?: boolean;
  /** Starts by itself at boot; otherwise it waits for the command `join`. */
  readonly autoJoin?: boolean;
  /** Starts knowing these: a world that is already formed. */
  readonly known?: readonly PeerState[];
  /** Shared by all hosts of one world, to keep large ones small. */
  readonly names?: Names;
}

/** Where the last incarnation is kept across restarts. */
const INCARNATION = 'incarnation';

/** Whom messages can be sent to. */
const LIVE: ReadonlySet<string | undefined> = new Set(['alive', 'suspect']);

/**
 * A membership node as a program of a simulated host. It joins through the seeds of the topology, keeps its
 * incarnation in the store, emits all observations as host events and obeys these commands: `join`, `leave`, `stop`, `update` (text),
 * `broadcast` (text), `send` and `sendReliable` ({ to, text }), `key-install`, `key-use` and `key-remove` (bytes as numbers).
 */
export function memberProgram(options: MemberProgramOptions): Program {
  const settings = typeof options.settings === 'string' ? presets[options.settings] : options.settings;
  return (host): Running => {
    const stored = host.store.get(INCARNATION);
    const node: Membership = new Membership({
      name: options.name ?? host.name,
      address: host.address,
      ports: host,
      settings,
      observe: (observation) => {
        if (observation.type === 'transition' && observation.cause === 'self') {
          host.store.set(INCARNATION, observation.incarnation);
        }
        host.emit(observation);
      },
      ...(options.meta === undefined ? {} : { meta: bytesFromText(options.meta) }),
      ...(options.label === undefined ? {} : { label: options.label }),
      ...(options.keys === undefined ? {} : { keyring: new Keyring(options.keys) }),
      ...(options.acceptPlain === undefined ? {} : { acceptPlain: options.acceptPlain }),
      ...(options.sealOutgoing === undefined ? {} : { sealOutgoing: options.sealOutgoing }),
      ...(options.compress === undefined ? {} : { compress: options.compress }),
      ...(options.allow === undefined ? {} : { allow: options.allow }),
      ...(options.known === undefined || host.boot > 1 ? {} : { known: options.known }),
      ...(options.names === undefined ? {} : { names: options.names }),
      ...(typeof stored === 'number' ? { incarnation: stored } : {}),
    });
    // Failures are part of the story and are observed as such: a node that could not join keeps trying.
    const ignore = (): void => {};
    const isThere = (name: string): boolean => LIVE.has(node.member(name)?.state);
    const commands: Readonly<Record<string, (argument: unknown) => void>> = {
      join: () => void node.join(() => host.seeds()).catch(ignore),
      leave: () => void node.leave(),
      stop: () => node.stop(),
      update: (text) => node.updateMeta(bytesFromText(String(text))),
      broadcast: (text) => void (node.running && node.broadcast(bytesFromText(String(text)))),
      send: (argument) => {
        const { to, text } = argument as { to: string; text: string };
        if (isThere(to)) node.send(to, bytesFromText(text));
      },
      sendReliable: (argument) => {
        const { to, text } = argument as { to: string; text: string };
        if (isThere(to)) void node.sendReliable(to, bytesFromText(text)).catch(ignore);
      },
      'key-install': (bytes) => node.keyring.install(Uint8Array.from(bytes as number[])),
      'key-use': (bytes) => node.keyring.use(Uint8Array.from(bytes as number[])),
      'key-remove': (bytes) => node.keyring.remove(Uint8Array.from(bytes as number[])),
    };
    if (options.autoJoin !== false) commands['join']!(undefined);
    return {
      inspect: node,
      command: (name, argument) => {
        const command = commands[name];
        if (command === undefined) {
          throw new InvalidSetting('command', name, `one of ${Object.keys(commands).join(', ')}`);
        }
        command(argument);
      },
    };
  };
}
