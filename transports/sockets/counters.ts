/** What a transport counts, as plain fields. Gauges are named `…Open`; everything else only grows. */
export class TransportCounters {
  datagramsSent = 0;
  datagramBytesSent = 0;
  datagramsReceived = 0;
  datagramBytesReceived = 0;
  /** Datagrams that arrived, and connections that were accepted, while no protocol was attached. */
  datagramsUnattended = 0;
  connectionsUnattended = 0;
  /** Datagrams that could not be sent, by the code of the system's error. */
  readonly sendErrors = new Map<string, number>();

  streamsDialed = 0;
  streamsAccepted = 0;
  /** Connections that were destroyed because as many were open as may be. */
  streamsRefused = 0;
  /** Connections that said that they are for something unknown. */
  openingsUnknown = 0;
  streamTimeouts = 0;
  streamBytesSent = 0;
  streamBytesReceived = 0;
  streamsOpen = 0;

  /** Connections that carry datagrams (modes `tcp` and `tls`). */
  carriersDialed = 0;
  carriersAccepted = 0;
  /** Carriers of peers that were closed to make room for others. */
  carriersCut = 0;
  carriersFailed = 0;
  carriersOpen = 0;
  /** Datagrams that a carrier could not take, or lost when it failed. */
  carrierDatagramsLost = 0;

  /** Connections that the system could not hand over, by the code of its error. */
  readonly acceptErrors = new Map<string, number>();
  /** TCP connections of every use, from the first packet to the last. */
  connectionsOpen = 0;
  /** Handshakes that failed, by the code of what was wrong. */
  readonly tlsFailures = new Map<string, number>();

  /** What the kernel granted for datagrams that wait to be read; 0 without UDP. */
  receiveBufferBytes = 0;
}

export function countCode(codes: Map<string, number>, code: string): void {
  codes.set(code, (codes.get(code) ?? 0) + 1);
}

/** The code of a system error, such as ECONNREFUSED. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : 'UNKNOWN';
}
