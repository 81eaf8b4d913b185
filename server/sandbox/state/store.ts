import type { Disk } from './disk.ts'
import type { Kind, Records } from './records.ts'
import { createShelves, type Shelves } from './shelves.ts'

/** All records of one sandbox. Reads are from memory; a unit of work reaches the disk as one commit. */
export interface Store {
  get<K extends Kind>(kind: K, id: string): Records[K] | undefined
  /** Every record of a kind, oldest first. */
  all<K extends Kind>(kind: K): Records[K][]
  put<K extends Kind>(kind: K, record: Records[K]): void
  remove(kind: Kind, id: string): void
  /** Runs `work`; keeps all of its writes, or none if it throws. Within another commit it is part of that one. */
  commit<T>(work: () => T): T
  /** Runs `work` and undoes its writes: what would happen if. */
  rehearse<T>(work: () => T): T
  close(): void
}

/** Opens the records of `disk`, or an empty set in memory when there is none. */
export function openStore(disk?: Disk): Store {
  const shelves = createShelves()
  disk?.load((kind, record) => shelves.write(kind, record.id, record))
  shelves.forgetHistory()
  return {
    get: <K extends Kind>(kind: K, id: string) => shelves.of(kind).get(id) as Records[K] | undefined,
    all: <K extends Kind>(kind: K) => [...shelves.of(kind).values()] as Records[K][],
    put: (kind, record) => shelves.write(kind, record.id, record),
    remove: (kind, id) => shelves.write(kind, id, undefined),
    commit: committer(shelves, disk),
    rehearse: (work) => {
      const mark = shelves.mark()
      try {
        return work()
      } finally {
        shelves.rollBack(mark)
      }
    },
    close: () => disk?.close(),
  }
}

function committer(shelves: Shelves, disk: Disk | undefined): Store['commit'] {
  let committing = false
  const flush = (): void => {
    disk?.save(shelves.touched())
    shelves.forgetHistory()
  }
  return (work) => {
    if (committing) return work()
    committing = true
    try {
      const result = work()
      flush()
      return result
    } catch (error) {
      shelves.rollBack(0)
      flush()
      throw error
    } finally {
      committing = false
    }
  }
}
