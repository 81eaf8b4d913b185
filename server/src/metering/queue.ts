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

interface Failure {
  cause: unknown
}

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

  const commit = (entries: readonly Waiting[]): Promise<Written | Failure> =>
    write(entries.flatMap((entry) => entry.ops)).catch((cause) => ({ cause }))

  const answer = (entries: readonly Waiting[], done: Written | Failure): void => {
    if ('cause' in done) {
      for (const { reject } of entries) reject(new ProblemError('storage_unavailable', refusal, done))
      return
    }
    // Stored is stored: whatever goes wrong from here on, the callers hear that it was.
    try {
      committed(done)
    } catch (error) {
      failed(error)
    }
    let from = 0
    for (const { ops, resolve } of entries) {
      resolve(done.statuses.slice(from, from + ops.length))
      from += ops.length
    }
  }

  const commitAll = async (): Promise<void> => {
    let entries = take()
    for (let under = commit(entries); entries.length > 0; ) {
      const done = await under
      const ended = entries
      // One request must not take others down with it: each gets a commit of its own before it is told.
      const torn = 'cause' in done && ended.length > 1
      if (torn) for (const entry of ended) answer([entry], await commit([entry]))
      // The next commit is under way before this one is answered: the database does not wait for that.
      entries = take()
      if (entries.length > 0) under = commit(entries)
      else committing = false
      if (!torn) answer(ended, done)
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
