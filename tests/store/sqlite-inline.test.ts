import { freshSqlite } from '../support/sqlite.ts'
import { storeConformance } from './conformance.ts'
import { open } from './setting.ts'

storeConformance('SQLite, writing inline', async () => open({ url: freshSqlite(), inlineWriter: true }))
