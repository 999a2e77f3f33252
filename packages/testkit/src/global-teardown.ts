import { rm } from 'node:fs/promises';
import { takeRunning } from './running.js';

export default async function globalTeardown(): Promise<void> {
  const running = takeRunning();
  await running?.stop();
  if (running) await rm(running.folder, { recursive: true, force: true });
}
