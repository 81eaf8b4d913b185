import { defineConfig } from '@softgate/server'

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
    history_days: { kind: 'static', title: 'History', unit: { one: 'day', other: 'days' } },
  },
  plans: {
    free: { title: 'Free', grants: { seats: 3, exports: 5, automations: 100, history_days: { value: 30 } } },
    starter: {
      title: 'Starter',
      grants: { seats: 'purchased', exports: 50, automations: 1_000, history_days: { value: 90 } },
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
        sso: true,
        workload: true,
        history_days: { value: 365 },
      },
      prices: [
        { interval: 'month', currency: 'usd', unitAmount: 2_000, per: 'seats' },
        { interval: 'year', currency: 'usd', unitAmount: 20_000, per: 'seats' },
      ],
    },
    business: {
      title: 'Business',
      grants: {
        seats: 'purchased',
        exports: 'unlimited',
        automations: 50_000,
        sso: true,
        workload: true,
        history_days: { value: 1_095 },
      },
      prices: [
        { interval: 'month', currency: 'usd', unitAmount: 3_200, per: 'seats' },
        { interval: 'year', currency: 'usd', unitAmount: 32_000, per: 'seats' },
      ],
    },
    enterprise: {
      title: 'Enterprise',
      grants: {
        seats: 'unlimited',
        exports: 'unlimited',
        automations: 'unlimited',
        sso: true,
        workload: true,
        history_days: { value: null },
      },
    },
  },
  defaultPlan: 'free',
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
    usage_ceiling: {
      title: 'Usage ceiling',
      source: { on: 'usage', above: 80 },
      when: "plan != 'enterprise'",
      expansion: 'tier',
      cooldownDays: 60,
      holdout: 0.1,
      prompt: 'nearly_full',
    },
  },
  prompts: {
    seats_in_use: {
      placement: 'dialog',
      priority: 10,
      variants: {
        fact: {
          copy: {
            en: {
              buy: {
                title:
                  '{remaining, plural, =0 {All {limit, number} seats are in use} one {# seat is free} other {# seats are free}}',
                body: 'Add {quantity, plural, one {# seat} other {# seats}} to go on with your invitation right away.',
                action: 'Add {quantity, plural, one {# seat} other {# seats}}',
                dismiss: 'Not now',
              },
              ask: {
                title:
                  '{remaining, plural, =0 {All {limit, number} seats are in use} one {# seat is free} other {# seats are free}}',
                body: 'Admins can add seats. Your invitation is kept and goes out once there is room.',
                action: 'Ask an admin',
                dismiss: 'Not now',
              },
            },
          },
        },
        team: {
          copy: {
            en: {
              buy: {
                title:
                  '{account}: {remaining, plural, =0 {all {limit, number} seats are in use} one {# seat is free} other {# seats are free}}',
                body: '{quantity, plural, one {One more seat lets your teammate} other {# more seats let your teammates}} in right away.',
                action: 'Add {quantity, plural, one {# seat} other {# seats}}',
                dismiss: 'Not now',
              },
              ask: {
                title:
                  '{account}: {remaining, plural, =0 {all {limit, number} seats are in use} one {# seat is free} other {# seats are free}}',
                body: 'Admins can add seats. Your invitation is kept and goes out once there is room.',
                action: 'Ask an admin',
                dismiss: 'Not now',
              },
            },
          },
        },
      },
    },
    comes_with_plan: {
      placement: 'inline',
      priority: 5,
      variants: {
        fact: {
          copy: {
            en: {
              buy: {
                title: '{feature} comes with {plan}',
                body: 'It is {price} a seat each interval. See what it is for your team before anything changes.',
                action: 'See plan and price',
                dismiss: 'Not now',
              },
              ask: {
                title: '{feature} is not in your plan yet',
                body: 'Your admins can turn this on.',
                action: 'Ask an admin',
                dismiss: 'Not now',
              },
            },
          },
        },
      },
    },
    nearly_full: {
      placement: 'banner',
      variants: {
        fact: {
          copy: {
            en: {
              buy: {
                title: '{feature}: {used, number} of {limit, number} used',
                body: '{remaining, plural, =0 {None are left.} one {# {unit} is left.} other {# {units} are left.}}',
                action: 'See options',
                dismiss: 'Not now',
              },
              ask: {
                title: '{feature}: {used, number} of {limit, number} used',
                body: '{remaining, plural, =0 {None are left.} one {# {unit} is left.} other {# {units} are left.}}',
                action: 'Ask an admin',
                dismiss: 'Not now',
              },
            },
          },
        },
      },
    },
  },
})
