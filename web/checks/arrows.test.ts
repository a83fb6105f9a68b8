import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const script = fileURLToPath(new URL('./arrows.mjs', import.meta.url))
let src: string

beforeEach(() => {
  src = mkdtempSync(join(tmpdir(), 'arrows-'))
})
afterEach(() => rmSync(src, { recursive: true }))

function check(files: Record<string, string>): { status: number | null; said: string } {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(src, path)), { recursive: true })
    writeFileSync(join(src, path), text)
  }
  const { status, stderr } = spawnSync(process.execPath, [script, src], { encoding: 'utf8' })
  return { status, said: stderr }
}

test('what the house allows passes', () => {
  const files = {
    'app/main.tsx': "import '@/features/home/Home'\nimport { x } from '@/api/client'",
    'features/home/Home.tsx': "import { P } from '@/panels/line-chart/Panel'\nimport { y } from './other'\nimport { q } from '@/api/projects'",
    'panels/line-chart/Panel.tsx': "import { C } from '@/charts/Chart'\nimport type { M } from '@/panels/contract'",
    'api/client.ts': "import { f } from '@/lib/format'\nexport const load = () => fetch('/api')",
    'lib/format.ts': "const refetch = (a: number) => a\nrefetch(1)",
  }
  expect(check(files)).toEqual({ status: 0, said: '' })
})

test.each([
  ['ui/Button.tsx', "import { P } from '@/panels/line-chart/Panel'", 'arrows go'],
  ['features/home/Home.tsx', "import { x } from '@/features/charts/ChartsPage'", 'features never import each other'],
  ['features/home/Home.tsx', "import { x } from '../charts/ChartsPage'", 'features never import each other'],
  ['panels/a/Panel.tsx', "export { x } from '@/panels/b/Panel'", 'panels never import each other'],
  ['charts/Chart.tsx', "import { q } from '@/api/projects'", 'must not know the API'],
  ['api/client.ts', "import { B } from '@/ui/Button'", 'lib only'],
  ['features/home/Home.tsx', "const load = () => import('@/app/router')", 'arrows go'],
  ['features/home/Home.tsx', "await fetch('/api/v1/status')", 'talks to the server itself'],
  ['lib/live.ts', "new EventSource('/api/v1/events')", 'talks to the server itself'],
])('%s with %s is caught', (path, text, words) => {
  const { status, said } = check({ [path]: text })
  expect(status).toBe(1)
  expect(said).toContain(path)
  expect(said).toContain(words)
})
