import { startPlainHtml } from './server.ts'

const port = Number(process.env.PORT ?? 4250)

/** Says what is wrong in one line, with what to do. */
function refuse({ code, message }: NodeJS.ErrnoException): never {
  const busy = `Port ${port} is busy. Choose another: PORT=5000 node examples/plain-html/start.mjs`
  process.stderr.write(`plain-html: ${code === 'EADDRINUSE' ? busy : message}\n`)
  process.exit(1)
}

const { url, close } = await startPlainHtml({
  port,
  data: process.env.SOFTGATE_DATA ?? '.softgate/plain-html',
}).catch(refuse)
const end = async () => {
  await close()
  process.exit(0)
}
process.once('SIGINT', end)
process.once('SIGTERM', end)
process.once('disconnect', end)
process.stdout.write(`plain-html  ${url}   (as Priya Nair, owner of Acme; Ctrl-C ends it)\nready\n`)
