// The harnesses, at their smallest: what `npm run faults` and `npm run simulate` print, on both databases. Longer runs are theirs.
import { execFile } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

function run(script: string, ...args: string[]): Promise<{ code: number; last: Record<string, unknown>; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [`scripts/${script}.mjs`, ...args, '--json'], { env: process.env, maxBuffer: 1e8 }, (error, out, err) => {
      const line = out.trim().split('\n').at(-1) ?? '';
      resolve({ code: Number(error?.code ?? 0), last: line.startsWith('{') ? (JSON.parse(line) as Record<string, unknown>) : {}, err });
    });
  });
}

describe('les épreuves', () => {
  it('pannes : un serveur tué, sans disque, sans synchronisation ; aucun pli accepté n’est perdu', async () => {
    const { last, code, err } = await run('faults', '--seeds', '2');
    expect({ ...last, code, err: code === 0 ? '' : err }).toMatchObject({ code: 0, err: '', runs: 2, lost: 0, problems: 0 });
    expect(Number(last.accepted)).toBeGreaterThanOrEqual(2);
  }, 180_000);

  it('simulation : contre le modèle, dont la graine 7, où une panne reporte la date limite après un pli tardif', async () => {
    const { last, code, err } = await run('simulate', '--seeds', '1', '--from', '7', '--only', 'sqlite');
    expect({ ...last, code, err: code === 0 ? '' : err }).toMatchObject({ code: 0, err: '', seeds: 1, violations: 0 });
  }, 120_000);

  it('verdicts : à une seconde de la date limite, sur les deux bases', async () => {
    const { last, err } = await run('simulate', '--verdicts', '60');
    expect({ ...last, err: JSON.stringify(last).includes('"wrong":0') ? '' : err }).toMatchObject({ err: '', verdicts: { tried: 120, wrong: 0 } });
  }, 120_000);
});
