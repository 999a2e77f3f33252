import getPort from 'get-port';

/** Returns a port that was free a moment ago. This process does not get it again for a while. */
export const freePort = (): Promise<number> => getPort();
