import { rmSync } from 'node:fs';
import { dirname } from 'node:path';

export default async function () {
  await globalThis.stopPostgres?.();
  const { sqlite } = JSON.parse(process.env.SOUSPLI_TEST_MODELS ?? '{}');
  if (sqlite) rmSync(dirname(sqlite), { recursive: true, force: true });
}
