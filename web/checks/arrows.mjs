// The arrows of the house, checked: who may import whom, and where `fetch(` may stand. Exits 1 and names every breach.
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const src = process.argv[2] ?? fileURLToPath(new URL('../src', import.meta.url))
const RANK = ['lib', 'ui', 'charts', 'panels', 'features', 'app']
const API_USERS = new Set(['api', 'panels', 'features', 'app'])

const files = readdirSync(src, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map(entry => join(entry.parentPath, entry.name))

const breaches = []
for (const file of files) {
  const here = relative(src, file)
  const [room, section] = here.split('/')
  const text = readFileSync(file, 'utf8')
  if (room !== 'api' && /(?<![\w.])(window\.|globalThis\.)?(fetch\s*\(|new (EventSource|XMLHttpRequest)\b)/.test(text))
    breaches.push(`${here}: talks to the server itself; only src/api may`)
  for (const [, target] of text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) {
    const there = target.startsWith('@/') ? target.slice(2) : target.startsWith('.') ? normalize(join(dirname(here), target)) : null
    if (there === null) continue
    const [thatRoom, thatSection, thatFile] = there.split('/')
    // A file directly in panels/ or features/ is the contract they share.
    const isShared = thatFile === undefined
    const breach = judge(room, section, thatRoom, isShared ? section : thatSection)
    if (breach) breaches.push(`${here}: imports ${there}; ${breach}`)
  }
}

function judge(room, section, thatRoom, thatSection) {
  if (thatRoom === 'api') return API_USERS.has(room) ? null : `${room} must not know the API`
  if (room === 'api') return thatRoom === 'lib' ? null : 'api may import lib only'
  if (!RANK.includes(room) || !RANK.includes(thatRoom)) return `unknown room, expected one of ${RANK.join(', ')}`
  if (room === thatRoom) return ['features', 'panels'].includes(room) && section !== thatSection ? `${room} never import each other` : null
  return RANK.indexOf(thatRoom) < RANK.indexOf(room) ? null : `arrows go ${[...RANK].reverse().join(' -> ')}`
}

if (breaches.length) {
  console.error(breaches.join('\n'))
  process.exit(1)
}
