import { expect, test } from 'vitest'
import { formatMetricValue, formatValue, isOdd } from '@/lib/value'

test.each([
  [0.1 + 0.2, '0.3', 'number'], [0.1, '0.1', 'number'], [512, '512', 'number'], [2048, '2048', 'number'], [-3, '−3', 'number'], [3.733e-4, '3.733e−4', 'number'], [1e-3, '0.001', 'number'],
  [123456.789, '123456.8', 'number'], [true, 'true', 'word'], [null, 'None', 'word'], ['', 'empty', 'word'], ['adam', 'adam', 'text'], ['[1, 2]', '[1, 2]', 'code'], ['NaN', 'NaN', 'text'], [1e300, '1e300', 'number'], [Number.MAX_SAFE_INTEGER, '9007199254740991', 'number'],
])('%s is %s', (value, text, look) => expect(formatValue(value)).toEqual({ text, look }))

test.each([
  [5.567054e-4, '5.567e−4'], [0.123456789, '0.12346'], [1234567.89, '1234568'], [123456.789, '123457'], [12345.678901, '12346'], [1 / 3, '0.33333'], [4_294_967_295, '4294967295'], [1e12, '1e12'], [123456789.5, '123456790'], [12345678901.5, '1.235e10'],
])('%s is %s in a table', (value, text) => expect(formatValue(value, true).text).toBe(text))

test('metrics that are no numbers are words', () => {
  expect([1.5, 'NaN', 'Infinity', '-Infinity', null].map(formatMetricValue)).toEqual(['1.5000', 'NaN', 'Infinity', '−Infinity', '–'])
  expect(['NaN', 1].map(isOdd)).toEqual([true, false])
})
