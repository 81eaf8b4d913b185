import type { Write } from './disk.ts'
import type { Kind, Records } from './records.ts'

type AnyRecord = Records[Kind]

/** Records in memory, with the history that undoes what was written since the last commit. */
export interface Shelves {
  of(kind: Kind): ReadonlyMap<string, AnyRecord>
  /** Stores a record, or removes it when `record` is undefined. */
  write(kind: Kind, id: string, record: AnyRecord | undefined): void
  /** How long the history is now. */
  mark(): number
  /** Undoes the history back to `mark`. */
  rollBack(mark: number): void
  /** Each record that the history touches, as it is now. */
  touched(): readonly Write[]
  forgetHistory(): void
}

/** Empty shelves. */
export function createShelves(): Shelves {
  const shelves = new Map<Kind, Map<string, AnyRecord>>()
  // Each entry holds the record as it was before.
  let history: Write[] = []
  const of = (kind: Kind): Map<string, AnyRecord> => {
    const known = shelves.get(kind) ?? new Map<string, AnyRecord>()
    shelves.set(kind, known)
    return known
  }
  const place = ({ kind, id, record }: Write): void => {
    if (record) of(kind).set(id, record)
    else of(kind).delete(id)
  }
  return {
    of,
    write: (kind, id, record) => {
      history.push({ kind, id, record: of(kind).get(id) })
      place({ kind, id, record })
    },
    mark: () => history.length,
    rollBack: (mark) => {
      const undone = history.splice(mark)
      // Ids already given out are never given out again: a rehearsal may have shown them.
      history.push(...undone.filter(({ kind }) => kind === 'counter'))
      for (const before of undone.reverse()) if (before.kind !== 'counter') place(before)
    },
    touched: () => {
      const names = new Map(history.map(({ kind, id }) => [`${kind} ${id}`, { kind, id }]))
      return [...names.values()].map(({ kind, id }) => ({ kind, id, record: of(kind).get(id) }))
    },
    forgetHistory: () => {
      history = []
    },
  }
}
