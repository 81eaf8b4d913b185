import { afterEach } from 'vitest'
import { cleanUp } from './cleanup.ts'

// Test files share their modules within a worker: hooks of every file stand here, where each file registers them anew.
afterEach(cleanUp)
