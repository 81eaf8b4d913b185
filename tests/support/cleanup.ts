type Undo = () => unknown

const undos: Undo[] = []

/** Runs `undo` when the present test has ended, whether it passed or not; the last one registered runs first. */
export const cleanup = (undo: Undo): void => {
  undos.push(undo)
}

/** Runs after every test. */
export async function cleanUp(): Promise<void> {
  const failures: unknown[] = []
  for (let undo = undos.pop(); undo; undo = undos.pop()) {
    try {
      await undo()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Cleaning up after the test failed')
}
