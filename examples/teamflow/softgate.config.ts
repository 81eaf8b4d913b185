import { defineConfig } from '@softgate/server'

interface Said {
  title: string
  body: string
  action: string
}

/** What is read by those who may buy, and with other words where need be by those who can only ask. */
const english = (buy: Said, ask: Partial<Said>) => ({
  copy: {
    en: {
      buy: { ...buy, dismiss: 'Not now' },
      ask: { ...buy, action: 'Ask an admin', ...ask, dismiss: 'Not now' },
    },
  },
})

/** API calls beyond what a plan includes: $1.00 for each thousand begun, whether seats are paid by the month or the year. */
const callsBeyond = (['month', 'year'] as const).map((interval) => ({
  interval,
  currency: 'usd',
  per: 'api_calls' as const,
  unitAmount: 100,
  units: 1_000,
}))

const seatsTitle =
  '{remaining, plural, =0 {All {limit, number} seats are in use} one {# seat is free} other {# seats are free}}'
const seatsAsk = { body: 'Admins can add seats. Your invitation is kept and goes out once there is room.' }
const addSeats = 'Add {quantity, plural, one {# seat} other {# seats}}'

/** TeamFlow's catalogue: a project-management tool sold by the seat. A year costs ten months. */
export default defineConfig({
  features: {
    seats: {
      kind: 'metered',
      meter: 'allocated',
      title: 'Seats',
      unit: { one: 'seat', other: 'seats' },
      blockedSignal: 'invite_blocked_seat_limit',
    },
    exports: {
      kind: 'metered',
      meter: 'consumable',
      // Who pays by the year has them each month too.
      reset: 'month',
      title: 'Exports',
      unit: { one: 'export', other: 'exports' },
    },
    automations: {
      kind: 'metered',
      meter: 'consumable',
      reset: 'month',
      title: 'Automation runs',
      unit: { one: 'run', other: 'runs' },
      browser: { maxValue: 10 },
    },
    api_calls: {
      kind: 'metered',
      meter: 'consumable',
      title: 'API calls',
      unit: { one: 'call', other: 'calls' },
    },
    pins: {
      kind: 'metered',
      meter: 'allocated',
      scope: 'user',
      title: 'Pinned tasks',
      unit: { one: 'task', other: 'tasks' },
    },
    sso: {
      kind: 'boolean',
      title: 'Single sign-on',
      description: 'People sign in to TeamFlow with the company account they already have.',
    },
    workload: {
      kind: 'boolean',
      title: 'Workload',
      description: 'Shows who has room and who has too much, before it hurts.',
    },
    forecasts: {
      kind: 'boolean',
      title: 'Finish dates',
      description: 'Says of each project when it will be finished, and what is in its way.',
    },
    history_days: { kind: 'static', title: 'History', unit: { one: 'day', other: 'days' } },
  },
  plans: {
    free: {
      title: 'Free',
      grants: { seats: 3, exports: 5, automations: 100, api_calls: 1_000, pins: 1, history_days: { value: 30 } },
    },
    starter: {
      title: 'Starter',
      grants: {
        seats: 'purchased',
        exports: 50,
        automations: 1_000,
        api_calls: 10_000,
        pins: 3,
        history_days: { value: 90 },
      },
      prices: [
        { interval: 'month', currency: 'usd', unitAmount: 1_200, per: 'seats' },
        { interval: 'year', currency: 'usd', unitAmount: 12_000, per: 'seats' },
      ],
    },
    professional: {
      title: 'Professional',
      grants: {
        seats: 'purchased',
        exports: 500,
        automations: 10_000,
        api_calls: 50_000,
        pins: 10,
        sso: true,
        workload: true,
        history_days: { value: 365 },
      },
      prices: [
        { interval: 'month', currency: 'usd', unitAmount: 2_000, per: 'seats' },
        { interval: 'year', currency: 'usd', unitAmount: 20_000, per: 'seats' },
      ],
      beyond: { api_calls: 'overage' },
      overage: callsBeyond,
    },
    business: {
      title: 'Business',
      grants: {
        seats: 'purchased',
        exports: 'unlimited',
        automations: 50_000,
        api_calls: 200_000,
        pins: 'unlimited',
        sso: true,
        workload: true,
        history_days: { value: 1_095 },
      },
      prices: [
        { interval: 'month', currency: 'usd', unitAmount: 3_200, per: 'seats' },
        { interval: 'year', currency: 'usd', unitAmount: 32_000, per: 'seats' },
      ],
      beyond: { api_calls: 'overage' },
      overage: callsBeyond,
    },
    enterprise: {
      title: 'Enterprise',
      grants: {
        seats: 'unlimited',
        exports: 'unlimited',
        automations: 'unlimited',
        api_calls: 'unlimited',
        pins: 'unlimited',
        sso: true,
        workload: true,
        history_days: { value: null },
      },
    },
  },
  defaultPlan: 'free',
  addons: {
    forecasts: {
      title: 'Forecasts',
      grants: { forecasts: true },
      prices: [
        { interval: 'month', currency: 'usd', unitAmount: 900 },
        { interval: 'year', currency: 'usd', unitAmount: 9_000 },
      ],
    },
  },
  browserSignals: ['integration_page_viewed'],
  checkoutReturn: 'http://127.0.0.1:4242/settings/members',
  triggers: {
    seat_blocked: {
      title: 'Seat expansion, urgent',
      source: { on: 'blocked', feature: 'seats' },
      expansion: 'seats',
      prompt: 'seats_in_use',
    },
    feature_blocked: {
      title: 'A locked feature was tried',
      source: { on: 'blocked' },
      expansion: 'tier',
      prompt: 'comes_with_plan',
    },
    addon_blocked: {
      title: 'An add-on was tried',
      source: { on: 'blocked', feature: 'forecasts' },
      expansion: 'addon',
      prompt: 'comes_with_addon',
    },
    usage_ceiling: {
      title: 'Usage ceiling',
      source: { on: 'usage', above: 80 },
      when: "plan != 'enterprise' && feature != 'api_calls'",
      expansion: 'tier',
      cooldownDays: 60,
      holdout: 0.1,
      prompt: 'nearly_full',
    },
    calls_beyond: {
      title: 'Use beyond what is included',
      source: { on: 'over', feature: 'api_calls' },
      expansion: 'api_calls',
      cooldownDays: 30,
      holdout: 0.1,
      prompt: 'calls_beyond',
    },
    milestone: {
      title: 'Success milestone',
      source: { on: 'usage', feature: 'automations', above: 50 },
      when: "plan == 'starter' && facts.tasks_done >= 5",
      expansion: 'workload',
      cooldownDays: 60,
      holdout: 0.1,
      prompt: 'rules_at_work',
    },
  },
  prompts: {
    seats_in_use: {
      placement: 'dialog',
      priority: 10,
      variants: {
        fact: english(
          {
            title: seatsTitle,
            body: 'Add {quantity, plural, one {# seat} other {# seats}} to go on with your invitation right away.',
            action: addSeats,
          },
          seatsAsk,
        ),
        team: english(
          {
            title: `{account}: ${seatsTitle.replace('All', 'all')}`,
            body: '{quantity, plural, one {One more seat lets your teammate} other {# more seats let your teammates}} in right away.',
            action: addSeats,
          },
          seatsAsk,
        ),
      },
    },
    comes_with_plan: {
      placement: 'inline',
      priority: 5,
      variants: {
        fact: english(
          {
            title: '{feature} comes with {plan}',
            body: 'It is {price} a seat each interval. See what it is for your team before anything changes.',
            action: 'See plan and price',
          },
          { title: '{feature} is not in your plan yet', body: 'Your admins can turn this on.' },
        ),
      },
    },
    comes_with_addon: {
      placement: 'dialog',
      priority: 5,
      variants: {
        fact: english(
          {
            title: '{feature} for {account}',
            body: '{plan} goes with every plan, and is taken off as easily as it is added.',
            action: 'Add {plan}',
          },
          { title: '{feature} is not in your plan yet', body: 'Your admins can turn this on.' },
        ),
      },
    },
    nearly_full: {
      placement: 'banner',
      variants: {
        fact: english(
          {
            title: '{feature}: {used, number} of {limit, number} used.',
            body: '{remaining, plural, =0 {None are left.} one {# {unit} is left.} other {# {units} are left.}}',
            action: 'See options',
          },
          {},
        ),
      },
    },
    calls_beyond: {
      placement: 'nudge',
      priority: 3,
      variants: {
        fact: english(
          {
            title: 'All {limit, number} included calls are used',
            body: 'Nothing stops: each further thousand is $1.00. {plan} includes more.',
            action: 'See {plan}',
          },
          { body: 'Nothing stops: what comes on top is billed. {plan} includes more.' },
        ),
      },
    },
    rules_at_work: {
      placement: 'modal',
      priority: 3,
      variants: {
        fact: english(
          {
            title: 'Your rules have run {used, number} times this month',
            body: 'Nobody had to remember any of it. {plan} shows who has room next week as well, from the tasks you already have.',
            action: 'See {plan}',
          },
          {},
        ),
      },
    },
  },
})
