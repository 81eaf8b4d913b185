/** Lets whatever waits on this thread run before work that takes long goes on. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
