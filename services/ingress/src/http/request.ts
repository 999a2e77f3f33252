/** The request of a log-in: its id, and the connection's peer. */
export interface Caller {
  /** The id to quote to an operator: the caller's own (x-request-id) or a new one. */
  readonly id: string;
  /** Express works the address out when it is read: the connection's, or the one that a trusted proxy names. */
  readonly peer: { readonly ip?: string | undefined };
}

/** A request as handlers see it. */
export interface ApiRequest extends Caller {
  readonly contentType: string | undefined;
  /** Values of the path's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The body as it came, decompressed; empty where there was none. */
  readonly body: Buffer;
  /** Handlers note here what the request's log line shall say. */
  readonly logged: RequestLogFields;
}

/** Known step by step, so it is filled in while the request is handled. */
export interface RequestLogFields {
  client_id?: string;
  sms_uid?: string;
  lane?: string;
  /** Messages or ids in a batch. */
  batch?: number;
  /** Messages of a batch that were accepted. */
  acceptedMessages?: readonly AcceptedMessage[];
}

/** A message of a batch gets a log line of its own, so that it can be followed by its id. */
export interface AcceptedMessage {
  readonly sms_uid: string;
  readonly lane: string;
}
