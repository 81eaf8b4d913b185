import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importsOf, runtimeImportsOf, sourcesIn } from '../support/sources.ts'

/** Modules in the order in which they may build on each other. */
const modules = [
  'kernel',
  'catalog',
  'accounts',
  'metering',
  'entitlements',
  'signals',
  'triggers',
  'experiments',
  'prompts',
  'billing',
  'requests',
  'routing',
  'delivery',
  'insights',
]
const horizontal = ['flows', 'store', 'gateways', 'http']
const server = 'server/src/'

interface Place {
  /** `flows`, `billing`, …; empty for a file that lies directly in `server/src`. */
  area: string
  /** `model.ts`, `sqlite/open.ts`. */
  file: string
}

function placeOf(path: string): Place {
  const [first = '', ...rest] = path.slice(server.length).split('/')
  return rest.length === 0 ? { area: '', file: first } : { area: first, file: rest.join('/') }
}

const isModule = (area: string): boolean => modules.includes(area)
const isEarlier = (area: string, than: string): boolean => modules.indexOf(area) < modules.indexOf(than)
const isPure = ({ file }: Place): boolean => file !== 'service.ts' && file !== 'port.ts'

/** The rule that an import inside the server breaks, or null. */
function brokenRule(from: Place, to: Place): string | null {
  if (from.area === '' || from.area === to.area || to.area === 'kernel') return null
  if (to.area === '') return 'only files beside them import the files directly in server/src'
  if (to.area === 'http') return 'nobody imports http but the composition root'
  if (from.area === 'kernel') return 'kernel imports no module'
  if (isModule(from.area)) {
    if (!isModule(to.area)) return `a module imports no ${to.area}`
    if (!isEarlier(to.area, from.area)) return `${from.area} comes before ${to.area}`
    return isPure(to) ? null : `of another module only the model and pure files, no ${to.file}`
  }
  if (from.area === 'flows') return to.area === 'gateways' ? 'flows reach gateways through ports' : null
  if (from.area === 'http') {
    if (to.area === 'flows') return null
    return isModule(to.area) && isPure(to) ? null : 'http imports flows, kernel and the modules’ models and pure files'
  }
  if (!isModule(to.area)) return `${from.area} imports modules and kernel only`
  return to.file === 'service.ts' ? `${from.area} imports no services` : null
}

/** The file that a relative specifier names, as a path from the root; null for packages. */
const target = (path: string, specifier: string): string | null =>
  specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : null

/** Each circle that the imports of some files go in, as the files that lie on it. */
function circlesOf(files: readonly string[], importsIn: (path: string) => string[]): string[] {
  const circles: string[] = []
  const done = new Set<string>()
  const walk = (path: string, trail: string[]): void => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '))
    else if (!done.has(path)) {
      for (const to of importsIn(path).flatMap((specifier) => target(path, specifier) ?? []))
        if (files.includes(to)) walk(to, [...trail, path])
      done.add(path)
    }
  }
  for (const path of files) walk(path, [])
  return circles
}

function violations(path: string): string[] {
  const breaks = (specifier: string, rule: string) => `${path} imports ${specifier}: ${rule}`
  return importsOf(path).flatMap((specifier) => {
    const to = target(path, specifier)
    if (to === null) {
      // Tokens are made by hosts and read by http: their form is written once, in the SDK's host part.
      const known =
        specifier === '@softgate/sdk/contract' || (specifier === '@softgate/sdk/host' && placeOf(path).area === 'http')
      const foreign = specifier.startsWith('@softgate/') && !known
      return foreign
        ? [breaks(specifier, 'the server knows the SDK by its contract, and http by the form of its tokens')]
        : []
    }
    if (!to.startsWith(server)) return [breaks(specifier, 'server/src imports nothing beside itself')]
    const rule = brokenRule(placeOf(path), placeOf(to))
    return rule === null ? [] : [breaks(specifier, rule)]
  })
}

describe('imports', () => {
  const files = sourcesIn('server/src')

  it('lie in folders that the table knows', () => {
    const areas = new Set(files.map((path) => placeOf(path).area).filter((area) => area !== ''))
    expect([...areas].filter((area) => !isModule(area) && !horizontal.includes(area))).toEqual([])
  })

  it('inside the server follow the table', () => {
    expect(files.flatMap(violations)).toEqual([])
  })

  it('of the SDK stay inside the SDK', () => {
    const outside = sourcesIn('sdk/src').flatMap((path) =>
      importsOf(path)
        .filter((specifier) => {
          const to = target(path, specifier)
          return to === null ? specifier.startsWith('@softgate/server') : !to.startsWith('sdk/')
        })
        .map((specifier) => `${path} imports ${specifier}: the SDK knows nothing of the server`),
    )
    expect(outside).toEqual([])
  })

  it('of the local Stripe stay inside it: it stands for a foreign service', () => {
    const outside = sourcesIn('server/sandbox').flatMap((path) =>
      importsOf(path)
        .map((specifier) => target(path, specifier))
        .filter((to) => to !== null && !to.startsWith('server/sandbox/'))
        .map((to) => `${path} imports ${to}`),
    )
    expect(outside).toEqual([])
  })

  it.each(['server/src', 'server/cli', 'sdk/src'])('of %s never go in a circle, nor do its types', (folder) => {
    expect(circlesOf(sourcesIn(folder), importsOf)).toEqual([])
  })

  // Records of the local Stripe refer to each other, as Stripe's do.
  it.each(['server/sandbox', 'widget/src', 'examples'])('of %s never go in a circle at run time', (folder) => {
    expect(circlesOf(sourcesIn(folder), runtimeImportsOf)).toEqual([])
  })
})

describe('the table', () => {
  const rule = (from: string, to: string) => brokenRule(placeOf(server + from), placeOf(server + to))

  it.each([
    ['billing/quote.ts', 'accounts/model.ts'],
    ['billing/quote.ts', 'billing/port.ts'],
    ['metering/model.ts', 'kernel/clock.ts'],
    ['flows/check.ts', 'billing/service.ts'],
    ['flows/check.ts', 'store/database.ts'],
    ['store/tables.ts', 'insights/model.ts'],
    ['store/billing.ts', 'billing/port.ts'],
    ['http/routes.ts', 'flows/check.ts'],
    ['softgate.ts', 'http/routes.ts'],
  ])('lets %s import %s', (from, to) => {
    expect(rule(from, to)).toBeNull()
  })

  it.each([
    ['kernel/clock.ts', 'catalog/model.ts', 'kernel imports no module'],
    ['accounts/model.ts', 'billing/model.ts', 'accounts comes before billing'],
    ['billing/quote.ts', 'accounts/service.ts', 'no service.ts'],
    ['billing/quote.ts', 'accounts/port.ts', 'no port.ts'],
    ['billing/quote.ts', 'store/stores.ts', 'a module imports no store'],
    ['flows/check.ts', 'http/routes.ts', 'nobody imports http'],
    ['flows/check.ts', 'gateways/stripe/gateway.ts', 'through ports'],
    ['store/billing.ts', 'flows/check.ts', 'modules and kernel only'],
    ['gateways/smtp.ts', 'delivery/service.ts', 'no services'],
    ['http/routes.ts', 'store/stores.ts', 'http imports flows'],
    ['flows/check.ts', 'softgate.ts', 'directly in server/src'],
  ])('forbids %s to import %s', (from, to, words) => {
    expect(rule(from, to)).toContain(words)
  })
})
