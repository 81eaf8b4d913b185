/** What the widget takes from the page, to be replaced in tests. */
export interface Page {
  /** Epoch milliseconds. */
  now(): number
  /** Runs `fn` once, `ms` from now; the returned function cancels it. */
  after(ms: number, fn: () => void): () => void
  /** Leaves the page for another. */
  leave(url: string): void
}

export const page: Page = {
  now: () => Date.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms)
    return () => clearTimeout(timer)
  },
  leave: (url) => location.assign(url),
}
