/** What is wrong with this version of Node ("20.18.1"), or undefined when it will do. */
export function explainOldNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return undefined;
  return `Ardor needs Node 20.19 or newer; this is ${version}. https://nodejs.org has current releases.`;
}
