import { expect, test } from 'vitest'
import { toCsv } from '@/charts/export'

test('a chart as CSV: quoted names, rows with nothing left out', () => {
  const line = (label: string, y: (number | null)[]) => ({ id: label, label, color: '--s0', dash: [], y })
  expect(toCsv('step', [0, 1, 2], [line('a, "b"', [1, null, 3]), line('c', [4, null, null])])).toBe('step,"a, ""b""",c\r\n0,1,4\r\n2,3,\r\n')
})
