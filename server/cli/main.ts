#!/usr/bin/env node
import { defineCommand, runMain } from 'citty'
import { strict } from './strict.ts'

/** `softgate`: each command in a file of its own, loaded when it is called. */
const main = defineCommand({
  meta: {
    name: 'softgate',
    description: 'In-app upgrades: entitlements, metering, prompts and one-click Stripe changes.',
  },
  subCommands: {
    init: () => import('./commands/init.ts').then((file) => strict(file.init)),
    dev: () => import('./commands/dev.ts').then((file) => strict(file.dev)),
    start: () => import('./commands/start.ts').then((file) => strict(file.start)),
    push: () => import('./commands/push.ts').then((file) => strict(file.push)),
    reprice: () => import('./commands/reprice.ts').then((file) => strict(file.reprice)),
    doctor: () => import('./commands/doctor.ts').then((file) => strict(file.doctor)),
    results: () => import('./commands/results.ts').then((file) => strict(file.results)),
    import: () => import('./commands/import.ts').then((file) => strict(file.importEvents)),
    migrate: () => import('./commands/migrate.ts').then((file) => strict(file.migrate)),
  },
})

await runMain(main)
