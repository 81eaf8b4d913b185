// `node examples/plain-html/start.mjs`: the page, with a backend and a local Stripe of its own.
import { run } from '../run.mjs'

await run('./plain-html/start.ts')
