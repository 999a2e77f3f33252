import { setTimeout } from 'node:timers/promises';
import type { Attack } from '../attack.js';

export const attack: Attack = {
  summary: 'Attacks nothing. It shows what the measurement itself costs.',
  run: async ({ seconds }) => {
    await setTimeout(seconds * 1000);
    return [];
  },
};
