import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLive, toChunk } from '../../../server/src/delivery/live.ts'
import { breathe } from '../../../server/src/kernel/breathe.ts'
import { createTestClock } from '../../support/clock.ts'

const turns = async (count = 5): Promise<void> => {
  for (let n = 0; n < count; n++) await breathe()
}

/** A live channel over states and users' parts that a test sets; its reads answer at once, or when `answer` is called. */
function open({ slow = false } = {}) {
  const clock = createTestClock(0)
  const states = new Map([
    ['acme', 'a1'],
    ['birch', 'b1'],
  ])
  /** By user; and when either kind of part changes by time alone. */
  const parts = new Map<string, string>()
  const until = { state: Number.POSITIVE_INFINITY, part: Number.POSITIVE_INFINITY }
  const failures: unknown[] = []
  const reads: (() => void)[] = []
  const live = createLive({
    clock,
    stateOf: async (account) => {
      const tag = states.get(account)
      if (tag === 'broken') throw new Error('the database is away')
      if (slow) await new Promise<void>((resolve) => reads.push(resolve))
      return tag === undefined ? null : { json: JSON.stringify({ tag }), tag, until: until.state }
    },
    ownOf: async (account, { user }) => {
      const tag = parts.get(`${account} ${user}`) ?? 'none'
      return { messages: { prompts: { json: JSON.stringify({ tag }), tag } }, until: until.part }
    },
    failed: (error) => failures.push(error),
  })
  const listen = (account: string | null, user: string | null = null) => {
    const heard: string[] = []
    const listener = {
      reader: user === null ? null : { user, may: [] },
      write: (chunk: Buffer) => void heard.push(/"tag":"(\w+)"/.exec(chunk.toString())?.[1] ?? chunk.toString()),
    }
    const stop = live.subscribe(account, listener)
    return { heard, stop, greet: () => live.greet(account ?? '', listener) }
  }
  const set = (account: string, tag: string) => {
    states.set(account, tag)
    live.changed(account)
  }
  const answer = async (which = 0) => {
    reads.splice(which, 1)[0]?.()
    await turns()
  }
  return { clock, live, listen, set, states, parts, until, failures, reads, answer }
}

describe('the live channel', () => {
  it('sends one state for all the changes of a turn, the last', async () => {
    const { listen, set } = open()
    const { heard } = listen('acme')
    for (const tag of ['a2', 'a3', 'a4']) set('acme', tag)
    await turns()
    expect(heard).toEqual(['a4'])
    set('acme', 'a5')
    await turns()
    expect(heard).toEqual(['a4', 'a5'])
  })

  it('sends an account its own changes only, and everything to who listens to all', async () => {
    const { live, listen, set } = open()
    const [acme, birch, all] = [listen('acme'), listen('birch'), listen(null)]
    set('acme', 'a2')
    set('birch', 'b2')
    live.send('birch', 'upgrade', { id: 'upg_1' })
    await turns()
    const upgrade = 'event: upgrade\ndata: {"id":"upg_1"}\n\n'
    expect(acme.heard).toEqual(['a2'])
    expect(birch.heard).toEqual([upgrade, 'b2'])
    expect(all.heard).toEqual([upgrade, 'a2', 'b2'])
  })

  it('does not send the same state twice', async () => {
    const { listen, set } = open()
    const { heard } = listen('acme')
    for (const tag of ['a2', 'a2', 'a3', 'a3', 'a2']) {
      set('acme', tag)
      await turns()
    }
    expect(heard).toEqual(['a2', 'a3', 'a2'])
  })

  it('sends a newcomer what changes from what it found, though others had it before', async () => {
    for (const first of ['acme', null]) {
      const { listen, set, states } = open()
      const earlier = listen(first)
      set('acme', 'a1')
      await turns()
      if (first === null) earlier.stop()
      states.set('acme', 'a2') // what the newcomer is told when it comes
      const { heard } = listen('acme')
      set('acme', 'a1')
      await turns()
      expect([first, heard]).toEqual([first, ['a1']])
    }
  })

  it('never sends an older state after a newer one', async () => {
    const { listen, set, reads, answer } = open({ slow: true })
    const { heard } = listen('acme')
    set('acme', 'a2')
    await turns()
    set('acme', 'a3')
    await turns()
    while (reads.length > 0) await answer(reads.length - 1) // the newest read answers first
    expect(heard.at(-1)).toBe('a3')
    expect(heard).toEqual([...heard].sort())
  })

  it('loses nobody else when the state of one account cannot be read', async () => {
    const { listen, set, failures } = open()
    const [acme, birch] = [listen('acme'), listen('birch')]
    set('acme', 'broken')
    set('birch', 'b2')
    await turns()
    expect(birch.heard).toEqual(['b2'])
    expect(failures).toHaveLength(1)
    set('acme', 'a2')
    await turns()
    expect(acme.heard).toEqual(['a2'])
  })

  it('reads nothing for an account to which nobody listens, or that does not exist', async () => {
    const { live, listen, set, reads } = open({ slow: true })
    const { stop, heard } = listen('acme')
    expect([live.listening('acme'), live.listening('birch')]).toEqual([true, false])
    set('birch', 'b2')
    live.changed('nobody')
    stop()
    set('acme', 'a2')
    live.send('acme', 'upgrade', {})
    await turns()
    expect([reads, heard, live.listening('acme')]).toEqual([[], [], false])
    const all = listen(null)
    expect(live.listening('nobody')).toBe(true)
    live.changed('nobody')
    await turns()
    await Promise.all(reads.map((resolve) => resolve()))
    await turns()
    expect(all.heard).toEqual([])
  })

  it('lets a listener stop twice without silencing the one after it', async () => {
    const { listen, set } = open()
    const first = listen('acme')
    first.stop()
    const second = listen('acme')
    first.stop()
    set('acme', 'a2')
    await turns()
    expect(second.heard).toEqual(['a2'])
  })
})

describe('what belongs to a user', () => {
  it('is told to that user alone, on all their connections, when the account is as it was', async () => {
    const { live, listen, parts } = open()
    const [desk, phone, sam, host] = [
      listen('acme', 'priya'),
      listen('acme', 'priya'),
      listen('acme', 'sam'),
      listen('acme'),
    ]
    for (const one of [desk, phone, sam, host]) await one.greet()
    parts.set('acme priya', 'p1')
    live.changed('acme')
    await turns()
    expect([desk.heard, phone.heard, sam.heard, host.heard]).toEqual([
      ['a1', 'a1', 'p1'],
      ['a1', 'a1', 'p1'],
      ['a1', 'a1'],
      ['a1', 'a1'],
    ])
  })

  it('is not told again while it stays the same, and a second later when only use was counted', async () => {
    const { clock, live, listen, parts, states } = open()
    const { heard, greet } = listen('acme', 'sam')
    await greet()
    parts.set('acme sam', 's1')
    for (let n = 0; n < 3; n++) {
      live.changed('acme')
      await turns()
    }
    parts.set('acme sam', 's2')
    states.set('acme', 'a2')
    live.counted('acme')
    await turns()
    expect(heard).toEqual(['a1', 'a1', 's1', 'a2'])
    await clock.advance(1_000)
    await turns()
    expect(heard.at(-1)).toBe('s2')
  })

  it('is told to who was here before, though somebody came meanwhile and has it already', async () => {
    const { live, listen, parts } = open()
    const early = listen('acme', 'sam')
    await early.greet()
    parts.set('acme sam', 's1')
    await listen('acme', 'sam').greet()
    live.changed('acme')
    await turns()
    expect(early.heard.at(-1)).toBe('s1')
  })
})

describe('what changes by time alone', () => {
  it('is told at its time to who is connected, without anybody asking', async () => {
    const { clock, listen, states, parts, until } = open()
    until.state = 5_000
    const { heard, greet } = listen('acme', 'sam')
    await greet()
    states.set('acme', 'a2')
    await clock.advance(4_999)
    await turns()
    expect(heard).toEqual(['a1'])
    until.state = Number.POSITIVE_INFINITY
    until.part = 60_000
    await clock.advance(1)
    await turns()
    expect(heard).toEqual(['a1', 'a2'])
    parts.set('acme sam', 's1')
    await clock.advance(55_000)
    await turns()
    expect(heard).toEqual(['a1', 'a2', 's1'])
  })

  it('wakes nothing for who has gone', async () => {
    const { clock, listen, reads, until } = open({ slow: true })
    until.state = 5_000
    const { stop, greet } = listen('acme', 'sam')
    const greeted = greet()
    reads.splice(0)[0]?.()
    await greeted
    stop()
    await clock.advance(10_000)
    await turns()
    expect(reads).toEqual([])
  })
})

/** Reads a stream as browsers do (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
const messagesIn = (text: string): { event: string; data: string }[] =>
  text
    .split(/(?:\r\n|\r|\n){2}/)
    .filter((block) => block !== '')
    .map((block) => {
      const fields = block
        .split(/\r\n|\r|\n/)
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const)
      const all = (name: string) => fields.filter(([field]) => field === name).map(([, value]) => value)
      return { event: all('event').join(), data: all('data').join('\n') }
    })

describe('a message of the live stream', () => {
  it('is one message with its text as it was, whatever is in the text', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('\r', '\n', '\r\n\r\n', '\u2028', '\u2029', '\u0085', 'event: x', 'data: y', '\0', '"'),
    )
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const name = parts.join('')
        const [message, ...others] = messagesIn(toChunk('state', JSON.stringify({ name })).toString())
        expect(others).toEqual([])
        expect(message?.event).toBe('state')
        expect(JSON.parse(message?.data ?? '')).toEqual({ name })
      }),
    )
  })
})
