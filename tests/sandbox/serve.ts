import { createStripeSandbox } from '../../server/sandbox/index.ts'

// A sandbox in a process of its own, for the test that kills it. Prints its address when it listens.
const file = process.argv[2]
if (file === undefined) throw new Error('usage: serve.ts <file>')
const { url } = await createStripeSandbox({ file, now: () => Date.UTC(2026, 0, 20, 12) }).listen(0)
console.log(url)
