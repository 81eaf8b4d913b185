import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defaultClientConditions, defineConfig, type Plugin, type Rolldown } from 'vite'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const shared = 'globalThis[Symbol.for("softgate.widget")]'

/** `{a as b}` of an import or export, as the inside of an object pattern or literal. */
const renamed = (names: string, from: '$1:$2' | '$2:$1'): string => names.replace(/([\w$]+) as ([\w$]+)/g, from)

const withoutExports = (code: string, index: number): string =>
  code.replace(/export\s*\{([^}]*)\};?\s*$/, (_, names: string) => `${shared}[${index}]={${renamed(names, '$2:$1')}};`)

/** The bundler's helper that makes a module's namespace, in a file of its own or in the only chunk that needs it. */
const namespaceHelper =
  /import\s*\{t as (?<imported>[\w$]+)\}\s*from\s*"\.\/[\w-]*rolldown-runtime[\w-]*\.js";|var [\w$]+=Object\.defineProperty,(?<own>[\w$]+)=\(\w,\w\)=>\{.+?`Module`\}\),\w\};/

/** A module that shares its chunk is imported as one object of it: a plain one does. */
const withPlainNamespace = (code: string): string => {
  const { 0: all, groups } = namespaceHelper.exec(code) ?? { 0: '' }
  const helper = (groups?.imported ?? groups?.own ?? '').replaceAll('$', '\\$')
  const made = new RegExp(`=\\s*${helper}\\(\\{((?:[\\w$]+:\\(\\)=>[\\w$]+,?)+)\\}\\)`)
  if (!all || !made.test(code)) return code
  const getters = (names: string): string => names.replace(/([\w$]+):\(\)=>([\w$]+)/g, 'get $1(){return $2}')
  return code.replace(all, '').replace(made, (_, names: string) => `={${getters(names)}}`)
}

/** Style sheets are lines for who reads them, and one line for browsers. */
const oneLine: Plugin = {
  name: 'softgate-css',
  enforce: 'pre',
  transform: (code, id) => (/css\.ts$/.test(id) ? code.replace(/([{};,])\n/g, '$1') : null),
}

/**
 * Modules in a script tag: a classic script knows its own element, runs before what follows it, and needs no attribute. But
 * it exports nothing: what it shares with the chunks that come later is kept under a symbol, and what it declares stays
 * out of the page.
 */
const classicEntry = (): Plugin => ({
  name: 'softgate-classic-entry',
  // What is done here to a chunk is part of what it is: browsers keep a name for ever.
  augmentChunkHash: () => readFileSync(fileURLToPath(import.meta.url), 'utf8'),
  generateBundle(_, bundle) {
    const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
    for (const chunk of chunks) {
      // Notes for a bundler that comes after, and none does.
      chunk.code = withPlainNamespace(chunk.code.replaceAll('/* @__PURE__ */', ''))
      if (chunk.name === 'rolldown-runtime') delete bundle[chunk.fileName]
    }
    const entry = chunks.find((chunk) => chunk.isEntry)
    if (!entry) return this.error('there is no entry')
    // What a chunk imports comes before it.
    const withImports = (chunk: Rolldown.OutputChunk): Rolldown.OutputChunk[] => [
      ...chunks.filter(({ fileName }) => chunk.imports.includes(fileName)).flatMap(withImports),
      chunk,
    ]
    const inside = [...new Set(withImports(entry))]
    const files = inside.map((chunk) => chunk.fileName)
    const withoutImports = (code: string): string =>
      code.replace(
        /import\s*\{([^}]*)\}\s*from\s*["'`]\.\/([\w.-]+\.js)["'`];?/g,
        (all, names: string, file: string) =>
          files.includes(file) ? `const {${renamed(names, '$1:$2')}}=${shared}[${files.indexOf(file)}];` : all,
      )
    const body = inside
      .map((chunk, index) => `(()=>{${withoutExports(withoutImports(chunk.code), index)}})();`)
      .join('')
      // From a foreign origin, a script's own imports are not resolved against its address.
      .replace(/import\((["'`]\.\/[^"'`]+["'`])\)/g, 'import(new URL($1,softgateBase))')
    entry.code = `(()=>{const softgateBase=document.currentScript?.src;if(!${shared}){${shared}={};${body}}})();`
    for (const chunk of chunks)
      if (inside.includes(chunk)) {
        if (chunk !== entry) delete bundle[chunk.fileName]
      } else chunk.code = withoutImports(chunk.code)
    for (const { fileName, code } of chunks)
      if (bundle[fileName] && [...files, 'widget-rolldown-runtime'].some((file) => code.includes(`./${file}`)))
        this.error(`${fileName} imports what has no file of its own in a way that is not known here`)
  },
})

/** What a chunk is for: `upgrade` of `…/upgrade/host.tsx`, `stripe` of `…/upgrade/stripe.ts`. */
const partOf = (module: string | null): string => /([\w-]+)(?:\/host)?\.tsx?$/.exec(module ?? '')?.[1] ?? 'shared'

/** What comes with the script itself stays in one piece. */
const loadsAtOnce = (id: string): boolean =>
  !/widget[/]src[/](?:upgrade[/](?!safe-url)|change|compare|plan-words|pick[.]|price[.]|meter[/]narrow|(?:prompts|requests|gate|plans|subscription)[/](?!element|decision))/.test(
    id,
  )

/** Whatever change is made, the upgrade dialog is there first: what both need stays with it, but for its own later parts. */
const ofUpgrade = (id: string): boolean =>
  /widget[/]src[/]upgrade[/](?!stripe[.]|payment|asking|outcomes|people|choices|checkout|cards|grants|show|comes-back)/.test(
    id,
  )

/** What tells plans apart, for the dialog that changes them, their comparison and the subscription. */
const ofPlans = (id: string): boolean => /widget[/]src[/](?:compare|plan-words|change[/](?:facts|messages))/.test(id)

export default defineConfig({
  root: at('.'),
  logLevel: 'warn',
  resolve: {
    conditions: ['softgate-source', ...defaultClientConditions],
    // See there: the script tag pays for what is used of Preact and of its signals.
    alias: [
      { find: /^preact(\/jsx-runtime)?$/, replacement: at('script/preact.ts') },
      { find: '@preact/signals-core', replacement: at('script/signals.ts') },
    ],
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
  build: {
    target: 'es2022',
    outDir: at('dist/script'),
    emptyOutDir: true,
    // As a library: an application's chunks come with a helper that preloads style sheets, and there are none.
    lib: { entry: at('src/script.ts'), formats: ['es'], fileName: () => 'widget.js' },
    rolldownOptions: {
      preserveEntrySignatures: 'allow-extension',
      output: {
        minify: true,
        chunkFileNames: ({ name, facadeModuleId }) =>
          `widget-${facadeModuleId ? partOf(facadeModuleId) : name}-[hash:6].js`,
        codeSplitting: {
          groups: [
            { name: 'shared', test: loadsAtOnce },
            { name: 'upgrade', test: ofUpgrade },
            { name: 'compare', test: ofPlans },
          ],
        },
      },
    },
  },
  plugins: [oneLine, classicEntry()],
})
