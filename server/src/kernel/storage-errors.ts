/**
 * Codes by which SQLite (https://sqlite.org/rescode.html), PostgreSQL (classes 08, 53 and 57 of its appendix A) and Node's
 * sockets say that the database is out of reach or out of room: nothing is wrong with the request, and trying again can help.
 */
const away =
  /^(SQLITE_(FULL|IOERR|CANTOPEN|READONLY)|(08|53|57)[0-9A-Z]{3}$|E(CONN(REFUSED|RESET)|PIPE|TIMEDOUT|NOSPC)$)/

/** Whether a failure, or what caused it, is the database being out of reach or out of room. */
export function isStorageAway(error: unknown): boolean {
  for (let at: unknown = error; typeof at === 'object' && at !== null; at = (at as { cause?: unknown }).cause) {
    const { code } = at as { code?: unknown }
    if (typeof code === 'string' && away.test(code)) return true
  }
  return false
}
