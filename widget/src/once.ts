/** Runs once for all who wait for it; after a failure, as of a network, again. */
export function once<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null
  return () => {
    running ??= run().catch((error) => {
      running = null
      throw error
    })
    return running
  }
}
