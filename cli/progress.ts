export interface Progress {
  /** Takes the place of what was shown before. */
  show(text: string): void;
  clear(): void;
}

/** A line on a terminal that tells how far something is; nothing when nobody watches. */
export function progressOn(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Progress {
  if (stream.isTTY !== true || (environment['CI'] ?? '') !== '') return { show: () => {}, clear: () => {} };
  return {
    // A wrapped line could not be drawn over.
    show: (text) => stream.write(`\r\u001B[K${text.slice(0, Math.max(40, stream.columns || 80) - 1)}`),
    clear: () => stream.write('\r\u001B[K'),
  };
}
