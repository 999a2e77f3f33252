/** A request as handlers see it. */
export interface ApiRequest {
  readonly id: string;
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  /** Values of the path's parameters. */
  readonly params: Readonly<Record<string, string>>;
  /** The body as it came; empty where there was none. */
  readonly body: Buffer;
}
