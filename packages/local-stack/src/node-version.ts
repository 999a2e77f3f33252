/** The parts of a version ("24.21.0", "v24.21.0"); undefined when it is none. */
export function parseVersion(text: string): readonly [major: number, minor: number, patch: number] | undefined {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}

/** What is wrong with this version of Node ("20.18.1"), or undefined when it will do. */
export function explainOldNode(version: string): string | undefined {
  const [major, minor] = parseVersion(version) ?? [0, 0];
  if (major > 20 || (major === 20 && minor >= 19)) return undefined;
  return `Ardor needs Node 20.19 or newer; this is ${version}. https://nodejs.org has current releases.`;
}
