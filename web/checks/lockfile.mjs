// The lock file must not name a registry: whoever builds Halley takes packages from wherever they take them.
import { readFileSync } from 'node:fs'

const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'))
const named = Object.entries(lock.packages).filter(([, entry]) => 'resolved' in entry && /^https?:/.test(entry.resolved))
const missing = Object.values(lock.packages).flatMap(entry => Object.keys(entry.optionalDependencies ?? {}).filter(name => !Object.keys(lock.packages).some(path => path.endsWith(`node_modules/${name}`))))
for (const [path] of named) console.error(`package-lock.json: ${path} names a registry; keep web/.npmrc and run npm install again`)
// npm leaves out what a registry lacks, such as a platform's package; npm ci would then fail everywhere.
for (const name of new Set(missing)) console.error(`package-lock.json: ${name} is missing; choose a release that is complete`)
if (named.length || missing.length) process.exit(1)
