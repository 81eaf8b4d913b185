// `npm start`: the demo.
import { run } from './run.mjs'

await run('./teamflow/start.ts')
