import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Custodian } from '../../src/sealing/custodian.js';
import { Keyring } from '../../src/sealing/keyring.js';
import { SealingKey } from '../../src/sealing/sealing-key.js';
import { Case, plan, sealedTo } from './custodian-case.js';

const the = new Case();

beforeEach(() => the.open());
afterEach(() => the.close());

describe('the keys the custodian keeps', () => {
  it('refuses a key moved from another row, or wrapped by another instance', async () => {
    const other = await the.custodian.create(the.act(), { ...plan, consultationId: 'c-2' });
    await the.custodian.create(the.act(), { ...plan, quorum: 1 });
    await the.confirm('ana');
    const { wrapped } = await the.row('c-2');
    await the.source.manager.update(SealingKey, { id: 'c-1' }, { wrapped, recipient: other });
    await expect(the.custodian.release(the.act(), 'c-1', [])).rejects.toMatchObject({ code: 'key-unavailable' });
    const stranger = new Custodian(await Keyring.open(join(the.folder, 'other.json'), { create: true }));
    await expect(stranger.release(the.act(), 'c-1', [])).rejects.toMatchObject({ code: 'key-unavailable' });
    expect((await the.row()).releasedAt).toBeNull();
  });

  it('keeps no identity in clear in the database', async () => {
    await the.custodian.create(the.act(), plan);
    const { wrapped } = await the.row();
    expect(JSON.stringify(await the.row())).not.toContain('AGE-SECRET');
    expect(Buffer.from(wrapped, 'base64').includes('AGE-SECRET')).toBe(false);
  });

  it('leaves to the rescue key, with the stock age tool alone, what it needs to open the bids', async () => {
    const plain = randomBytes(100_000);
    const bytes = await sealedTo(await the.custodian.create(the.act(), plan), plain);
    if (spawnSync('age', ['--version']).status !== 0) {
      process.stderr.write('age is not installed: the rescue drill was not run\n');
      return;
    }
    const at = (name: string) => join(the.folder, name);
    writeFileSync(at('rescue.key'), the.rescue);
    writeFileSync(at('wrapped.age'), Buffer.from((await the.row()).wrapped, 'base64'));
    writeFileSync(at('part.age'), bytes);
    execFileSync('age', ['-d', '-i', at('rescue.key'), '-o', at('consultation.key'), at('wrapped.age')]);
    expect(execFileSync('age', ['-d', '-i', at('consultation.key'), at('part.age')]).equals(plain)).toBe(true);
  });
});
