import { type Context, Hono } from 'hono'
import type { World } from '../state/world.ts'
import type { SandboxControl, StripeSandbox } from '../types.ts'
import { FAULT_KINDS } from '../wire/faults.ts'
import { fieldOf } from './act.ts'
import { deskPage, deskState, FAULT_WORDS } from './desk-view.ts'

/** What the desk shows and drives. */
export interface DeskOptions {
  readonly world: World
  readonly clock: StripeSandbox['clock']
  readonly control: SandboxControl
  /** Brings about what fell due since the last request. */
  catchUp(): void
}

const DAY_MS = 86_400_000
const PATH = '/_sandbox'

/** The page for people at `/_sandbox/`: who bought what, what happened, and the levers of the sandbox. */
export function createDesk({ world, clock, control, catchUp }: DeskOptions): Hono {
  const app = new Hono()
  app.get(PATH, (context) => context.redirect(`${PATH}/`))
  app.get(`${PATH}/`, (context) => {
    catchUp()
    return context.html(deskPage({ world, control }, context.req.query('done')))
  })
  app.get(`${PATH}/state`, (context) => {
    catchUp()
    return context.html(deskState({ world, control }))
  })
  app.post(`${PATH}/desk`, async (context) => {
    // A page of another origin must not pull levers here.
    const origin = context.req.header('origin')
    if (origin !== undefined && origin !== new URL(context.req.url).origin) return context.text('Not from here.', 403)
    const done = await pull({ clock, control }, context)
    return context.redirect(`${PATH}/?done=${encodeURIComponent(done)}`, 303)
  })
  return app
}

async function pull({ clock, control }: Pick<DeskOptions, 'clock' | 'control'>, context: Context): Promise<string> {
  const action = await fieldOf(context, 'action')
  const { webhooks } = control
  switch (action) {
    case 'advance': {
      const days = Number(await fieldOf(context, 'days'))
      if (!Number.isFinite(days) || days <= 0 || days > 3660)
        return 'Tell how many days, from a part of one up to ten years.'
      await clock.advance(Math.round(days * DAY_MS))
      return `The clock went ${days} ${days === 1 ? 'day' : 'days'} forward.`
    }
    case 'fail': {
      const wanted = await fieldOf(context, 'kind')
      const kind = FAULT_KINDS.find((one) => one === wanted)
      if (!kind) return 'There is no such failure.'
      const path = await fieldOf(context, 'path')
      control.failNext({ kind, match: { method: 'POST', ...(path !== '' && { path }) } })
      return `The next request that changes something${path === '' ? '' : ` under ${path}`} will fail. ${FAULT_WORDS[kind]}.`
    }
    case 'pause':
      webhooks.pause()
      return 'Webhooks are kept back.'
    case 'resume':
      await webhooks.resume()
      return 'Webhooks go out again.'
    case 'flush':
      await webhooks.flush()
      return 'Everything that waited was tried once.'
    case 'drop':
      webhooks.dropNext()
      return 'The next webhook will be lost.'
    case 'repeat':
      webhooks.repeatNext()
      return 'The next webhook will come twice.'
    default:
      return 'There is no such lever.'
  }
}
