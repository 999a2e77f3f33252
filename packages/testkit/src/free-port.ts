import getPort from 'get-port';

/** A port that was free a moment ago, and that this process is not given again for a while. */
export const freePort = (): Promise<number> => getPort();
