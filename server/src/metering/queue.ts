import { ProblemError } from '../kernel/problem.ts'
import type { Op, OpStatus, Written } from './model.ts'
import type { WriteOps } from './port.ts'

export interface QueueOptions {
  write: WriteOps
  /** Called after each commit, before its callers hear of it. */
  committed(written: Written): void
  /** Told when `committed` throws. */
  failed(error: unknown): void
  /** The most ops in one commit. */
  batch?: number
  /** The most ops waiting; more are refused with `overloaded`. */
  capacity?: number
}

/** Takes ops from many requests and commits them together. */
export interface IngestQueue {
  /** Resolves when the ops are durable, with their statuses in order. */
  push(ops: readonly Op[]): Promise<OpStatus[]>
}

const refusal = 'The events could not be stored. Send them again with the same ids.'

interface Waiting {
  ops: readonly Op[]
  resolve(statuses: OpStatus[]): void
  reject(error: unknown): void
}

/**
 * A commit begins when the one before it is done: batches grow with the load, a lone request waits for nobody, and there
 * is no timer to tune. The queue is bounded, so that a slow disk is told to the callers instead of eating the memory.
 */
export function createIngestQueue({
  write,
  committed,
  failed,
  batch = 1_000,
  capacity = 20_000,
}: QueueOptions): IngestQueue {
  let waiting: Waiting[] = []
  let size = 0
  let committing = false

  const take = (): Waiting[] => {
    let ops = 0
    let count = 0
    for (const entry of waiting) {
      if (count > 0 && ops + entry.ops.length > batch) break
      ops += entry.ops.length
      count++
    }
    const taken = count === waiting.length ? waiting : waiting.slice(0, count)
    waiting = count === waiting.length ? [] : waiting.slice(count)
    size -= ops
    return taken
  }

  const commit = async (entries: readonly Waiting[]): Promise<void> => {
    const [only] = entries
    let written: Written
    try {
      written = await write(entries.length === 1 && only ? only.ops : entries.flatMap((entry) => entry.ops))
    } catch (cause) {
      // One request must not take others down with it: each gets a commit of its own before it is told.
      if (entries.length > 1) for (const entry of entries) await commit([entry])
      else only?.reject(new ProblemError('storage_unavailable', refusal, { cause }))
      return
    }
    // Stored is stored: whatever goes wrong from here on, the callers hear that it was.
    try {
      committed(written)
    } finally {
      let from = 0
      for (const entry of entries) {
        entry.resolve(written.statuses.slice(from, from + entry.ops.length))
        from += entry.ops.length
      }
    }
  }

  const commitAll = async (): Promise<void> => {
    try {
      while (waiting.length > 0) await commit(take())
      committing = false
    } catch (error) {
      failed(error)
      await commitAll()
    }
  }

  return {
    push: (ops) =>
      new Promise((resolve, reject) => {
        if (size + ops.length > capacity) {
          reject(
            new ProblemError('overloaded', `${size} events are waiting to be stored. Send these again in a moment.`),
          )
          return
        }
        waiting.push({ ops, resolve, reject })
        size += ops.length
        if (committing) return
        committing = true
        // The requests that are read in this turn of the loop share the first commit.
        setImmediate(commitAll)
      }),
  }
}
