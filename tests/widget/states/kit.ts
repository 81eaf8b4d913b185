import type { Account, ChangeKind, Interval } from '@softgate/sdk/contract'
import type { Locator } from 'playwright'
import type {} from '../../../widget/src/script.ts'
import type { Harness } from '../../support/harness.ts'
import type { WidgetPage, WidgetPageOptions } from '../../support/widget-page.ts'

/** A page, and its states in the order in which a user meets them: each is reached from the one before. */
export interface Walk {
  name: string
  options: WidgetPageOptions
  /** What it shows was placed for the size at which it was opened. */
  placed?: true
  states: [name: string, reach: (widget: WidgetPage) => Promise<unknown>][]
}

export const dialogOf = ({ page }: WidgetPage): Locator => page.getByRole('dialog')
export const button = ({ page }: WidgetPage, name: RegExp | string): Locator =>
  page.getByRole('button', { name }).first()
export const heading = (widget: WidgetPage, name: RegExp | string): Promise<void> =>
  dialogOf(widget).getByRole('heading', { name }).waitFor()
export const invite = (widget: WidgetPage): Promise<void> => button(widget, 'Invite people').click()
export const pay = (widget: WidgetPage): Locator => dialogOf(widget).locator('[part=pay]')
export const priced = (widget: WidgetPage): Promise<void> => pay(widget).filter({ hasText: '$' }).waitFor()

export const sso = `<softgate-gate feature="sso" label="Single sign-on (SAML)" plan="Professional">
  <p slot="description">People sign in to TeamFlow with the company account they already have.</p>
</softgate-gate>`

/** Opens the dialog of an offer of the state, as a page of the host's does. */
export const choose = async (
  widget: WidgetPage,
  { kind, title = '', interval = 'month' }: { kind: ChangeKind; title?: string; interval?: Interval },
): Promise<void> => {
  await widget.page.evaluate(
    async (wanted) => {
      await window.Softgate?.ready()
      const offer = window.Softgate?.state.value?.offers.find(
        (one) =>
          one.kind === wanted.kind && one.interval === wanted.interval && (!wanted.title || one.title === wanted.title),
      )
      if (!offer) throw new Error(`there is no offer to ${wanted.kind} ${wanted.title}`)
      void window.Softgate?.showOffer(offer.id)
    },
    { kind, title, interval },
  )
  await dialogOf(widget).locator('[aria-busy=false]').waitFor()
}
export const act = (widget: WidgetPage, name: RegExp | string): Promise<void> =>
  dialogOf(widget).getByRole('button', { name, disabled: false }).click()
/** Usage of Acme's, told by its own server. */
export async function use({ harness }: Pick<WidgetPage, 'harness'>, feature: string, value: number): Promise<void> {
  const time = new Date(harness.clock.now()).toISOString()
  const event = { id: `${feature}-${value}`, account: 'acme', name: 'used', feature, value, time }
  await harness.host.ok('POST', '/events', { events: [event] })
}
/** Saves more cards of Acme's, which may be shown again. */
export async function saveCards({ host, stripe }: Harness, tokens: readonly string[]): Promise<void> {
  const { stripeCustomerId } = await host.ok<Account>('GET', '/accounts/acme')
  for (const token of tokens) {
    const { id } = await stripe.paymentMethods.attach(token, { customer: stripeCustomerId ?? '' })
    await stripe.paymentMethods.update(id, { allow_redisplay: 'always' })
  }
}
