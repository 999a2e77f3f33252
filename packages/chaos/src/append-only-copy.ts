import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@ardor/runtime/wait-for';

/** Redis 7 and later keep a folder of files and a list of them, older ones a single file. */
const isAppendOnly = (name: string): boolean => name.startsWith('appendonly');

export interface AppendOnlyCopy {
  /** Instead of what is there now. The server must not run. */
  readonly putBack: () => Promise<void>;
}

/** Copies the append-only data of a running Redis as they are now; the last command in them may be torn. */
export async function copyAppendOnly(dataDir: string, copyDir: string): Promise<AppendOnlyCopy> {
  await waitFor(async () => {
    await rm(copyDir, { recursive: true, force: true });
    const before = await listOf(dataDir);
    await copyAll(dataDir, copyDir);
    // A rewrite meanwhile would leave a list of files that were not copied.
    return before === (await listOf(dataDir));
  });
  return {
    putBack: async () => {
      for (const name of (await readdir(dataDir)).filter(isAppendOnly))
        await rm(join(dataDir, name), { recursive: true });
      await copyAll(copyDir, dataDir);
      await rm(copyDir, { recursive: true });
    },
  };
}

async function copyAll(from: string, to: string): Promise<void> {
  for (const name of (await readdir(from)).filter(isAppendOnly))
    await cp(join(from, name), join(to, name), { recursive: true });
}

const listOf = (dataDir: string): Promise<string> =>
  readFile(join(dataDir, 'appendonlydir', 'appendonly.aof.manifest'), 'utf8').catch(() => '');
