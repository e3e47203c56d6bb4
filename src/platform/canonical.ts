import * as library from 'canonicalize';

// The package is CommonJS whose types say `export default`: under native ESM its function is the module itself.
const canonicalize = library.default as unknown as (value: unknown) => string | undefined;

/**
 * Canonical JSON, RFC 8785: the same value always gives the same bytes, whoever computes them.
 * @throws when the value cannot be written as JSON
 */
export function canonical(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('A value that cannot be written as canonical JSON');
  return text;
}
