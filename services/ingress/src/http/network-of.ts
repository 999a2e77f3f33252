import ipaddr from 'ipaddr.js';

/** A site gets a /64 of IPv6 at least (RFC 6177), so one address of it stands for all. */
const IPV6_PREFIX_GROUPS = 4;

/** What stands for a caller when its failures are counted: an IPv4 address, the /64 of an IPv6 address, or `unknown`. */
export function networkOf(address: string | undefined): string {
  if (address === undefined || !ipaddr.isValid(address)) return 'unknown';
  // IPv4 in IPv6 (::ffff:192.0.2.1) becomes IPv4.
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  const groups = parsed.parts.slice(0, IPV6_PREFIX_GROUPS).map((group) => group.toString(16));
  return `${groups.join(':')}::/64`;
}
