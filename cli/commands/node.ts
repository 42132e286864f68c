import { isatty } from 'node:tty';
import { constants } from 'node:os';
import { changedKeys } from '../../core/config/changed-keys.ts';
import type { NodeConfig } from '../../core/config/node-config.ts';
import { messageOf } from '../../core/errors.ts';
import { createNode, type Node } from '../../transports/node.ts';
import { ExitCode } from '../exit-code.ts';

/** Runs a node until somebody ends it. `load` reads the configuration, and reads it again when the node is told to. */
export async function nodeCommand(load: () => Promise<NodeConfig>): Promise<number> {
  const config = await load();
  const node = await createNode(config);
  const release = obeySignals(node, reloader(node, config, load));
  try {
    await node.begin();
    await node.ended;
  } finally {
    release();
  }
  return ExitCode.pass;
}

/** The first signal says goodbye; a second one does not wait for it. A hangup ends a node only with its terminal. */
function obeySignals(node: Node, reload: () => void): () => void {
  // Asked now: once the terminal has gone, nothing tells that there was one.
  const onTerminal = isatty(process.stdin.fd);
  let leaving = false;
  const leave = (signal: NodeJS.Signals): void => {
    if (leaving) process.exit(128 + constants.signals[signal]);
    leaving = true;
    node.log.info(
      { operation: 'stop', signal },
      `${signal}: saying goodbye; a second signal ends this process at once`,
    );
    void node.leave();
  };
  const hangUp = (): void => {
    if (onTerminal) leave('SIGHUP');
    else if (!leaving) reload();
  };
  const handlers = { SIGTERM: leave, SIGINT: leave, SIGHUP: hangUp } as const;
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler);
  };
}

/** Takes over what can change while the node runs, and says what cannot. What is wrong changes nothing. */
function reloader(node: Node, first: NodeConfig, load: () => Promise<NodeConfig>): () => void {
  const { log } = node;
  let current = first;
  const takeOver = async (): Promise<void> => {
    const next = await load();
    await node.reload(next);
    const { reloadable } = changedKeys(current, next);
    // Against the first: what needed a restart before still does.
    const { needsRestart } = changedKeys(first, next);
    current = next;
    const done = reloadable.length === 0 ? 'nothing that can change has changed' : `took over ${reloadable.join(', ')}`;
    log.info({ operation: 'reload', changed: reloadable }, done);
    if (needsRestart.length === 0) return;
    log.warn({ operation: 'reload' }, `restart this node for changes of ${needsRestart.join(', ')}`);
  };
  const refuse = (error: unknown): void => {
    log.error({ operation: 'reload' }, `the configuration was not taken over: ${messageOf(error)}`);
  };
  let last = Promise.resolve();
  return () => {
    // One after the other: the last one asked for is the one that counts.
    last = last.then(takeOver).catch(refuse);
  };
}
