// The middle of the story, beside a running `npm start`: blocked, quoted, paid, unlocked.
import { readFileSync } from 'node:fs'

const { PORT = 4242, SOFTGATE_DATA = '.softgate' } = process.env
const backend = `http://127.0.0.1:${PORT}/softgate`
const { secretKey } = JSON.parse(readFileSync(`${SOFTGATE_DATA}/keys.json`, 'utf8'))
const acting = '?account=acme&user=priya'
const call = async (method, path, body) => {
  const response = await fetch(`${backend}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  }).catch(() => {
    throw new Error(`Nothing answers at ${backend}. Run "npm start" in another terminal first.`)
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(`${method} ${path}: ${answer.detail}`)
  return answer
}
const dollars = ({ amount }) => `$${(amount / 100).toFixed(2)}`

const { used, limit } = await call('POST', '/check', { account: 'acme', feature: 'seats' })
console.log(`Priya invites one more person: ${used} of ${limit} seats are taken.`)

const { prompt } = await call('POST', `/gates${acting}`, { feature: 'seats' })
console.log(`She reads "${prompt.copy.title}", and picks 2 seats.`)

const quote = await call('POST', `/quotes${acting}`, { offer: prompt.offer.id, quantity: 2 })
for (const line of quote.lines) console.log(`  ${line.description}: ${dollars(line)}`)
console.log(`  due now ${dollars(quote.dueNow)}, then ${dollars(quote.recurring)} a ${quote.recurring.interval}`)

const upgrade = await call('POST', `/upgrades${acting}`, { quote: quote.id })
console.log(
  `One click later it is ${upgrade.status}: ${dollars(upgrade.invoice.amountPaid)} on invoice ${upgrade.invoice.id}.`,
)

const after = await call('POST', '/check', { account: 'acme', feature: 'seats' })
console.log(`The invitation goes out: ${after.used} of ${after.limit} seats are taken.`)
