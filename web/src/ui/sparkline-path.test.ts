import { expect, test } from 'vitest'
import { sparklinePath } from '@/ui/sparkline-path'

test('spans the box, breaks at what is missing, dots what stands alone', () => {
  expect(sparklinePath([0, 1], 20, 10)).toBe('M1.5 8.5l0 0L18.5 1.5')
  expect(sparklinePath([0, null, 1], 20, 10)).toBe('M1.5 8.5l0 0M18.5 1.5l0 0')
  expect(sparklinePath([5, 5, 5], 20, 10)).toContain('M1.5 5.0')
  expect(sparklinePath([], 20, 10)).toBe('')
  expect(sparklinePath([null, Number.NaN], 20, 10)).toBe('')
})
