import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** True when a server may listen on this TCP port of 127.0.0.1 and of every address (`HTTP_PORT` binds all). */
export async function isPortFree(port: number): Promise<boolean> {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, undefined));
}

/** A port nobody listens on; `preferred` when that one is free. Somebody may still take it before we do. */
export async function pickPort(preferred?: number): Promise<number> {
  if (preferred !== undefined && preferred > 0 && (await isPortFree(preferred))) return preferred;
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/**
 * The port for a server of ours: the wanted one, else the one of the last time, else any free one.
 * Throws when the wanted one is taken.
 */
export async function choosePort(dataDir: string, wanted: number | undefined): Promise<number> {
  if (wanted === undefined || wanted === 0) return pickPort(rememberedPort(dataDir));
  if (await isPortFree(wanted)) return wanted;
  throw new Error(`port ${wanted} is taken by another program`);
}

/** Keeps the port for the next start, so that a connection saved in some tool stays good. */
export function rememberPort(dataDir: string, port: number): void {
  writeFileSync(join(dataDir, 'port'), String(port));
}

function rememberedPort(dataDir: string): number | undefined {
  const file = join(dataDir, 'port');
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
}

function canListen(port: number, host: string | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
