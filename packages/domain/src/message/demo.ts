/** The client, template and message of the API text, so that its samples work as they stand. Seeded outside production. */
export const DEMO = {
  clientId: 'cookpad_Server_001',
  /** The passcode is published, so NODE_ENV=production refuses it. */
  passcode: 'ARDOR-7JF3-8F2E-QUWZ-CAN7F',
  region: 'CN',
  templateId: 't1',
  templateBody:
    'Dear Member , your auth code is ${code}. The code will expire in 60 seconds. Have a good time! [Cookpad]',
  /** The sample of `querysms` asks for this message. Its status is `delivered`. */
  messageId: '550e8400-e29b-41d4-a716-446655440000',
} as const;
