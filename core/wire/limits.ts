/** One datagram; and again all that its compressed parts expand to, taken together. */
export const DATAGRAM_BYTES = 64 * 1024;
/** Compound and compressed wrappers inside each other. */
export const DATAGRAM_DEPTH = 4;
/** The count in a compound header is one byte. */
export const DATAGRAM_PARTS = 255;
/** Senseless messages that are left out of one datagram; a flood of them would cost more than all honest traffic. */
export const DATAGRAM_FAULTS = 16;

/** One message on a stream, as it travels. */
export const STREAM_BYTES = 20 * 1024 * 1024;
/** One message on a stream, after decompression. */
export const INFLATED_BYTES = 40 * 1024 * 1024;
/** Members in one push/pull. */
export const PUSH_PULL_STATES = 1_048_576;

/** One msgpack body. Only a compressed one may be longer: it is bounded by what carries it. */
export const BODY_BYTES = 64 * 1024;
/** Values in one msgpack body, keys included: bounds the memory that decoding takes. */
export const BODY_VALUES = 65_536;
/** Maps and arrays inside each other in one body. The protocol itself uses two. */
export const BODY_DEPTH = 16;
