import type { JournalEntry } from './own-records.ts'
import type { PaymentIntentRecord } from './payment-records.ts'
import type { World } from './world.ts'

/** Adds to the list of what really happened. */
export const recordEntry = (world: World, entry: JournalEntry): void =>
  world.store.put('journal', { id: world.nextId('jrn'), entry })

/** Money moved. */
export const recordCharge = (world: World, intent: PaymentIntentRecord): void =>
  recordEntry(world, {
    kind: 'charge',
    at: world.now(),
    paymentIntent: intent.id,
    amount: intent.amount,
    currency: intent.currency,
    customer: intent.customer,
    invoice: intent.invoice,
  })

/** Everything that happened, oldest first. */
export const readJournal = (world: World): readonly JournalEntry[] =>
  world.store.all('journal').map(({ entry }) => entry)
