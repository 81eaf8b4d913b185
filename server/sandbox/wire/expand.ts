import { invalid } from '../errors.ts'
import type { Kind, Records } from '../state/records.ts'
import type { World } from '../state/world.ts'
import { inlineList } from './complete.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { render } from './render.ts'
import { renderCheckoutItem } from './render-checkout.ts'
import { renderCurrencyOptions, renderTiers } from './render-price.ts'

/** How deep a path may go: https://docs.stripe.com/api/expanding_objects */
const DEEPEST = 4

const KINDS_BY_PREFIX: Readonly<Record<string, Kind>> = {
  bpc: 'portal_configuration',
  cbtxn: 'balance_transaction',
  ch: 'charge',
  clock: 'test_clock',
  cn: 'credit_note',
  coupon: 'coupon',
  cus: 'customer',
  di: 'discount',
  du: 'dispute',
  in: 'invoice',
  pi: 'payment_intent',
  pm: 'payment_method',
  re: 'refund',
  price: 'price',
  promo: 'promotion_code',
  sub: 'subscription',
  sub_sched: 'schedule',
}

/** Members whose objects may have any id. */
const NAMED_BY_THEIR_PLACE: Readonly<Record<string, 'coupon' | 'product'>> = { coupon: 'coupon', product: 'product' }

type Described = Extract<Records[Kind], { readonly object: string }>

/** Puts the objects that `paths` ask for into the place of their ids. */
export function expand(world: World, body: JsonObject, paths: readonly string[]): JsonObject {
  for (const path of paths) {
    const steps = path.split('.')
    if (steps.length > DEEPEST) {
      throw invalid(`You cannot expand more than ${DEEPEST} levels of a property: ${path}`, { param: 'expand' })
    }
    descend(world, body, steps, path)
  }
  return body
}

function descend(world: World, here: Json, steps: readonly string[], path: string): void {
  const [step, ...rest] = steps
  if (step === undefined || here === null) return
  if (Array.isArray(here)) {
    for (const member of here) descend(world, member, steps, path)
    return
  }
  if (!isObject(here)) throw notExpandable(path)
  const found = here[step] ?? includable(world, here, step)
  if (found === undefined) throw notExpandable(path)
  const opened = (one: Json): Json => (typeof one === 'string' ? objectOf(world, one, step, path) : one)
  const value = Array.isArray(found) ? found.map(opened) : opened(found)
  here[step] = value
  descend(world, value, rest, path)
}

function objectOf(world: World, id: string, step: string, path: string): Json {
  const named = NAMED_BY_THEIR_PLACE[step]
  const record = named ? world.store.get(named, id) : lookUp(world, id)
  if (!record || step === 'id') throw notExpandable(path)
  return render(world, record)
}

const lookUp = (world: World, id: string): Described | undefined => {
  const kind = KINDS_BY_PREFIX[id.slice(0, id.indexOf('_sb_'))]
  return kind ? (world.store.get(kind, id) as Described | undefined) : undefined
}

/** Members that are only there when asked for. */
function includable(world: World, here: JsonObject, step: string): Json | undefined {
  const id = String(here['id'])
  if (here['object'] === 'invoice' && step === 'confirmation_secret') return confirmationSecret(world, id)
  if (here['object'] === 'invoice' && step === 'payments') {
    const payments = world.store.all('invoice_payment').filter((payment) => payment.invoice === id)
    return inlineList(
      `/v1/invoice_payments?invoice=${id}`,
      payments.reverse().map((payment) => render(world, payment)),
    )
  }
  if (here['object'] === 'price' && (step === 'tiers' || step === 'currency_options')) {
    const price = world.store.get('price', id)
    if (!price) return undefined
    return step === 'tiers' ? renderTiers(price.pricing) : renderCurrencyOptions(price)
  }
  if (here['object'] === 'customer' && step === 'subscriptions') {
    const subscriptions = world.store.all('subscription').filter(({ customer }) => customer === id)
    return inlineList(
      `/v1/customers/${id}/subscriptions`,
      subscriptions.reverse().map((one) => render(world, one)),
    )
  }
  if (here['object'] === 'checkout.session' && step === 'line_items') {
    const session = world.store.get('checkout_session', id)
    const items = session?.items.map((item) => renderCheckoutItem(world, session, item)) ?? []
    return inlineList(`/v1/checkout/sessions/${id}/line_items`, items)
  }
  return Object.hasOwn(here, step) ? null : undefined
}

function confirmationSecret(world: World, invoice: string): Json {
  const intent = world.store.get('invoice', invoice)?.payment_intent
  const secret = intent ? world.store.get('payment_intent', intent)?.client_secret : undefined
  return secret ? { client_secret: secret, type: 'payment_intent' } : null
}

const notExpandable = (path: string) => invalid(`This property cannot be expanded (${path}).`, { param: 'expand' })
