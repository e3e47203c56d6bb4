/**
 * Door to the vault key: encrypts at rest what its owner must see before the opening (draft names, the manifest's
 * copy, receipts, mails). The context binds a value to its row, so that it cannot be moved to another.
 */
export abstract class Vault {
  abstract seal(plain: string, context: string): string;
  abstract open(sealed: string, context: string): string;
}
