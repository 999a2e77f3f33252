import { ADMIN_PASSWORD } from './kannel-config.js';

interface KannelStatus {
  /** Messages that the SMSC has taken. */
  sent: number;
  /** The SMSC is connected and bound. */
  smscOnline: boolean;
  /** An smsbox has joined. */
  smsboxOnline: boolean;
}

/** Asks bearerbox, which answers in XML. Rejects when it does not answer. */
export async function readStatus(adminPort: number): Promise<KannelStatus> {
  const url = `http://127.0.0.1:${adminPort}/status.xml?password=${ADMIN_PASSWORD}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`bearerbox answered ${response.status} for its status: ${text}`);
  const smsc = /<smscs>.*?<smsc>(.*?)<\/smsc>/s.exec(text)?.[1] ?? '';
  return {
    sent: Number(/<sms>.*?<sent>(\d+)<\/sent>/s.exec(smsc)?.[1] ?? 0),
    smscOnline: smsc.includes('<status>online'),
    smsboxOnline: text.includes('<type>smsbox</type>'),
  };
}
