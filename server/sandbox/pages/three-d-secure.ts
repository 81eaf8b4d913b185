import { Hono } from 'hono'
import { html, raw } from 'hono/html'
import { finishAuthentication } from '../billing/payments.ts'
import { money } from '../billing/wording.ts'
import type { PaymentIntentRecord } from '../state/payment-records.ts'
import { act, fieldOf, type PageOptions } from './act.ts'
import { layout } from './layout.ts'

// In an overlay of the page that asked, that page is told of the answer; opened by itself, the page just says it.
const TELL = "parent !== window && parent.postMessage({ source: 'stripe-sandbox-3ds' }, '*')"

/** Where the bank asks the user: Approve or Decline. `?return=…` leads back to another page of the sandbox afterwards. */
export function createThreeDSecurePage(options: PageOptions): Hono {
  const { world, catchUp } = options
  const app = new Hono()
  const find = (id: string, secret: string | undefined): PaymentIntentRecord | undefined => {
    catchUp()
    const intent = world.store.get('payment_intent', id)
    return secret === undefined || secret === intent?.client_secret ? intent : undefined
  }
  app.get('/_sandbox/3ds/:id', (context) => {
    const intent = find(context.req.param('id'), context.req.query('client_secret'))
    if (!intent) return context.notFound()
    return context.html(intent.status === 'requires_action' ? askPage(intent) : donePage(intent))
  })
  app.post('/_sandbox/3ds/:id', async (context) => {
    const answer = await fieldOf(context, 'bank')
    const intent = find(context.req.param('id'), context.req.query('client_secret'))
    if (!intent) return context.notFound()
    const outcome = answer === 'approve' ? 'succeed' : 'fail'
    if (intent.status === 'requires_action') act(options, () => finishAuthentication(world, intent, outcome))
    const back = context.req.query('return')
    if (back?.startsWith('/_sandbox/')) return context.redirect(back, 303)
    return context.html(donePage(world.store.get('payment_intent', intent.id) ?? intent))
  })
  return app
}

const askPage = ({ amount, currency }: PaymentIntentRecord) =>
  layout(
    'Your bank (local Stripe)',
    html`<h1>Your bank asks</h1>
      <p>Is it you who pays ${money(amount, currency)}? This stands for 3-D Secure; no money moves here.</p>
      <form method="post">
        <button class="main" name="bank" value="approve">Approve</button>
        <button name="bank" value="decline">Decline</button>
      </form>`,
  )

const donePage = ({ status }: PaymentIntentRecord) =>
  layout(
    'Your bank (local Stripe)',
    html`<h1>${status === 'succeeded' ? 'Approved' : 'Not approved'}</h1>
      <p>${status === 'succeeded' ? 'The payment went through.' : 'The payment did not go through. Nothing was charged.'}</p>
      <script>
        ${raw(TELL)}
      </script>`,
  )
