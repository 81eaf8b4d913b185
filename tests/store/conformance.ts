import { describe } from 'vitest'
import { accountsConformance } from './conformance/accounts.ts'
import { billingConformance } from './conformance/billing.ts'
import { countingConformance } from './conformance/counting.ts'
import { crossingsConformance } from './conformance/crossings.ts'
import { erasingConformance } from './conformance/erasing.ts'
import { experimentsConformance } from './conformance/experiments.ts'
import { forgettingConformance } from './conformance/forgetting.ts'
import { historyConformance } from './conformance/history.ts'
import { journalsConformance } from './conformance/journals.ts'
import { metersConformance } from './conformance/meters.ts'
import { promptsConformance } from './conformance/prompts.ts'
import { reservationsConformance } from './conformance/reservations.ts'
import { transactionsConformance } from './conformance/transactions.ts'
import { useConformance } from './conformance/use.ts'
import type { Open } from './setting.ts'

/** What every store promises, whatever the database behind it. `open` gives an empty one. */
export function storeConformance(name: string, open: Open): void {
  describe(name, () => {
    accountsConformance(open)
    countingConformance(open)
    crossingsConformance(open)
    metersConformance(open)
    reservationsConformance(open)
    historyConformance(open)
    forgettingConformance(open)
    erasingConformance(open)
    experimentsConformance(open)
    transactionsConformance(open)
    billingConformance(open)
    promptsConformance(open)
    journalsConformance(open)
    useConformance(open)
  })
}
