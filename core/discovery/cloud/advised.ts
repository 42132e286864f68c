import { FileFailed, type Files } from '../../ports/files.ts';
import { HttpFailed } from '../../ports/http.ts';
import { textFromBytes } from '../../wire/text.ts';
import { SourceFailed } from '../source.ts';

/** A failure of the network, with what to do about it; any other as it is. */
export function advised(method: string, error: unknown, advice: string): unknown {
  if (!(error instanceof SourceFailed) || !(error.cause instanceof HttpFailed)) return error;
  return new SourceFailed(method, `${error.cause.message} ${advice}`, { cause: error.cause });
}

/** The text of a file that credentials are in, without space around it. */
export async function textOfFile(method: string, files: Files, path: string): Promise<string> {
  try {
    return textFromBytes(await files.read(path)).trim();
  } catch (error) {
    if (error instanceof FileFailed) throw new SourceFailed(method, error.message, { cause: error });
    throw error;
  }
}
