/** Why a process is not ready. /readyz shows the message, so it holds nothing secret. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
  readonly loggable = true;
}
