import { expect, test } from 'vitest'
import { parseSearch, readChoice, readFlag, readList, readNumber, readText, stringifySearch, withoutDefaults } from '@/lib/url-state'

test('what is written is read back', () => {
  const search = { q: 'loss & a=b', n: 3, list: ['a/b', 'c,d'], on: true, none: undefined }
  const text = stringifySearch(search)
  expect(text).toBe('?q=loss+%26+a%3Db&n=3&list=%5B%22a/b%22,%22c,d%22%5D&on=true')
  expect(parseSearch(text)).toEqual({ q: 'loss & a=b', n: '3', list: ['a/b', 'c,d'], on: 'true' })
  expect(stringifySearch({})).toBe('')
})

test('plain lists are joined by commas, an empty one is kept', () => {
  expect(stringifySearch({ runs: ['a1', 'b2'], none: [] })).toBe('?runs=a1,b2&none=%5B%5D')
  expect(readList(parseSearch('?runs=a1,b2')['runs'])).toEqual(['a1', 'b2'])
  expect(readList(parseSearch('?none=%5B%5D')['none'])).toEqual([])
})

test('a key that looks like a number stays text', () => {
  expect(parseSearch('?key=12e45')).toEqual({ key: '12e45' })
})

test('readers drop what they do not understand', () => {
  expect([readNumber('0.5', 0, 1), readNumber('2', 0, 1), readNumber('x'), readNumber('')]).toEqual([0.5, undefined, undefined, undefined])
  expect([readFlag('true'), readFlag('false'), readFlag('yes')]).toEqual([true, false, undefined])
  expect([readChoice('b', ['a', 'b']), readChoice('c', ['a', 'b'])]).toEqual(['b', undefined])
  expect([readList(['a']), readList('a,b'), readList([1]), readList('')]).toEqual([['a'], ['a', 'b'], undefined, undefined])
  expect([readText('[x'), readText(''), readText([1])]).toEqual(['[x', undefined, '[1]'])
})

test('defaults are left out', () => {
  expect(withoutDefaults({ a: 1, b: [1], c: undefined, d: 2 }, { a: 1, b: [1], d: 1 })).toEqual({ d: 2 })
})
