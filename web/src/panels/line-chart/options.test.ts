import { describe, expect, test } from 'vitest'
import { DEFAULT_OPTIONS, migrate } from '@/panels/line-chart/options'
import { chartsOptions, readChartsView } from '@/panels/line-chart/view'

describe('migrate', () => {
  test('reads what it wrote', () => {
    const options = { ...DEFAULT_OPTIONS, x: 'wall', smoothing: 0.6, kind: 'gaussian', isLogY: true, title: 'Loss' } as const
    expect(migrate(JSON.parse(JSON.stringify(options)))).toEqual(options)
  })
  test.each([null, undefined, 'text', 7, [], { version: 99, x: 'sideways', smoothing: 5, isLogX: 'perhaps', title: '' }])('%j becomes the defaults', saved => expect(migrate(saved)).toEqual(DEFAULT_OPTIONS))
})

describe('the view in the URL', () => {
  test('texts become values; defaults are left out', () => {
    expect(readChartsView({ x: 'epoch', smoothing: '0.6', isLogY: 'true', hasBand: 'false', kind: 'ema', folded: ['train'], metric: 'loss' })).toEqual({ x: 'epoch', smoothing: 0.6, isLogY: true, folded: ['train'], metric: 'loss' })
  })
  test('a zoom needs both ends, in order', () => {
    expect(readChartsView({ low: '1', high: '5' })).toEqual({ low: 1, high: 5 })
    expect(readChartsView({ low: '5', high: '1' })).toEqual({})
    expect(readChartsView({ low: '5' })).toEqual({})
  })
  test('gives the options of every chart', () => expect(chartsOptions({ x: 'wall', smoothing: 0.9 })).toEqual({ ...DEFAULT_OPTIONS, x: 'wall', smoothing: 0.9 }))
})
