import type { HttpTrust } from '../../ports/http.ts';

export const METHOD = 'kubernetes';

/** How the API server is reached, and as whom. */
export interface Access {
  /** Without a slash at its end. */
  readonly server: string;
  /** That of the pod or of the context; '' when nothing says. */
  readonly namespace: string;
  readonly trust: HttpTrust;
  /** '' for none. */
  readonly token: string;
  /** Where all this was found, for people. */
  readonly origin: string;
}
