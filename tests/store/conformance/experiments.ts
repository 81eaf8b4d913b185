import { describe, expect, it } from 'vitest'
import type { Settlement } from '../../../server/src/billing/settlement.ts'
import type { Delivery, OutcomeRecord } from '../../../server/src/prompts/model.ts'
import type { Fire } from '../../../server/src/triggers/model.ts'
import { type Open, start } from '../setting.ts'

const delivery = (account: string, rest: Partial<Delivery> = {}): Delivery => ({
  account,
  id: `dl_${rest.variant ?? 'fact'}_${rest.at ?? start}`,
  fire: 'fi_1',
  user: null,
  scope: '',
  to: 'both',
  prompt: 'nearly_full',
  variant: 'fact',
  placement: 'banner',
  feature: 'exports',
  quantity: 1,
  offer: null,
  at: start,
  ...rest,
})
const fire = (account: string, rest: Partial<Fire> = {}): Fire => ({
  account,
  id: `fi_${rest.status ?? 'held_out'}_${rest.at ?? start}`,
  trigger: 'ceiling',
  expansion: 'exports',
  status: 'held_out',
  user: null,
  scope: '',
  to: 'both',
  feature: 'exports',
  cause: 'ev_1',
  explain: [],
  at: start,
  ...rest,
})
const click = (account: string, rest: Partial<OutcomeRecord> = {}): OutcomeRecord => ({
  account,
  delivery: 'dl_1',
  about: '',
  user: 'ada',
  outcome: 'clicked',
  prompt: 'nearly_full',
  feature: 'exports',
  scope: 'user',
  until: null,
  at: start,
  ...rest,
})
const movement = (id: string, rest: Partial<Settlement> = {}): Settlement => ({
  account: 'acme',
  id,
  kind: 'payment',
  payment: id,
  intent: 'pi_1',
  invoice: 'in_1',
  upgrade: 'up_1',
  amount: 1_600,
  currency: 'usd',
  at: start + 5,
  ...rest,
})

export function experimentsConformance(open: Open): void {
  describe('experiments', () => {
    it('know who was asked, held out and clicked, by account and first time, and what was paid for upgrades, net', async () => {
      const db = await open()
      await db.transaction('', async ({ prompts, triggers, billing }) => {
        await prompts.deliver(delivery('acme'))
        await prompts.deliver(delivery('acme', { at: start + 9 }))
        await prompts.deliver(delivery('acme', { variant: 'team', at: start + 3 }))
        await prompts.deliver(delivery('birch', { variant: 'team' }))
        await prompts.deliver(delivery('cobalt', { prompt: 'another' }))
        await triggers.record(fire('delta', { at: start + 2 }))
        await triggers.record(fire('delta', { at: start + 1 }))
        await triggers.record(fire('acme', { status: 'fired' }))
        await triggers.record(fire('birch', { trigger: 'another' }))
        await prompts.recordOutcome(click('acme'))
        await prompts.recordOutcome(click('acme', { user: 'bob' }))
        await prompts.recordOutcome(click('birch', { outcome: 'shown' }))
        await prompts.recordOutcome(click('cobalt', { prompt: 'another' }))
        await billing.settle([
          movement('ch_1'),
          movement('re_1', { kind: 'refund', amount: -600, at: start + 50 }),
          movement('ch_2', { upgrade: 'up_2', amount: 300, currency: 'eur' }),
          movement('ch_3', { upgrade: null }),
          movement('ch_4', { upgrade: 'up_4', at: start - 1 }),
        ])
      })
      const { experiments } = db.read
      const byName = <T extends object>(rows: readonly T[]): T[] =>
        [...rows].sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))
      expect(byName(await experiments.asked('nearly_full'))).toEqual([
        { account: 'acme', variant: 'fact', at: start },
        { account: 'acme', variant: 'team', at: start + 3 },
        { account: 'birch', variant: 'team', at: start },
      ])
      expect(await experiments.heldOut(['ceiling'])).toEqual([{ account: 'delta', at: start + 1 }])
      expect(await experiments.heldOut([])).toEqual([])
      expect(await experiments.clicked('nearly_full')).toEqual(['acme'])
      expect(byName(await experiments.paid(start))).toEqual([
        { account: 'acme', at: start + 5, amount: 1_000, currency: 'usd' },
        { account: 'acme', at: start + 5, amount: 300, currency: 'eur' },
      ])
    })
  })
}
