import { describe, expect, test } from 'vitest'
import type { Chart } from '@/api/types'
import { assignDashes, bucketsFor, metricKey, splitMetric, toRequest, toSections, toSeries } from '@/panels/line-chart/data'

const run = (number: number) => ({ key: `k${number}`, name: `run ${number}`, number })
const metric = (name: string, context = '') => ({ name, context })

test('a zoom asks for a little more than is shown', () => {
  expect(toRequest([run(1)], [metric('loss')], 'step', [100, 200], 400)).toEqual({ experiments: ['k1'], metrics: [metric('loss')], x: 'step', buckets: 300, low: 98, high: 202 })
  expect(toRequest([run(1)], [metric('loss')], 'wall', null, 400)).not.toHaveProperty('low')
})

test('buckets follow the width in few steps', () => {
  expect([bucketsFor(0), bucketsFor(300), bucketsFor(310), bucketsFor(1400), bucketsFor(9000)]).toEqual([100, 200, 300, 1200, 2000])
})

describe('lines', () => {
  const chart: Chart = {
    x: [0, 1, 2, 3],
    width: 0,
    cursor: '',
    begin: null,
    lines: [2, 1].map(number => ({ experiment: `k${number}`, metric: metric('loss'), count: [1, 1, 1, 1], mean: [4, 2, null, 0], min: null, max: null, odd: number === 1 ? [0, 0, 3, 0] : null })),
  }
  test('follow the order of the experiments, with their colours', () => {
    const lines = toSeries(chart, [run(1), run(2)], { smoothing: 0, kind: 'ema' })
    expect(lines.map(line => [line.label, line.color, line.odd])).toEqual([['run 1', '--s1', [0, 0, 3, 0]], ['run 2', '--s2', undefined]])
    expect(lines[0]).toMatchObject({ y: [4, 2, null, 0], raw: undefined, low: [4, 2, null, 0] })
  })
  test('keep the raw values behind smoothed ones, while they are few', () => {
    const many = Array.from({ length: 7 }, (_, i) => run(i))
    const wide = { ...chart, lines: many.map(each => ({ ...chart.lines[0]!, experiment: each.key })) }
    expect(toSeries(chart, [run(1), run(2)], { smoothing: 0.5, kind: 'ema' })[0]!.raw).toEqual([4, 2, null, 0])
    expect(toSeries(wide, many, { smoothing: 0.5, kind: 'ema' }).every(line => line.raw === undefined)).toBe(true)
  })
  test('an experiment that is no longer asked for is left out', () => expect(toSeries(chart, [run(2)], { smoothing: 0, kind: 'ema' })).toHaveLength(1))
})

test('experiments that share a colour differ in their dashes', () => {
  const dashes = assignDashes([run(21), run(1), run(11), run(2)])
  expect(dashes.get('k1')).toEqual([])
  expect(dashes.get('k2')).toEqual([])
  expect(dashes.get('k11')).not.toEqual([])
  expect(dashes.get('k21')).not.toEqual(dashes.get('k11'))
})

test('sections come from the context, else from the name', () => {
  expect(splitMetric(metric('train/loss'))).toEqual({ section: 'train', title: 'loss' })
  expect(splitMetric(metric('loss', 'train'))).toEqual({ section: 'train', title: 'loss' })
  expect(splitMetric(metric('a/b/c'))).toEqual({ section: 'a', title: 'b/c' })
  expect(splitMetric(metric('/odd'))).toEqual({ section: '', title: '/odd' })
  expect(splitMetric(metric('sys.gpu.0.power'))).toEqual({ section: 'system', title: 'gpu.0.power' })
  expect(metricKey(metric('loss', 'train'))).toBe('train · loss')
  const all = [metric('sys.cpu'), metric('val/acc'), metric('lr'), metric('loss', 'train'), metric('layer10', 'train'), metric('layer9', 'train')]
  expect(toSections(all, '').map(section => [section.name, section.items.map(item => item.name)])).toEqual([
    ['Metrics', ['lr']],
    ['train', ['layer9', 'layer10', 'loss']],
    ['val', ['val/acc']],
    ['system', ['sys.cpu']],
  ])
  expect(toSections(all, 'TRAIN lo').flatMap(section => section.items)).toEqual([metric('loss', 'train')])
})
