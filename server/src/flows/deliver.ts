import type { Copy, Offer, Prompt, PromptWay } from '@softgate/sdk/contract'
import { hasEnded, isLive, isOwing, paysByInvoice, paysForOther, permits } from '../accounts/model.ts'
import { comesWith } from '../catalog/about.ts'
import { offerFor } from '../catalog/answer.ts'
import { type OfferContext, type Sellable, sellablesFor } from '../catalog/offers.ts'
import type { Snapshot } from '../entitlements/snapshot.ts'
import { formatMoney } from '../kernel/money.ts'
import { readScope } from '../kernel/scope.ts'
import { variantFor } from '../prompts/choose.ts'
import { type CopyFacts, formatCopy, localeFor, wayCopy } from '../prompts/copy.ts'
import type { Addressee, Delivery } from '../prompts/model.ts'
import type { Stores } from '../store/stores.ts'
import type { Fire } from '../triggers/model.ts'
import { actorOf, asksVendor, type Context, type Subject, type Who } from './context.ts'

export const offerContext = (
  { catalog, clock, seal }: Context,
  snapshot: Snapshot,
  fresh: string | null = null,
): OfferContext => {
  const { account, subscription, plan } = snapshot
  const holding =
    isLive(subscription) && subscription.plan !== null
      ? {
          ...subscription,
          plan: subscription.plan,
          // What time alone has ended is no choice any more, though Stripe has not told us yet.
          pending: subscription.pending && subscription.pending.at > clock.now() ? subscription.pending.bundle : null,
          trial: subscription.status === 'trialing' && subscription.periodEnd > clock.now(),
          fresh,
        }
      : null
  const start =
    subscription === null || hasEnded(subscription)
      ? { plan, currency: account.currency, used: (feature: string) => snapshot.decide(feature, 1)?.used ?? 0 }
      : null
  return { catalog, account: account.id, holding, start, seal }
}

/** What can be chosen for the account now, as far as we have seen; nothing where nothing can be bought. */
export const choicesOf = (context: Context, snapshot: Snapshot, fresh: string | null = null): Sellable[] =>
  context.gateway
    ? sellablesFor(offerContext(context, snapshot, fresh)).filter(({ kind }) => permits(snapshot.subscription, kind))
    : []

export interface DeliverInput extends Subject {
  fire: Fire
  prompt: string
  /** Units that were asked for; 1 when nobody asked. */
  quantity?: number
  placement?: string
}

/** Stores the decision to show a prompt, with its variant and the offer as it stands. */
export async function deliver(context: Context, stores: Stores, input: DeliverInput): Promise<Delivery> {
  const { catalog, ids, clock } = context
  const { snapshot, about, fire, prompt, quantity = 1 } = input
  const delivery: Delivery = {
    account: fire.account,
    id: ids('del'),
    fire: fire.id,
    user: fire.user,
    scope: fire.scope,
    to: fire.to,
    prompt,
    variant: variantFor(catalog, prompt, fire.account),
    placement: input.placement ?? catalog.prompts[prompt]?.placement ?? 'dialog',
    feature: fire.feature,
    quantity,
    offer: null,
    at: clock.now(),
  }
  const stored = { ...delivery, offer: offerOf(context, snapshot, delivery, about) }
  await stores.prompts.deliver(stored)
  return stored
}

/** The offer that a delivery leads to now, its id naming the delivery so that a purchase is traced to what was shown. */
function offerOf(
  context: Context,
  snapshot: Snapshot,
  { feature, quantity, id }: Delivery,
  about: Snapshot,
): Offer | null {
  const used = about.decide(feature, 1)?.used ?? 0
  const found = offerFor(offerContext(context, snapshot), { feature, used, quantity })
  return found && { ...found.sellable.offer, id: `${found.sellable.offer.id}.${id}` }
}

/** Who reads a prompt. */
export interface Reader extends Addressee {
  role: string | null
  locale: string | null
  /** Whether they may buy now: their token permits it as well. */
  buyer: boolean
  /** Whom someone who may not buy can ask, by name. */
  admins: string[]
}

const mostAdmins = 5

export async function readerOf(context: Context, who: Who): Promise<Reader> {
  const { user, admin, buyer } = await actorOf(context, who)
  const { account, user: except } = who
  const asked = { account, roles: context.catalog.purchaseRoles, except, limit: mostAdmins }
  const admins = buyer ? [] : await context.database.read.accounts.namesInRoles(asked)
  const { role = null, locale = null, entities = [] } = user ?? {}
  return { user: who.user, entities, admin, role, locale, buyer, admins }
}

export interface PromptInput extends Subject {
  delivery: Delivery
  reader: Reader
  /** Of users whom deliveries are about, where they have one. */
  names?: ReadonlyMap<string, string>
}

/** A delivery as this reader sees it now: a buyer with the offer and its price, anyone else with the way to ask. */
export function toPrompt(context: Context, input: PromptInput): Prompt {
  const { snapshot, about, delivery, reader } = input
  const { buyer, admins } = reader
  const { subscription } = snapshot
  const offer = context.gateway ? offerOf(context, snapshot, delivery, about) : null
  const owing = subscription !== null && isOwing(subscription)
  const way: PromptWay =
    !buyer || asksVendor(context, snapshot)
      ? 'ask'
      : owing
        ? 'pay'
        : offer && permits(subscription, 'add')
          ? 'buy'
          : 'none'
  return {
    delivery: delivery.id,
    placement: delivery.placement,
    feature: delivery.feature,
    ...(delivery.scope !== '' && { about: readScope(delivery.scope) }),
    way,
    copy: copyOf(context, input, way, offer),
    offer: way === 'buy' ? offer : null,
    admins: way === 'ask' ? admins : [],
    invoice: way === 'pay' && subscription ? subscription.unpaid : null,
  }
}

const nameOf = ({ account: { name, id } }: Snapshot): string => name ?? id

/** Whose limit it is, as the reader calls them. */
function whoOf({ snapshot, delivery, reader, names }: PromptInput): string {
  const { user, entity } = readScope(delivery.scope)
  if (user === undefined) return entity ?? nameOf(snapshot)
  return user === reader.user ? 'you' : (names?.get(user) ?? user)
}

function copyOf({ catalog }: Context, input: PromptInput, way: PromptWay, offer: Offer | null): Copy {
  const { snapshot, about, delivery, reader } = input
  const copy = catalog.prompts[delivery.prompt]?.variants[delivery.variant]?.copy ?? {}
  const chosen = localeFor(reader.locale, Object.keys(copy))
  const templates = copy[chosen]
  if (!templates) throw new Error(`The prompt ${delivery.prompt} has no copy for its variant ${delivery.variant}`)
  const decision = about.decide(delivery.feature, 1)
  const feature = catalog.features[delivery.feature]
  const facts: CopyFacts = {
    feature: feature?.title ?? delivery.feature,
    unit: feature?.kind === 'metered' ? feature.unit.one : '',
    units: feature?.kind === 'metered' ? feature.unit.other : '',
    used: decision?.used ?? 0,
    limit: decision?.limit ?? 0,
    remaining: decision?.remaining ?? 0,
    // The units of a plan that begins are all of them, in use or not; what was asked for is fewer.
    quantity: offer?.kind === 'add' ? (offer.quantity?.default ?? delivery.quantity) : delivery.quantity,
    plan: (comesWith(catalog, snapshot.plan, delivery.feature) ?? catalog.plans[snapshot.plan])?.title ?? snapshot.plan,
    account: nameOf(snapshot),
    who: whoOf(input),
    // In any language: not less than this.
    price: way === 'buy' && offer ? `${formatMoney(offer.price, chosen)}${offer.tiers ? '+' : ''}` : '',
  }
  if (way === 'ask' && !reader.buyer) return formatCopy(templates.ask, chosen, facts)
  const { subscription } = snapshot
  const why = paysByInvoice(subscription) ? 'invoice' : paysForOther(subscription) ? 'other' : null
  return wayCopy(way, formatCopy(templates.buy, chosen, facts), why)
}
