import { fileURLToPath } from 'node:url'
import { defaultClientConditions, defineConfig, type Plugin } from 'vite'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/**
 * Modules in a script tag: a classic script knows its own element, runs before what follows it, and needs no attribute. It
 * exports nothing, so its parts for later chunks are kept under a symbol, and what it declares stays out of the page.
 */
const classicEntry = (): Plugin => ({
  name: 'softgate-classic-entry',
  generateBundle(_, bundle) {
    const shared = 'globalThis[Symbol.for("softgate.widget")]'
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue
      const { code } = chunk
      if (chunk.isEntry) {
        const exported = code.match(/export\s*\{([^}]*)\};?\s*$/)
        const parts = (exported?.[1] ?? '').replace(/([\w$]+) as ([\w$]+)/g, '$2:$1')
        // From a foreign origin, a script's own imports are not resolved against its address.
        const body = code
          .slice(0, exported?.index)
          .replace(/import\((["'`]\.\/[^"'`]+["'`])\)/g, 'import(new URL($1,softgateBase))')
        chunk.code = `(()=>{const softgateBase=document.currentScript?.src;${body};${shared}??={${parts}}})();`
      } else {
        const next = code.replace(/import\s*\{([^}]*)\}\s*from\s*["'`]\.\/widget\.js["'`];?/, (_all, names: string) => {
          const parts = names.replace(/([\w$]+) as ([\w$]+)/g, '$1:$2')
          return `const {${parts}}=${shared};`
        })
        if (next.includes('widget.js'))
          this.error(`${chunk.fileName} imports the entry in a way that is not known here`)
        chunk.code = next
      }
    }
  },
})

export default defineConfig({
  root: at('.'),
  logLevel: 'warn',
  resolve: {
    conditions: ['softgate-source', ...defaultClientConditions],
    // See there: the script tag pays for what is used of Preact.
    alias: [{ find: /^preact(\/jsx-runtime)?$/, replacement: at('script/preact.ts') }],
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
  build: {
    target: 'es2022',
    outDir: at('dist/script'),
    emptyOutDir: true,
    // As a library: an application's chunks come with a helper that preloads style sheets, and there are none.
    lib: { entry: at('src/script.ts'), formats: ['es'], fileName: () => 'widget.js' },
    rolldownOptions: {
      preserveEntrySignatures: false,
      output: { minify: true, chunkFileNames: 'widget-[name].js' },
    },
  },
  plugins: [classicEntry()],
})
