/**
 * What the driver adds to a statement's timeout before it gives up, in milliseconds. The server cancels a slow statement
 * by itself. The margin is for a server that does not respond at all.
 */
export const DRIVER_MARGIN_MS = 500;
