import { lte } from 'drizzle-orm'
import type { Db } from './db.ts'
import type { Tables } from './tables.ts'

/** What is done now and then by one node, whichever comes first. */
export interface JobStore {
  /** Takes a job that was last taken `everyMs` ago or longer; false where it is not time yet. */
  claim(name: string, now: number, everyMs: number): Promise<boolean>
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
})
