// Lets Node run the TypeScript sources, on worker threads too: `node --import ./.ci/typescript.mjs FILE.ts`.
import { register } from 'node:module'

register('./typescript-hooks.mjs', import.meta.url)
