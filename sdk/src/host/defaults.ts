import { randomBytes } from 'node:crypto'

/** The machine's clock and chance; the only place of the host client that reads them. */
export const systemNow = (): number => Date.now()

export const systemBytes = (n: number): Uint8Array => randomBytes(n)

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Runs `fn` once, `ms` from now, without keeping the process alive; the returned function cancels it. */
export function systemAfter(ms: number, fn: () => void): () => void {
  const timer = setTimeout(fn, ms)
  timer.unref()
  return () => clearTimeout(timer)
}

export const systemPid = process.pid
