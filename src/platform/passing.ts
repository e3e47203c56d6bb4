/**
 * What the machine cannot do for the moment: disk full or failing, database held by another program, restarting or out of
 * reach, too many open files. The same request may be sent again; anything else that is not foreseen is a bug.
 */
const OF_THE_DISK = /^(ENOSPC|EDQUOT|EIO|EROFS|EMFILE|ENFILE|EAGAIN|EBUSY)$/;
const OF_SQLITE = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|NOMEM|READONLY)/;
const OF_THE_NETWORK = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** PostgreSQL: connection lost, resources, shutdown, system error; lock not given in time, deadlock, serialization. */
const OF_POSTGRES = /^(08|53|57|58)\w{3}$|^(55P03|40P01|40001|25P03)$/;
/** The drivers say these without a code. */
const SAID = /Connection terminated|connection timeout|timeout exceeded when trying to connect|Client has encountered a connection error/i;

/** An act that held the write gate for too long was undone. */
export class ActTooLong extends Error {
  readonly code = 'ACT_LIMIT';
}

/** @param thrown anything, with what it says was its cause */
export function isPassing(thrown: unknown): boolean {
  for (let error = thrown, depth = 0; error && depth < 5; depth += 1) {
    const { code, message, driverError, cause, name } = error as { code?: unknown; message?: string; driverError?: unknown; cause?: unknown; name?: string };
    if (typeof code === 'string' && (code === 'ACT_LIMIT' || [OF_THE_DISK, OF_SQLITE, OF_THE_NETWORK, OF_POSTGRES].some((one) => one.test(code)))) return true;
    // TypeORM gives a lost connection back at once: what the act asks next finds it gone.
    if (name === 'QueryRunnerAlreadyReleasedError' || SAID.test(message ?? '')) return true;
    error = driverError ?? cause;
  }
  return false;
}
