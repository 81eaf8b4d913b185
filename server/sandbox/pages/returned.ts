import { Hono } from 'hono'
import { html } from 'hono/html'
import { layout } from './layout.ts'

/** A place for Checkout to lead back to where there is no app yet, as in a demonstration of the backend alone. */
export function createReturnedPage(): Hono {
  const app = new Hono()
  app.get('/_sandbox/returned', (context) =>
    context.html(
      layout(
        'Back from Checkout',
        html`<h1>Back from Checkout</h1>
          <p>Here your app goes on. Where the upgrade stands: <code>GET /v1/upgrades/${context.req.query('softgate_upgrade') ?? '…'}</code></p>`,
      ),
    ),
  )
  return app
}
