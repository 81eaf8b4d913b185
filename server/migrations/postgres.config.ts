import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './server/migrations/schema.postgres.ts',
  out: './server/migrations/postgres',
})
