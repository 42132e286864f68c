/** Every error that Rollcall throws on purpose: a stable `code`, and a message that names the value and the next step. */
export class RollcallError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** What was thrown, in words: not everything that is thrown is an `Error`. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Why bytes were refused. Stable: metrics and the fuzzer count by it. */
export const MALFORMED_REASONS = [
  'empty',
  'truncated',
  'unknown-kind',
  'bad-body',
  'bad-checksum',
  'bad-compression',
  'too-large',
  'too-deep',
  'too-many',
  'wrong-label',
  'not-sealed',
  'sealed',
  'no-key',
] as const;

export type MalformedReason = (typeof MALFORMED_REASONS)[number];

/** Bytes from outside that are not a message of the protocol. The one exception that decoding may throw. */
export class MalformedPacket extends RollcallError {
  readonly reason: MalformedReason;

  constructor(reason: MalformedReason, message: string, options?: { cause?: unknown }) {
    super('MALFORMED_PACKET', message, options);
    this.reason = reason;
  }
}

export class AddressInUse extends RollcallError {
  constructor(address: string) {
    super('ADDRESS_IN_USE', `${address} is already bound. Stop what uses it, or bind another port.`);
  }
}

/** A setting, argument or option that cannot be used. */
export class InvalidSetting extends RollcallError {
  readonly setting: string;
  readonly value: unknown;
  /** What it must be. */
  readonly allowed: string;

  constructor(setting: string, value: unknown, allowed: string) {
    super('INVALID_SETTING', `${setting} is ${JSON.stringify(value) ?? String(value)}, but must be ${allowed}.`);
    this.setting = setting;
    this.value = value;
    this.allowed = allowed;
  }
}
