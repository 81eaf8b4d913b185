import { eq, lt, lte } from 'drizzle-orm'
import type { Db } from './db.ts'
import type { Tables } from './tables.ts'

/** What is done now and then by one node, whichever comes first. */
export interface JobStore {
  /** Takes a job that was last taken `everyMs` ago or longer; false where it is not time yet. */
  claim(name: string, now: number, everyMs: number): Promise<boolean>
  /** Notes how far one has come, and never back. */
  reach(name: string, at: number): Promise<void>
  /** How far one has come at most; 0 for not at all. */
  reached(name: string): Promise<number>
}

export const createJobStore = (db: Db, { jobs }: Tables): JobStore => ({
  async claim(name, now, everyMs) {
    const taken = await db
      .insert(jobs)
      .values({ name, at: now })
      .onConflictDoUpdate({ target: jobs.name, set: { at: now }, setWhere: lte(jobs.at, now - everyMs) })
      .returning({ name: jobs.name })
    return taken.length === 1
  },
  async reach(name, at) {
    await db
      .insert(jobs)
      .values({ name, at })
      .onConflictDoUpdate({ target: jobs.name, set: { at }, setWhere: lt(jobs.at, at) })
  },
  async reached(name) {
    const [row] = await db.select({ at: jobs.at }).from(jobs).where(eq(jobs.name, name))
    return row?.at ?? 0
  },
})
