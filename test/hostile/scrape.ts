import type { Address } from '../../core/ports/transport.ts';

/** The numbers of a node as its admin interface tells them: `name{labels}` to value. */
export async function scrape(admin: Address): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`http://${admin}/metrics`)).text();
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))] as const;
    }),
  );
}
