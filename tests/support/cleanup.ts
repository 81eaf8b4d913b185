type Undo = () => unknown

const undos: Undo[] = []

/** Runs `undo` when the present test has ended, whether it passed or not; the last one registered runs first. */
export const cleanup = (undo: Undo): void => {
  undos.push(undo)
}

/** Runs after every test. */
export const cleanUp = (): Promise<void> => undoAll(undos)

/** Takes what was registered so far out of the hands of the first test: what `beforeAll` opens for all of a file, it returns. */
export function forAll(): () => Promise<void> {
  const taken = undos.splice(0)
  return () => undoAll(taken)
}

async function undoAll(undos: Undo[]): Promise<void> {
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
