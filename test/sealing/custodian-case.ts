import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { DataSource } from 'typeorm';
import { Act } from '../../src/platform/acts.js';
import { Actor } from '../../src/platform/actor.js';
import { FrozenClock } from '../../src/platform/clock.js';
import { SystemRandom } from '../../src/platform/random.js';
import { Custodian } from '../../src/sealing/custodian.js';
import { Keyring } from '../../src/sealing/keyring.js';
import { sealPart } from '../../src/sealing/part.js';
import { SEALING_ENTITIES, SealingKey } from '../../src/sealing/sealing-key.js';
import { chunks, MemorySink } from './bytes.js';

export const OPENING = '2023-07-26T22:59:00.000Z';
export const BEFORE = '2023-07-26T22:58:59.999Z';
export const plan = { consultationId: 'c-1', notBefore: new Date(OPENING), quorum: 2, openers: ['ana', 'bob'], substitutes: ['sam'] };

/** A custodian with its own keys, rescue included, and an empty table. */
export class Case {
  folder!: string;
  rescue!: string;
  source!: DataSource;
  custodian!: Custodian;

  async open() {
    this.folder = mkdtempSync(join(tmpdir(), 'custodian-'));
    this.rescue = await generateX25519Identity();
    const rescueRecipient = await identityToRecipient(this.rescue);
    this.custodian = new Custodian(await Keyring.open(join(this.folder, 'keys.json'), { create: true, rescueRecipient }));
    this.source = await new DataSource({ type: 'better-sqlite3', database: ':memory:', entities: SEALING_ENTITIES, synchronize: true }).initialize();
  }

  async close() {
    await this.source.destroy();
    rmSync(this.folder, { recursive: true });
  }

  act(now = OPENING) {
    return new Act('test', Actor.system, this.source.manager, new FrozenClock(new Date(now)), new SystemRandom());
  }

  row(id = 'c-1') {
    return this.source.manager.findOneByOrFail(SealingKey, { id });
  }

  confirm(person: string, now?: string) {
    return this.custodian.confirm(this.act(now), 'c-1', person);
  }
}

export async function sealedTo(recipient: string, plain: Uint8Array) {
  const sink = new MemorySink();
  await sealPart([recipient], chunks(plain), sink);
  return sink.bytes;
}
