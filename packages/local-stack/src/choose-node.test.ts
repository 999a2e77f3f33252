import { describe, expect, it } from '@jest/globals';
import { adviseNode, chooseNode, type Node } from './choose-node.js';

const node = (version: string): Node => ({ path: `/${version}/node`, version });
const chosen = (running: string, ...found: string[]): string => chooseNode(node(running), found.map(node)).version;

describe('the Node for the services', () => {
  it.each<[string, string, string[], string]>([
    ['a 24 before the one that runs', '20.19.0', ['24.0.0'], '24.0.0'],
    ['a 24 before an odd one that runs', '25.1.0', ['24.21.0'], '24.21.0'],
    ['the newest 24', '20.19.0', ['24.9.0', '24.21.0', '24.21.1', '24.10.9'], '24.21.1'],
    ['a newer 24 than the 24 that runs', '24.1.0', ['24.21.0'], '24.21.0'],
    ['the 24 that runs, where it is the newest', '24.21.0', ['24.1.0'], '24.21.0'],
    ['a 24 before a later one that was not tested', '20.19.0', ['26.1.0', '24.1.0', '28.0.0'], '24.1.0'],
    ['a later even one that runs', '26.1.0', ['24.21.0', '28.0.0'], '26.1.0'],
    ['the next even one, where there is no 24', '20.19.0', ['28.0.0', '26.1.0', '26.2.0'], '26.2.0'],
    ['never an odd one', '20.19.0', ['25.9.0', '27.0.0'], '20.19.0'],
    ['none that is no better', '20.19.0', ['22.20.0', '18.0.0', '20.20.0'], '20.19.0'],
    ['the one that runs, where there is no other', '22.1.0', [], '22.1.0'],
  ])('is %s', (_, running, found, version) => {
    expect(chosen(running, ...found)).toBe(version);
  });

  it('stays the one that runs among equals', () => {
    const running = { path: '/running/node', version: '24.21.0' };
    expect(chooseNode(running, [node('24.21.0')])).toBe(running);
  });

  it('is told to be costly below 24, and only there', () => {
    for (const version of ['20.19.0', '22.22.0', '23.9.9'])
      expect(adviseNode(node(version))).toContain('a third less CPU');
    for (const version of ['24.0.0', '25.0.0', '26.0.0']) expect(adviseNode(node(version))).toBeUndefined();
  });
});
