import { Hono } from 'hono'
import type { PageOptions } from './act.ts'
import { createBrowserApi } from './browser-api.ts'
import { createCheckoutPage } from './checkout.ts'
import { createInvoicePage } from './invoice.ts'
import { createPortalPage } from './portal.ts'
import { createReturnedPage } from './returned.ts'
import { createThreeDSecurePage } from './three-d-secure.ts'

/** What people and their browsers see of the sandbox. */
export function createPages(options: PageOptions): Hono {
  const app = new Hono()
  for (const part of [
    createCheckoutPage(options),
    createInvoicePage(options),
    createPortalPage(options),
    createThreeDSecurePage(options),
    createBrowserApi(options),
    createReturnedPage(),
  ])
    app.route('/', part)
  return app
}
