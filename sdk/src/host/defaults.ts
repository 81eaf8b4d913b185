import { randomBytes } from 'node:crypto'

/** The machine's clock and chance; the only place of the host client that reads them. */
export const systemNow = (): number => Date.now()

export const systemBytes = (n: number): Uint8Array => randomBytes(n)

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
