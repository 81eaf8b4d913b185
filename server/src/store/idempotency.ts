import { and, eq, lt } from 'drizzle-orm'
import type { Db } from './db.ts'
import type { Tables } from './tables.ts'

/** A reply kept under an `Idempotency-Key`; `status` is null while the first request is under way. */
export interface KeptReply {
  request: string
  status: number | null
  body: string | null
  at: number
}

export interface IdempotencyStore {
  /** Claims the key for a request; the earlier claim when there is one. */
  claim(scope: string, key: string, request: string, now: number): Promise<KeptReply | null>
  keep(scope: string, key: string, reply: { status: number; body: string }): Promise<void>
  release(scope: string, key: string): Promise<void>
  forgetBefore(at: number): Promise<void>
}

export function createIdempotencyStore(db: Db, { idempotency: t }: Tables): IdempotencyStore {
  const is = (scope: string, key: string) => and(eq(t.scope, scope), eq(t.key, key))
  return {
    async claim(scope, key, request, at) {
      for (;;) {
        const inserted = await db
          .insert(t)
          .values({ scope, key, request, at })
          .onConflictDoNothing()
          .returning({ at: t.at })
        if (inserted.length === 1) return null
        const [kept] = await db.select().from(t).where(is(scope, key))
        if (kept) return kept
        // Released between the two statements: the key is free, so it is ours to claim.
      }
    },
    async keep(scope, key, reply) {
      await db.update(t).set(reply).where(is(scope, key))
    },
    async release(scope, key) {
      await db.delete(t).where(is(scope, key))
    },
    async forgetBefore(at) {
      await db.delete(t).where(lt(t.at, at))
    },
  }
}
