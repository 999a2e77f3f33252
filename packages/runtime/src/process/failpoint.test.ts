import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { createFailpointDecorators, FAILPOINTS } from './failpoint.js';

const BUILT = new URL('../../dist/process/failpoint.js', import.meta.url);

/** Runs `text` in a process of its own, armed with the first failpoint; how that ended, and what it had said. */
function program(text: string): { signal: string | null; status: number | null; said: string } {
  if (!existsSync(fileURLToPath(BUILT))) throw new Error('not built: run `pnpm run build` first');
  const code = `
    import { writeSync } from 'node:fs';
    import { createFailpointDecorators } from ${JSON.stringify(BUILT.href)};
    const say = (word) => writeSync(1, word + ' ');
    const failpoints = createFailpointDecorators('accept.before_commit');
    ${text}`;
  const { signal, status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    timeout: 10_000,
    killSignal: 'SIGQUIT',
  });
  return { signal, status, said: stdout.trim() };
}

describe('an armed failpoint', () => {
  it.each(FAILPOINTS)('%s goes off there and nowhere else', async (armed) => {
    const deaths: string[] = [];
    for (const name of FAILPOINTS) {
      const { before } = createFailpointDecorators(armed, () => deaths.push(name));
      await before(name, () => Promise.resolve())();
    }
    expect(deaths).toEqual([armed]);
  });

  it('ends the process by SIGKILL before anything after it runs', () => {
    const ended = program(`
      process.on('exit', () => say('exit'));
      process.nextTick(() => say('tick'));
      setTimeout(() => say('timer'), 0);
      failpoints.before('accept.after_commit', say)('before');
      try { failpoints.before('accept.before_commit', say)('after'); } finally { say('finally'); }`);
    expect(ended).toEqual({ signal: 'SIGKILL', status: null, said: 'before' });
  });

  it('lets a process live that never comes there', () => {
    expect(program(`failpoints.before('accept.after_commit', say)('after');`)).toEqual({
      signal: null,
      status: 0,
      said: 'after',
    });
  });
});

describe('a decorated call', () => {
  function armed(name?: string) {
    const events: string[] = [];
    const call = (word: string) => Promise.resolve(void events.push(word)).then(() => word.length);
    return { events, call, decorators: createFailpointDecorators(name, () => events.push('died')) };
  }

  it('stays the same function while its failpoint is not armed', () => {
    for (const name of [undefined, '', 'deliver.after_send']) {
      const { decorators, call } = armed(name);
      expect(decorators.before('accept.before_commit', call)).toBe(call);
      expect(decorators.after('deliver.after_claim', call)).toBe(call);
    }
  });

  it('dies before the call where the failpoint stands before it', async () => {
    const { decorators, call, events } = armed('accept.before_commit');
    expect(await decorators.before('accept.before_commit', call)('claim')).toBe(5);
    expect(events).toEqual(['died', 'claim']);
  });

  it('dies after the call where the failpoint stands after it', async () => {
    const { decorators, call, events } = armed('deliver.after_claim');
    expect(await decorators.after('deliver.after_claim', call)('claim')).toBe(5);
    expect(events).toEqual(['claim', 'died']);
  });

  it('lives on after a call whose result has no gap', async () => {
    const { decorators, call, events } = armed('deliver.after_claim');
    await decorators.after('deliver.after_claim', call, (length) => length > 5)('claim');
    expect(events).toEqual(['claim']);
  });
});
