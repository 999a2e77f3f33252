export interface KannelPorts {
  readonly admin: number;
  readonly smsbox: number;
  readonly sendsms: number;
  readonly smsc: number;
}

/** The only account of a Kannel that listens on 127.0.0.1 and lives for one measurement. */
export const ACCOUNT = { username: 'bench', password: 'bench' } as const;
export const ADMIN_PASSWORD = 'bench';

/**
 * One file for bearerbox and smsbox. The store is Kannel's default and its fastest: bearerbox keeps accepted messages in
 * memory, and a crash loses them.
 */
export function kannelConfig(ports: KannelPorts): string {
  const groups = {
    core: {
      'admin-port': ports.admin,
      'admin-interface': '127.0.0.1',
      'admin-password': ADMIN_PASSWORD,
      'smsbox-port': ports.smsbox,
      'smsbox-interface': '127.0.0.1',
      'box-allow-ip': '127.0.0.1',
    },
    smsc: {
      smsc: 'smpp',
      host: '127.0.0.1',
      port: ports.smsc,
      'smsc-username': ACCOUNT.username,
      'smsc-password': ACCOUNT.password,
      'system-type': 'VMA',
      // The default window of 10 would limit the rate.
      'max-pending-submits': 100,
      // bearerbox may be up before the SMSC; the default is ten seconds.
      'reconnect-delay': 1,
      // drive_smpp answers without a message id. bearerbox logs an error for each, a cost that no carrier would cause.
      'log-file': 'smsc-link.log',
      'log-level': 4,
    },
    smsbox: {
      'bearerbox-host': '127.0.0.1',
      'bearerbox-port': ports.smsbox,
      'sendsms-port': ports.sendsms,
      'sendsms-interface': '127.0.0.1',
      'global-sender': 'Ardor',
    },
    'sendsms-user': ACCOUNT,
  };
  return Object.entries(groups)
    .map(([name, settings]) => {
      const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`);
      return `group = ${name}\n${lines.join('')}`;
    })
    .join('\n');
}
