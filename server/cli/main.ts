#!/usr/bin/env node
import { defineCommand, runMain } from 'citty'

/** `softgate`: each command in a file of its own, loaded when it is called. */
const main = defineCommand({
  meta: {
    name: 'softgate',
    description: 'In-app upgrades: entitlements, metering, prompts and one-click Stripe changes.',
  },
  subCommands: {
    init: () => import('./commands/init.ts').then((file) => file.init),
    dev: () => import('./commands/dev.ts').then((file) => file.dev),
    start: () => import('./commands/start.ts').then((file) => file.start),
    push: () => import('./commands/push.ts').then((file) => file.push),
    reprice: () => import('./commands/reprice.ts').then((file) => file.reprice),
    doctor: () => import('./commands/doctor.ts').then((file) => file.doctor),
    import: () => import('./commands/import.ts').then((file) => file.importEvents),
    migrate: () => import('./commands/migrate.ts').then((file) => file.migrate),
  },
})

await runMain(main)
