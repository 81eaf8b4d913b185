import { expect, test } from 'vitest'
import { breathe } from '../../../server/src/kernel/breathe.ts'
import { createSharing } from '../../../server/src/kernel/sharing.ts'

/** Work that ends when it is told to, and counts how often it began. */
function held() {
  const ends: ((fail?: Error) => void)[] = []
  const work = () =>
    new Promise<void>((resolve, reject) => {
      ends.push((fail) => (fail ? reject(fail) : resolve()))
    })
  return { work, ends }
}

test('those who ask together share one run, and the next who asks gets a new one', async () => {
  const { together } = createSharing()
  const { work, ends } = held()
  const asked = [together('a', work), together('a', work), together('b', work)]
  expect(ends).toHaveLength(2)
  for (const end of ends) end()
  await Promise.all(asked)
  void together('a', work)
  expect(ends).toHaveLength(3)
})

test('afresh begins after it was asked for: five who ask during a run share one run after it', async () => {
  const { afresh } = createSharing()
  const { work, ends } = held()
  const first = afresh('a', work)
  const later = Array.from({ length: 5 }, () => afresh('a', work))
  expect(ends).toHaveLength(1)
  ends[0]?.()
  await first
  await breathe()
  expect(ends).toHaveLength(2)
  ends[1]?.()
  await Promise.all(later)
})

test('a run that fails tells those who shared it, and does not stop the next', async () => {
  const { afresh } = createSharing()
  const { work, ends } = held()
  const first = afresh('a', work)
  const second = afresh('a', work)
  ends[0]?.(new Error('lost'))
  await expect(first).rejects.toThrow('lost')
  await breathe()
  ends[1]?.()
  await expect(second).resolves.toBeUndefined()
})
