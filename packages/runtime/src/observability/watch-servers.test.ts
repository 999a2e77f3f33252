import { afterEach, expect, it } from '@jest/globals';
import { waitFor } from '../wait-for.js';
import { watchServers } from './watch-servers.js';

const running: { stop(): Promise<void> }[] = [];
afterEach(() => Promise.all(running.splice(0).map((watch) => watch.stop())));

/** Watches servers that are up or down as `down` says; what the dependency log heard. */
function watch(hosts: readonly string[], down: ReadonlySet<string>): string[] {
  const heard: string[] = [];
  const servers = hosts.map((host) => ({
    host,
    check: () => (down.has(host) ? Promise.reject(new Error('refused')) : Promise.resolve()),
  }));
  const dependencies = {
    failed: (part: string, _: unknown, host?: string) => void heard.push(`${part} ${host} failed`),
    succeeded: (part: string, host?: string) => void heard.push(`${part} ${host ?? 'all'} succeeded`),
  };
  running.push(watchServers({ dependencies, part: 'queue', servers, everyMs: 1 }));
  return heard;
}

it('a watch tells of each server by itself, and of the whole part while all answer', async () => {
  const down = new Set(['b:6379']);
  const heard = watch(['a:6379', 'b:6379'], down);
  await waitFor(() => heard.length >= 4);
  expect([...new Set(heard)].sort()).toEqual(['queue a:6379 succeeded', 'queue b:6379 failed']);
  down.clear();
  await waitFor(() => heard.includes('queue all succeeded'));
  expect(heard).toContain('queue b:6379 succeeded');
});

it('a watch goes on after a check that failed', async () => {
  const heard = watch(['a:6379'], new Set(['a:6379']));
  await waitFor(() => heard.length >= 5);
});
