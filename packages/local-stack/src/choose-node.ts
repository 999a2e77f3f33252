import { explainOldNode, parseVersion } from './node-version.js';

export interface Node {
  /** The program. */
  readonly path: string;
  /** "24.21.0" */
  readonly version: string;
}

/** The release that the services are tested and shipped with. They cost about twice the CPU on Node 20. */
export const BEST_MAJOR = 24;

/**
 * The Node for the services: the newest 24; without one, the next release with long support, whose number is even. A
 * later one than 24 was not tested and is not chosen above it, unless the start itself runs on it: that was a person's choice.
 */
export function chooseNode(running: Node, found: readonly Node[]): Node {
  if (hasLongSupport(running) && majorOf(running) > BEST_MAJOR) return running;
  // The one that runs comes first: among equals it stays.
  const [best] = [running, ...found].filter(hasLongSupport).sort(byPreference);
  return best ?? running;
}

/** One line for the person when the services will need more CPU than they could. */
export function adviseNode({ version }: Node): string | undefined {
  if ((parseVersion(version)?.[0] ?? 0) >= BEST_MAJOR) return undefined;
  return `Node ${BEST_MAJOR} would need up to a third less CPU; it is used as soon as it is installed, or ARDOR_NODE names it`;
}

const majorOf = ({ version }: Node): number => parseVersion(version)?.[0] ?? 0;

const hasLongSupport = (node: Node): boolean =>
  majorOf(node) >= BEST_MAJOR && majorOf(node) % 2 === 0 && explainOldNode(node.version) === undefined;

/** The lowest major first, as all are at least the best; of one major the newest. */
function byPreference(a: Node, b: Node): number {
  const [majorA, minorA, patchA] = parseVersion(a.version) ?? [0, 0, 0];
  const [majorB, minorB, patchB] = parseVersion(b.version) ?? [0, 0, 0];
  return majorA - majorB || minorB - minorA || patchB - patchA;
}
