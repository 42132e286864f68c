import { RollcallError } from '../errors.ts';
import type { HttpHeaders } from '../ports/http.ts';

/** A request that is answered with a status of its own. */
export class AdminRefusal extends RollcallError {
  readonly status: number;
  readonly headers: HttpHeaders;

  constructor(status: number, code: string, message: string, headers: HttpHeaders = {}) {
    super(code, message);
    this.status = status;
    this.headers = headers;
  }
}
