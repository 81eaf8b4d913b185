// Lets Node run the TypeScript sources, on worker threads too: `node --import ./.ci/typescript.mjs FILE.ts`. The shorter
// `--import tsx` serves the main thread alone since Node 20.6 (https://github.com/privatenumber/tsx/issues/354).
import { register } from 'tsx/esm/api'

register()
