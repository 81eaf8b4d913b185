import { defineCommand } from 'citty'
import { systemClock } from '../../src/kernel/clock.ts'
import { openDatabase } from '../../src/store/open.ts'
import { run } from '../refuse.ts'
import { readSettings } from '../settings.ts'

/** The server does the same when it starts; by itself it is for deployments that change tables first. */
export const migrate = defineCommand({
  meta: { name: 'migrate', description: 'Bring the tables of DATABASE_URL up to date' },
  run: () =>
    run(async () => {
      const { database } = readSettings()
      const opened = await openDatabase({ url: database, instance: 'migrate', clock: systemClock })
      await opened.close()
      process.stdout.write(
        `The ${opened.dialect === 'sqlite' ? 'SQLite file' : 'PostgreSQL database'} is up to date.\n`,
      )
    }),
})
