import type { Context } from './context.ts';
export async function monitor(_: Context): Promise<string> {
  return 'TODO';
}
