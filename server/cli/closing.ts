/** Ends in order at the first signal, at once at the second. */
export function closeOnSignal(close: () => Promise<void>): void {
  let closing = false
  const end = async (): Promise<void> => {
    if (closing) process.exit(1)
    closing = true
    await close()
    process.exit(0)
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
}
