import { startPlainHtml } from './server.ts'

const port = Number(process.env.PORT ?? 4250)
const { url, close } = await startPlainHtml({ port, data: process.env.SOFTGATE_DATA ?? '.softgate/plain-html' })
const end = async () => {
  await close()
  process.exit(0)
}
process.once('SIGINT', end)
process.once('SIGTERM', end)
process.once('disconnect', end)
process.stdout.write(`plain-html  ${url}   (as Priya Nair, owner of Acme; Ctrl-C ends it)\nready\n`)
