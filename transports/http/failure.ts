import { HttpFailed } from '../../core/ports/http.ts';
import type { HttpProblem } from '../../core/ports/http.ts';

type Explanation = readonly [problem: HttpProblem, words: string];

const RESET: Explanation = ['reset', 'the connection broke off. Try again; if it stays, see why the server closes it.'];
const SILENT: Explanation = ['timeout', 'the server cannot be reached in time. Check its address and firewalls.'];
const NO_NAME: Explanation = ['name', 'the name of the server could not be resolved. Check it, and the name service.'];

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: ['refused', 'nobody listens there. Check the address, and that the server runs.'],
  ECONNRESET: RESET,
  EPIPE: RESET,
  ETIMEDOUT: SILENT,
  ENOTFOUND: NO_NAME,
  EAI_AGAIN: NO_NAME,
  HPE_HEADER_OVERFLOW: ['too-large', 'the headers of the answer are too large.'],
};

const TLS_CODE = /^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/;

/** Why no answer, or only a part of one, came from `url`. */
export function httpFailed(method: string, url: string, cause: unknown): HttpFailed {
  if (cause instanceof HttpFailed) return cause;
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const [problem, words] = EXPLANATIONS[code] ?? otherwise(code, message);
  return new HttpFailed(url, problem, `${method} ${url}: ${words}${code === '' ? '' : ` (${code})`}`, { cause });
}

function otherwise(code: string, message: string): Explanation {
  if (TLS_CODE.test(code)) {
    return ['tls', `no secure connection: ${message}. Check certificates and authorities of both sides.`];
  }
  return ['other', message];
}
