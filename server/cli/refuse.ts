/** Something the reader can mend: shown as one line without a stack, and the command ends with 1. */
export class Refusal extends Error {}

/** Runs a command's work; what goes wrong is said in a line that says what to do. */
export async function run(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    process.stderr.write(`softgate: ${explain(error)}\n`)
    process.exitCode = 1
  }
}

/** Ends the process with such a line before anything has begun. */
export function refuse(line: string): never {
  process.stderr.write(`softgate: ${line}\n`)
  process.exit(1)
}

/**
 * The port that `--port` names.
 *
 * @throws Refusal when it is none
 */
export function portOf(text: string, last = 65_535): number {
  const port = Number(text)
  if (text !== '' && Number.isInteger(port) && port >= 0 && port <= last) return port
  throw new Refusal(`--port is "${text}"; it must be a number from 0 to ${last}.`)
}

function explain(error: unknown): string {
  if (error instanceof Refusal) return error.message
  const { code, message, port } = error as NodeJS.ErrnoException & { port?: number }
  if (code === 'EADDRINUSE') return `Port ${port} is busy. Stop what runs there, or choose another with --port.`
  if (code === 'EACCES' && port) return `Port ${port} is not allowed for this user. Choose one above 1023 with --port.`
  if (code === 'SQLITE_BUSY') return 'The database file is in use by another Softgate. Stop that one first.'
  if (code === 'SQLITE_CANTOPEN' || code === 'SQLITE_READONLY')
    return 'The database file cannot be written. Set DATABASE_URL to a path in a folder that can.'
  if (code === 'ECONNREFUSED') return 'PostgreSQL does not answer at DATABASE_URL. Start it, or correct the address.'
  return message
}
