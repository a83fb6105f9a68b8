// The lock file must not name a registry: whoever builds Halley takes packages from wherever they take them.
import { readFileSync } from 'node:fs'

const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'))
const named = Object.entries(lock.packages).filter(([, entry]) => 'resolved' in entry && /^https?:/.test(entry.resolved))
const torn = Object.entries(lock.packages).filter(([path, entry]) => path && !entry.version && !entry.link)
for (const [path] of named) console.error(`package-lock.json: ${path} names a registry; keep web/.npmrc and run npm install again`)
// npm leaves such holes where a registry lacks a platform's package; npm ci would then fail everywhere.
for (const [path] of torn) console.error(`package-lock.json: ${path} has no version; choose a release that is complete`)
if (named.length || torn.length) process.exit(1)
