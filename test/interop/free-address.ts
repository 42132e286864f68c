import { createServer } from 'node:net';

/**
 * This process has a corner of 127.0.0.0/8 of its own, so that no port that it was given a moment ago can be taken by
 * a neighbour before it is bound.
 */
const HOST = `127.${64 + (process.pid >>> 16)}.${(process.pid >>> 8) & 255}.${process.pid & 255}`;

/** An IP address and a port that nothing is bound to. */
export function freeAddress(): Promise<string> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, HOST, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(`${HOST}:${port}`));
    });
  });
}
