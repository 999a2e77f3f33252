/**
 * `smpp` is drive_smpp: bearerbox binds to it as a transmitter and counts a message as sent once the submit was
 * answered. `fake` is fakesmsc: bearerbox counts a message as sent once it was written to the connection.
 */
export type SmscKind = 'smpp' | 'fake';

/**
 * `memory` is Kannel's default and its fastest: "accepted" means that bearerbox holds the message in its own memory,
 * and a crash loses it. `spool` writes a file per message before the answer; it is still no fsync.
 */
export type StoreKind = 'memory' | 'spool';

export interface KannelPorts {
  admin: number;
  smsbox: number;
  sendsms: number;
  smsc: number;
}

/** The only account of a Kannel that listens on 127.0.0.1 and lives for one measurement. */
export const ACCOUNT = { username: 'bench', password: 'bench' } as const;
export const ADMIN_PASSWORD = 'bench';

type Group = [name: string, settings: Record<string, string | number>];

/** One file for bearerbox and smsbox. Paths are relative to the folder that they run in. */
export function kannelConfig(ports: KannelPorts, smsc: SmscKind, store: StoreKind): string {
  const groups: Group[] = [
    [
      'core',
      {
        'admin-port': ports.admin,
        'admin-interface': '127.0.0.1',
        'admin-password': ADMIN_PASSWORD,
        'smsbox-port': ports.smsbox,
        'smsbox-interface': '127.0.0.1',
        'box-allow-ip': '127.0.0.1',
        ...(store === 'spool' && { 'store-type': 'spool', 'store-location': 'spool' }),
      },
    ],
    ['smsc', smsc === 'smpp' ? smppLink(ports.smsc) : fakeLink(ports.smsc)],
    [
      'smsbox',
      {
        'bearerbox-host': '127.0.0.1',
        'bearerbox-port': ports.smsbox,
        'sendsms-port': ports.sendsms,
        'sendsms-interface': '127.0.0.1',
        'global-sender': 'Ardor',
      },
    ],
    ['sendsms-user', { ...ACCOUNT }],
  ];
  return groups.map(groupText).join('\n');
}

function smppLink(port: number): Group[1] {
  return {
    smsc: 'smpp',
    host: '127.0.0.1',
    port,
    'smsc-username': ACCOUNT.username,
    'smsc-password': ACCOUNT.password,
    'system-type': 'VMA',
    // Whatever it costs to wait for answers, a window of 10 (the default) is not to be what holds it.
    'max-pending-submits': 100,
    // When bearerbox is up before the SMSC: the default is ten seconds.
    'reconnect-delay': 1,
    // drive_smpp answers without a message id, and bearerbox logs an error for each: a cost that no carrier would cause.
    'log-file': 'smsc-link.log',
    'log-level': 4,
  };
}

function fakeLink(port: number): Group[1] {
  // It listens on every address, whatever the configuration says.
  return { smsc: 'fake', port, 'connect-allow-ip': '127.0.0.1' };
}

function groupText([name, settings]: Group): string {
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`);
  return `group = ${name}\n${lines.join('')}`;
}
