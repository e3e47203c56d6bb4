import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { canonical } from '../../src/platform/canonical.js';
import { envelopeOf, type Manifest, manifestAnomaly, parseManifest, type SealedManifest, sealHash, sealManifest } from '../../src/sealing/envelope.js';
import { openPart } from '../../src/sealing/part.js';
import { chunks, collect } from './bytes.js';

const part = (n: number) => ({ plainSize: n, sha256: `p${n}`, cipherSize: n + 216, cipherSha256: `c${n}` });
const manifest: Manifest = {
  version: 1,
  consultationId: 'c-1',
  bidId: 'b-1',
  mode: 'first',
  files: [
    { name: 'Mémoire secret.pdf', size: 30, sha256: null, mediaType: 'application/pdf', parts: [part(10), part(20)] },
    { name: 'prix.ods', size: 5, sha256: 'w', mediaType: 'application/x-secret', parts: [part(5)] },
  ],
};
let identity: string;
let sealed: SealedManifest;

beforeAll(async () => {
  identity = await generateX25519Identity();
  sealed = await sealManifest([await identityToRecipient(identity)], manifest);
});

describe('the manifest', () => {
  it('is read again from its age file', async () => {
    const plain = await collect(openPart(identity, chunks(sealed.bytes)));
    expect(parseManifest(plain)).toEqual(manifest);
    expect(sealed.cipherSize).toBe(sealed.bytes.length);
    expect(sealed.cipherSha256).toBe(createHash('sha256').update(sealed.bytes).digest('hex'));
  });

  it('is refused when it is not canonical, of another version, or not a manifest', () => {
    for (const text of [JSON.stringify(manifest, null, 1), canonical({ ...manifest, version: 2 }), '{"version":1}']) {
      expect(() => parseManifest(Buffer.from(text))).toThrow('bordereau');
    }
  });
});

describe('the envelope', () => {
  const ids = ['o1', 'o2', 'o3'];
  const envelope = () => envelopeOf(manifest, sealed, ids);

  it('says nothing of names, types and plain hashes', () => {
    const text = canonical(envelope());
    for (const secret of ['Mémoire', 'prix', 'pdf', 'secret', 'p10', 'plainSize', 'mediaType', 'first']) expect(text).not.toContain(secret);
    expect(envelope().parts).toEqual([10, 20, 5].map((n, i) => ({ id: ids[i], cipherSize: n + 216, cipherSha256: `c${n}` })));
  });

  it('needs one distinct object per part', () => {
    for (const wrong of [[], ['o1', 'o2'], ['o1', 'o2', 'o2']]) expect(() => envelopeOf(manifest, sealed, wrong)).toThrow();
  });

  it('has the hash that anybody computes from sealing.md', () => {
    const fixed = { version: 1 as const, consultationId: 'c', bidId: 'b', manifest: { cipherSize: 1, cipherSha256: 'm' }, parts: [] };
    const bytes = 'souspli/bid/v1\n{"bidId":"b","consultationId":"c","manifest":{"cipherSha256":"m","cipherSize":1},"parts":[],"version":1}';
    expect(sealHash(fixed)).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('changes hash with any of its fields, and with the order of the parts', () => {
    const base = envelope();
    const others = [
      { ...base, bidId: 'b-2' },
      { ...base, consultationId: 'c-2' },
      { ...base, manifest: { ...base.manifest, cipherSha256: 'x' } },
      { ...base, parts: base.parts.slice(1) },
      { ...base, parts: base.parts.toReversed() },
      { ...base, parts: base.parts.map((p, i) => (i === 2 ? { ...p, cipherSize: p.cipherSize + 1 } : p)) },
    ];
    expect(new Set([base, ...others].map(sealHash)).size).toBe(others.length + 1);
  });

  it('is compared with the manifest at the opening', () => {
    const base = envelope();
    expect(manifestAnomaly(base, manifest)).toBeUndefined();
    expect(manifestAnomaly({ ...base, bidId: 'b-2' }, manifest)).toMatch('autre pli');
    expect(manifestAnomaly({ ...base, parts: base.parts.slice(1) }, manifest)).toMatch('fichiers scellés');
    expect(manifestAnomaly(base, { ...manifest, files: manifest.files.slice(1) })).toMatch('fichiers scellés');
    expect(manifestAnomaly(base, { ...manifest, files: manifest.files.toReversed() })).toMatch('fichiers scellés');
  });
});
