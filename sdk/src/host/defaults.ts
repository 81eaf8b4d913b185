import { randomInt } from 'node:crypto'

/** The machine's clock and chance; the only place of the host client that reads them. */
export const systemNow = (): number => Date.now()

export const systemRandom = (): number => randomInt(2 ** 47) / 2 ** 47

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Runs `fn` once, `ms` from now, without keeping the process alive; the returned function cancels it. */
export function systemAfter(ms: number, fn: () => void): () => void {
  const timer = setTimeout(fn, ms)
  timer.unref()
  return () => clearTimeout(timer)
}

export const systemPid = process.pid
