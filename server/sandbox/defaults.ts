import { randomBytes } from 'node:crypto'

// The only file of the sandbox that reads the machine's clock or its source of chance,
// so that a test which gives its own clock knows that nothing else tells time.

/** The system clock, in epoch milliseconds. */
export const systemNow = (): number => Date.now()

/** The global fetch, looked up at each call so that a later replacement of the global is honoured. */
export const globalFetch: typeof fetch = (input, init) => globalThis.fetch(input, init)

/** An unguessable hexadecimal token of `bytes` random bytes, for client and webhook secrets. */
export const secretToken = (bytes = 16): string => randomBytes(bytes).toString('hex')
