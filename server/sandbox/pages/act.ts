import type { Context } from 'hono'
import { ApiError } from '../errors.ts'
import type { World } from '../state/world.ts'

/** What a page needs of the sandbox around it. */
export interface PageOptions {
  readonly world: World
  /** Brings about what fell due since the last request. */
  catchUp(): void
  /** Something may have happened that endpoints want to hear of. */
  onDone(): void
}

/** Runs what a person did on a page as one commit; a declined payment is thrown after its effects were stored. */
export function act<T>({ world, onDone }: PageOptions, work: () => T): T {
  try {
    const outcome = world.store.commit(() => {
      try {
        return { result: work() }
      } catch (error) {
        if (error instanceof ApiError && error.keepsEffects) return { error }
        throw error
      }
    })
    if ('error' in outcome) throw outcome.error
    return outcome.result
  } finally {
    onDone()
  }
}

/** A field of a form that was sent, as text. */
export async function fieldOf(context: Context, name: string): Promise<string> {
  const value = (await context.req.parseBody())[name]
  return typeof value === 'string' ? value.trim() : ''
}
