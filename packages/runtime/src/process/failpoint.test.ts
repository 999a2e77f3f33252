import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { createFailpoint, createFailpointDecorators, FAILPOINTS } from './failpoint.js';

const BUILT = new URL('../../dist/process/failpoint.js', import.meta.url);

/** Runs `text` in a process of its own, armed with the first failpoint; how that ended, and what it had said. */
function program(text: string): { signal: string | null; status: number | null; said: string } {
  if (!existsSync(fileURLToPath(BUILT))) throw new Error('not built: run `pnpm run build` first');
  const code = `
    import { writeSync } from 'node:fs';
    import { createFailpoint } from ${JSON.stringify(BUILT.href)};
    const say = (word) => writeSync(1, word + ' ');
    const failpoint = createFailpoint('accept.before_commit');
    ${text}`;
  const { signal, status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    timeout: 10_000,
    killSignal: 'SIGQUIT',
  });
  return { signal, status, said: stdout.trim() };
}

describe('a failpoint', () => {
  it('does nothing when none is armed, whatever it is called', () => {
    let deaths = 0;
    for (const armed of [undefined, '']) {
      const failpoint = createFailpoint(armed, () => deaths++);
      for (const name of FAILPOINTS) failpoint(name);
    }
    expect(deaths).toBe(0);
  });

  it.each(FAILPOINTS)('armed as %s goes off there and nowhere else', (armed) => {
    const deaths: string[] = [];
    for (const name of FAILPOINTS) createFailpoint(armed, () => deaths.push(name))(name);
    expect(deaths).toEqual([armed]);
  });

  it('ends the process by SIGKILL before anything after it runs', () => {
    const ended = program(`
      process.on('exit', () => say('exit'));
      process.nextTick(() => say('tick'));
      setTimeout(() => say('timer'), 0);
      failpoint('accept.after_commit');
      say('before');
      try { failpoint('accept.before_commit'); say('after'); } finally { say('finally'); }`);
    expect(ended).toEqual({ signal: 'SIGKILL', status: null, said: 'before' });
  });

  it('lets a process live that never comes there', () => {
    expect(program(`failpoint('accept.after_commit'); say('after');`)).toEqual({
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
