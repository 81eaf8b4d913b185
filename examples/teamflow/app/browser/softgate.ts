import { createSoftgate, type Softgate } from '@softgate/sdk'
import { connect, defineElements } from '@softgate/widget'
import { setBridge } from '../views/bridge.ts'

async function token(): Promise<string> {
  const response = await fetch('/softgate-token', { headers: { accept: 'application/json' } })
  if (!response.ok) throw new Error(`TeamFlow gave no token: ${response.status}`)
  return (await response.json()).token
}

const timeOf = (ms: number): string => new Date(ms).toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit' })

/** Softgate for this page, and the word in the bar when it is out of reach. */
export function startSoftgate(): Softgate {
  const softgate = createSoftgate({ url: '/softgate', token })
  const line = document.getElementById('connection')
  const tell = (): void => {
    const connection = softgate.connection.value
    const { source, ageMs } = softgate.check('seats')
    const known = connection === 'offline' && source === 'cache'
    if (line) line.textContent = known ? `Limits as of ${timeOf(Date.now() - ageMs)}` : ''
    document.documentElement.dataset['softgate'] = connection
  }
  softgate.subscribe(tell)
  tell()
  const shown = showElements(softgate)
  // Before, there would be nobody to show a prompt.
  const somebody = async (): Promise<void> => void (await Promise.race([shown, softgate.ready()]))
  setBridge({
    async gate(feature, options) {
      await somebody()
      return softgate.gate(feature, options)
    },
    onDecision: (feature, listener) => {
      let last = ''
      return softgate.subscribe(() => {
        const decision = softgate.check(feature)
        const { used, limit, source } = decision
        const now = `${used} ${limit}`
        if (source === 'default' || now === last) return
        last = now
        listener(decision)
      })
    },
  })
  return softgate
}

/**
 * Lets Softgate's elements take over as soon as there is something to show: until then, and as long as nobody answers,
 * people see what the server has written in their places.
 */
const showElements = (softgate: Softgate): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (!softgate.state.value) return
      stop()
      connect(softgate)
      defineElements()
      resolve()
    }
    const stop = softgate.subscribe(look)
    look()
  })
