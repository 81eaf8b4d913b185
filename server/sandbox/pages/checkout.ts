import { type Context, Hono } from 'hono'
import {
  type Authentication,
  chooseOn,
  completeSession,
  invoiceOfSession,
  NeedsAuthentication,
} from '../billing/checkout.ts'
import { newCustomer } from '../billing/new-customer.ts'
import { needsCountry, payerOf } from '../billing/payer.ts'
import { cardOfNumber } from '../cards.ts'
import { ApiError, invalid } from '../errors.ts'
import { attach } from '../resources/payment-methods.ts'
import type { CheckoutSessionRecord } from '../state/checkout-records.ts'
import type { CustomerRecord } from '../state/customer-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { act, fieldOf, type PageOptions } from './act.ts'
import { bankPage, donePage, expiredPage, payPage, type Tried } from './checkout-view.ts'

/** The page behind a Checkout session's `url`: it takes a test card, pays, and leads back to where the session says. */
export function createCheckoutPage(options: PageOptions): Hono {
  const { world, catchUp } = options
  const app = new Hono()
  const show = (
    context: Context,
    id: string,
    answer: (session: CheckoutSessionRecord) => Response | Promise<Response>,
  ) => {
    catchUp()
    const session = world.store.get('checkout_session', id)
    if (!session) return context.notFound()
    if (session.status === 'complete') return leave(context, session)
    if (session.status === 'expired') return context.html(expiredPage(session), 410)
    return answer(session)
  }
  app.get('/_sandbox/checkout/:id', (context) =>
    show(context, context.req.param('id'), (session) => sell(context, world, session)),
  )
  app.post('/_sandbox/checkout/:id', async (context) => {
    const [number, bank] = [await fieldOf(context, 'number'), await fieldOf(context, 'bank')]
    const business = await businessIn(context)
    const choice = await choiceIn(context)
    return show(context, context.req.param('id'), (session) => {
      try {
        const authentication = bank === 'approve' ? 'succeed' : bank === 'decline' ? 'fail' : 'none'
        // What is due is shown before it is charged: a country that was told just now changes the tax.
        const first = choice.only || needsCountry(world, session)
        const chosen = act(options, () => chooseOn(world, session, choice))
        if (first) return context.html(payPage(world, chosen, { number }))
        return leave(
          context,
          act(options, () => pay(world, chosen, { number, authentication, business })),
        )
      } catch (error) {
        const now = world.store.get('checkout_session', session.id) ?? session
        if (error instanceof NeedsAuthentication) return context.html(bankPage(world, now, number))
        if (!(error instanceof ApiError)) throw error
        return sell(context, world, now, { number, message: error.body.message })
      }
    })
  })
  return app
}

/** The page that sells, or one that says why nothing is sold any more: a price that was archived, a code that ran out. */
function sell(
  context: Context,
  world: World,
  session: CheckoutSessionRecord,
  tried?: Tried,
): Response | Promise<Response> {
  try {
    return context.html(payPage(world, session, tried), tried ? 402 : 200)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return context.html(expiredPage(session, error.body.message), 410)
  }
}

/** What the customer told on the page and to the bank. */
interface Told {
  readonly number: string
  readonly authentication: Authentication
  readonly business: Business
}

function pay(
  world: World,
  session: CheckoutSessionRecord,
  { number, authentication, business }: Told,
): CheckoutSessionRecord {
  const customer = registered(world, session, business, placed(world, session, customerOf(world, session)))
  if (!needsCard(world, session)) return completeSession(world, session, { customer, method: null, authentication })
  const card = cardOfNumber(number)
  if (!card) {
    const message = 'Your card number is incorrect. Only the published test cards work here.'
    throw new ApiError(402, { type: 'card_error', code: 'incorrect_number', message })
  }
  const method = attach(world, card.token, customer, 'payment_method')
  return completeSession(world, session, { customer, method, authentication })
}

function customerOf(world: World, { customer: id, customer_email }: CheckoutSessionRecord): CustomerRecord {
  const known = id === null ? undefined : world.store.get('customer', id)
  if (known) return known
  const customer = { ...newCustomer(world), email: customer_email }
  world.store.put('customer', customer)
  emit(world, 'customer.created', customer)
  return customer
}

/** The customer with the country that they told. */
function placed(world: World, { country }: CheckoutSessionRecord, customer: CustomerRecord): CustomerRecord {
  const moved = country === null ? null : payerOf(world, { customer: customer.id, country })
  if (!moved) return customer
  world.store.put('customer', moved)
  emit(world, 'customer.updated', moved, customer)
  return moved
}

interface Business {
  readonly name: string
  readonly number: string
}

const businessIn = async (context: Context): Promise<Business> => ({
  name: await fieldOf(context, 'business_name'),
  number: (await fieldOf(context, 'tax_id')).replaceAll(' ', '').toUpperCase(),
})

const outsideTheUnion: Readonly<Record<string, string>> = { CH: 'ch_vat', GB: 'gb_vat', NO: 'no_vat' }

/** The customer with the tax number that they told, where the page asks for one, and the name of the business. */
function registered(
  world: World,
  { tax_ids: asks }: CheckoutSessionRecord,
  { name, number }: Business,
  customer: CustomerRecord,
): CustomerRecord {
  if (!asks || number === '') return customer
  const [, country = ''] = /^([A-Z]{2})(?=.*\d)[A-Z0-9]{2,13}$/.exec(number) ?? []
  if (country === '') throw invalid('This tax number is not valid.', { code: 'tax_id_invalid' })
  const tax_ids = [{ type: outsideTheUnion[country] ?? 'eu_vat', value: number }]
  const named: CustomerRecord = { ...customer, name: name || customer.name, tax_ids }
  world.store.put('customer', named)
  emit(world, 'customer.updated', named, customer)
  return named
}

/** False where nothing is due and the session asks for a card only when there is something to pay. */
const needsCard = (world: World, session: CheckoutSessionRecord): boolean =>
  session.payment_method_collection === 'always' || invoiceOfSession(world, session).amount_due > 0

/** Back to where the session says; an embedded page tells the page around it. */
function leave(context: Context, session: CheckoutSessionRecord): Response | Promise<Response> {
  if (session.ui_mode === 'hosted_page') return context.redirect(withId(session.success_url ?? '', session), 303)
  const url = session.redirect_on_completion === 'never' ? null : withId(session.return_url ?? '', session)
  return context.html(donePage(url))
}

interface Choice {
  readonly quantities: Readonly<Record<string, number>>
  readonly code: string
  readonly country: string
  /** The customer changed what is sold, and does not pay yet. */
  readonly only: boolean
}

async function choiceIn(context: Context): Promise<Choice> {
  const body = await context.req.parseBody()
  const quantities = Object.entries(body).flatMap(([name, value]) =>
    name.startsWith('quantity-') ? [[name.slice('quantity-'.length), Number(value)] as const] : [],
  )
  return {
    quantities: Object.fromEntries(quantities),
    code: await fieldOf(context, 'promotion_code'),
    country: (await fieldOf(context, 'country')).toUpperCase(),
    only: (await fieldOf(context, 'change')) !== '',
  }
}

const withId = (url: string, { id }: CheckoutSessionRecord): string => url.replaceAll('{CHECKOUT_SESSION_ID}', id)
