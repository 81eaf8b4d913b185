// What the SDK and the widget use of @preact/signals-core (`signal`, `computed` and `effect`), for the script tag alone, at a
// third of its weight. Packages are built on the real one; a test holds the two against each other.

/** An effect, or a computed that somebody reads: what it has read, and the version that it saw. */
interface Reader {
  sources: Map<Signal<unknown>, number>
  /** A source may have changed. */
  stale(): void
}

let reader: Reader | null = null
let busy = false
const queue = new Set<() => void>()

/** Runs `fn` as `next`, whose sources are what it reads in it. */
function readAs<T>(next: Reader | null, fn: () => T): T {
  const outer = reader
  const before = next?.sources
  reader = next
  if (next) next.sources = new Map()
  try {
    return fn()
  } finally {
    reader = outer
    for (const source of before?.keys() ?? []) if (!next?.sources.has(source)) source.forget(next as Reader)
  }
}

const changed = ({ sources }: Reader): boolean => [...sources].some(([source, version]) => source.refresh() !== version)

/** Runs the effects that wait, and those that they cause; one that throws stops no other. */
function flush(): void {
  if (busy) return
  busy = true
  const failures: unknown[] = []
  for (const run of queue) {
    queue.delete(run)
    try {
      run()
    } catch (error) {
      failures.push(error)
    }
  }
  busy = false
  if (failures.length) throw failures[0]
}

class Signal<T> {
  protected version = 0
  protected held: T
  protected readonly readers = new Set<Reader>()

  constructor(held: T) {
    this.held = held
  }

  get value(): T {
    if (reader) this.readers.add(reader)
    const version = this.refresh()
    reader?.sources.set(this as Signal<unknown>, version)
    return this.held
  }
  set value(next: T) {
    if (next === this.held) return
    this.held = next
    this.version++
    for (const one of [...this.readers]) one.stale()
    flush()
  }
  peek(): T {
    return readAs(null, () => this.value)
  }
  subscribe(fn: (value: T) => void): () => void {
    return effect(() => {
      const now = this.value
      readAs(null, () => fn(now))
    })
  }
  /** The version that holds now. */
  refresh(): number {
    return this.version
  }
  forget(one: Reader): void {
    this.readers.delete(one)
  }
}

class Computed<T> extends Signal<T> implements Reader {
  sources = new Map<Signal<unknown>, number>()
  #fresh = false
  readonly #compute: () => T

  constructor(compute: () => T) {
    super(undefined as T)
    this.#compute = compute
  }

  stale(): void {
    if (!this.#fresh) return
    this.#fresh = false
    for (const one of [...this.readers]) one.stale()
  }
  override refresh(): number {
    // Nobody's reader subscribes to nothing, so that nothing holds it.
    const read = this.readers.size > 0
    if (this.#fresh) return this.version
    if (!this.sources.size || changed(this)) {
      const next = readAs(read ? this : null, this.#compute)
      if (next !== this.held || !this.version) this.version++
      this.held = next
    }
    this.#fresh = read
    return this.version
  }
  override forget(one: Reader): void {
    super.forget(one)
    if (this.readers.size) return
    this.#fresh = false
    readAs(this, () => {})
  }
}

export const signal = <T>(value: T): Signal<T> => new Signal(value)
export const computed = <T>(compute: () => T): Signal<T> => new Computed(compute)

export function effect(fn: () => unknown): () => void {
  let cleanup: unknown
  let stopped = false
  const self: Reader = { sources: new Map(), stale: () => queue.add(again) }
  const clean = (): void => {
    if (typeof cleanup === 'function') readAs(null, cleanup as () => void)
    cleanup = null
  }
  const again = (): void => {
    if (!stopped && (!self.sources.size || changed(self))) {
      clean()
      cleanup = readAs(self, fn)
    }
    if (stopped) stop()
  }
  const stop = (): void => {
    stopped = true
    clean()
    readAs(self, () => {})
  }
  // At once, also in the middle of another effect.
  const outer = busy
  busy = true
  try {
    again()
  } catch (error) {
    stop()
    throw error
  } finally {
    busy = outer
    flush()
  }
  return stop
}
