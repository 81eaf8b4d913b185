import { expect, it } from 'vitest'
import { createRecentUse } from '../../../server/src/entitlements/recent-use.ts'
import { createTestClock } from '../../support/clock.ts'

function open(keepMs: number, capacity = 10) {
  const clock = createTestClock(0)
  const reads: string[] = []
  const recent = createRecentUse({
    clock,
    keepMs,
    capacity,
    read: async (account, scope) => {
      reads.push(account + scope)
      return []
    },
  })
  return { clock, reads, recent }
}

it('reads an account again when what it knows is too old', async () => {
  const { clock, reads, recent } = open(60)
  await recent('acme', '')
  await clock.advance(59)
  await recent('acme', '')
  expect(reads).toEqual(['acme'])
  await clock.advance(1)
  await recent('acme', '')
  expect(reads).toEqual(['acme', 'acme'])
})

it('keeps accounts and scopes apart, and no more of them than it may', async () => {
  const { reads, recent } = open(60, 2)
  for (const scope of ['', 'user:ada', '', 'user:bo', 'user:ada', '']) await recent('acme', scope)
  expect(reads).toEqual(['acme', 'acmeuser:ada', 'acmeuser:bo', 'acme'])
})

it('reads each time where it is to keep nothing', async () => {
  const { reads, recent } = open(0)
  await recent('acme', '')
  await recent('acme', '')
  expect(reads).toHaveLength(2)
})
