import { expect, test } from 'vitest'
import { shortenMiddle } from '@/lib/text'

test('long names keep both ends', () => {
  expect(shortenMiddle('short', 10)).toBe('short')
  expect(shortenMiddle('a-very-long-name-42', 11)).toBe('a-ver…me-42')
  expect(shortenMiddle('abcdef', 5)).toBe('ab…ef')
})
