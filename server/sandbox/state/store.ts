import type { Kind, Records } from './records.ts'
import type { Disk, Write } from './disk.ts'

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

interface Undo {
  readonly kind: Kind
  readonly id: string
  readonly before: Records[Kind] | undefined
}

/** Opens the records of `disk`, or an empty set in memory when there is none. */
export function openStore(disk?: Disk): Store {
  const shelves = new Map<Kind, Map<string, Records[Kind]>>()
  const undos: Undo[] = []
  let committing = false
  const shelf = (kind: Kind): Map<string, Records[Kind]> => {
    const known = shelves.get(kind)
    if (known) return known
    const made = new Map<string, Records[Kind]>()
    shelves.set(kind, made)
    return made
  }
  disk?.load((kind, record) => shelf(kind).set(record.id, record))

  const write = (kind: Kind, id: string, record: Records[Kind] | undefined): void => {
    undos.push({ kind, id, before: shelf(kind).get(id) })
    if (record) shelf(kind).set(id, record)
    else shelf(kind).delete(id)
  }
  const rollBack = (mark: number): void => {
    for (const undo of undos.splice(mark).reverse()) {
      const { kind, id, before } = undo
      // Ids already given out are never given out again: a rehearsal may have shown them.
      if (kind === 'counter') undos.push(undo)
      else if (before) shelf(kind).set(id, before)
      else shelf(kind).delete(id)
    }
  }
  const flush = (): void => {
    const touched = new Map<string, Write>()
    for (const { kind, id } of undos) touched.set(`${kind} ${id}`, { kind, id, record: shelf(kind).get(id) })
    disk?.save([...touched.values()])
    undos.length = 0
  }

  return {
    get: <K extends Kind>(kind: K, id: string) => shelf(kind).get(id) as Records[K] | undefined,
    all: <K extends Kind>(kind: K) => [...shelf(kind).values()] as Records[K][],
    put: (kind, record) => write(kind, record.id, record),
    remove: (kind, id) => write(kind, id, undefined),
    commit: (work) => {
      if (committing) return work()
      committing = true
      try {
        const result = work()
        flush()
        return result
      } catch (error) {
        rollBack(0)
        flush()
        throw error
      } finally {
        committing = false
      }
    },
    rehearse: (work) => {
      const mark = undos.length
      try {
        return work()
      } finally {
        rollBack(mark)
      }
    },
    close: () => disk?.close(),
  }
}
