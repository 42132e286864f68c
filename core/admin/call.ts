import type { HttpRequest } from '../ports/http.ts';
import { textFromBytes } from '../wire/text.ts';
import { AdminRefusal } from './refusal.ts';

/** A key or a name is far shorter. */
const BODY_MAX_BYTES = 16 * 1024;

export interface Target {
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
}

export function targetOf(url: string): Target {
  const [path = '', query = ''] = url.split('#')[0]!.split(/\?(.*)/s);
  const pairs = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      return [decoded(name), decoded(value)] as const;
    });
  return { path, query: new Map(pairs) };
}

/** The one text that a change needs, from a JSON body that holds nothing else. */
export function textField(request: HttpRequest, name: string): string {
  const body = jsonBody(request);
  const text = body[name];
  const others = Object.keys(body).filter((key) => key !== name);
  if (typeof text !== 'string' || text === '' || others.length > 0) {
    throw badRequest(`The body must be {"${name}": "…"} and nothing else.`);
  }
  return text;
}

/** Browsers send JSON to other sites only after asking, which this interface never grants. */
export function checkContentType({ headers, body }: HttpRequest): void {
  const type = (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new AdminRefusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'Changes need the header `Content-Type: application/json`.');
  }
  if (body.length > BODY_MAX_BYTES) {
    throw new AdminRefusal(413, 'BODY_TOO_LARGE', `The body has ${body.length} bytes, more than ${BODY_MAX_BYTES}.`);
  }
}

export function badRequest(message: string): AdminRefusal {
  return new AdminRefusal(400, 'BAD_REQUEST', message);
}

function jsonBody({ body }: HttpRequest): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(textFromBytes(body));
  } catch {
    // What JSON.parse says may quote a key.
    throw badRequest('The body is not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest('The body is not a JSON object.');
  }
  return value as Readonly<Record<string, unknown>>;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw badRequest(`${JSON.stringify(text)} in the query is not percent-encoded UTF-8.`);
  }
}
