import { type Demo, startDemo } from './demo.ts'

const json = process.argv.includes('--json')
const reset = process.argv.includes('--reset')
const unknown = process.argv.slice(2).filter((argument) => argument !== '--json' && argument !== '--reset')
const port = Number(process.env.PORT ?? 4242)
const data = process.env.SOFTGATE_DATA ?? '.softgate'
const databaseUrl = process.env.DATABASE_URL

/** One line that says what is wrong and what to do, instead of a stack. */
function explain(error: unknown): string {
  const { code, message, syscall } = error as NodeJS.ErrnoException & { port?: number }
  const taken = (error as { port?: number }).port
  if (code === 'EADDRINUSE')
    return `Port ${taken ?? port} is busy. Stop what runs there, or choose another: PORT=5000 npm start`
  if (code === 'EACCES' && syscall === 'listen')
    return `Port ${taken ?? port} is not allowed for this user. Choose one above 1023: PORT=5000 npm start`
  if (
    ['EACCES', 'EROFS', 'EPERM', 'ENOTDIR', 'EEXIST'].includes(code ?? '') ||
    code === 'SQLITE_READONLY' ||
    code === 'SQLITE_CANTOPEN'
  )
    return `The data folder ${data} cannot be written. Choose another: SOFTGATE_DATA=/some/folder npm start`
  if (code === 'SQLITE_BUSY')
    return `The data folder ${data} is in use by another Softgate. Stop it, or choose another: SOFTGATE_DATA=/some/folder npm start`
  if (code === 'OTHER_VERSION' && !databaseUrl)
    return `The data folder ${data} is of another version. Begin anew: npm start -- --reset, or keep it and choose another: SOFTGATE_DATA=/some/folder npm start`
  if (code === 'ECONNREFUSED' && databaseUrl)
    return 'The PostgreSQL of DATABASE_URL does not answer. Start it, or unset DATABASE_URL to use a file.'
  return message
}

function refuse(line: string): never {
  process.stderr.write(`softgate: ${line}\n`)
  process.exit(1)
}

if (unknown.length > 0) refuse(`${unknown.join(' ')} is not known. npm start takes -- --json and -- --reset.`)
if (!Number.isInteger(port) || port < 0 || port > 65_534)
  refuse(`PORT is "${process.env.PORT}"; it must be a number from 0 to 65534.`)
if (reset && databaseUrl)
  refuse('--reset empties the data folder only. To begin anew on PostgreSQL, give DATABASE_URL an empty database.')

let demo: Demo
try {
  demo = await startDemo({ port, data, databaseUrl, reset })
} catch (error) {
  refuse(explain(error))
}

let closing = false
const close = async () => {
  if (closing) process.exit(1)
  closing = true
  await demo.close()
  process.exit(0)
}
process.on('SIGINT', close)
process.on('SIGTERM', close)
process.on('disconnect', close)

const { close: _, answer: __, ...addresses } = demo
if (json) process.stdout.write(`${JSON.stringify({ ready: true, ...addresses })}\n`)
else
  process.stdout.write(
    [
      `TeamFlow  ${demo.app}   (sign in as Priya Nair, owner of Acme)`,
      `backend   ${demo.backend}   (its wire: ${demo.backend}/openapi.json)`,
      `stripe    ${demo.stripe}   (the local Stripe)`,
      `secret    ${demo.secretKey}`,
      `data      ${databaseUrl ? 'DATABASE_URL' : data}`,
      'accounts  acme (Starter, 5 of 5 seats), birch (Free), cobalt (Business, yearly), delta (Professional), ember (in a trial)',
      'ready',
      '',
    ].join('\n'),
  )
