import { expect, test } from 'vitest'
import { headlineMetric, rankMetrics } from '@/lib/rank-metrics'

test('metrics that matter come first', () => {
  const names = ['epoch', 'gpu.0.memory', 'zebra', 'batch_loss', 'eval/accuracy', 'train/loss', 'lr']
  expect(rankMetrics(names.map(name => ({ name, context: '' }))).map(each => each.name)).toEqual(['train/loss', 'batch_loss', 'eval/accuracy', 'zebra', 'epoch', 'lr', 'gpu.0.memory'])
})

test('what says most of an experiment is a held-out loss if there is one', () => {
  const metric = (name: string, context = '') => ({ name, context })
  expect(headlineMetric([metric('acc'), metric('loss', 'train'), metric('loss', 'validate')])).toEqual(metric('loss', 'validate'))
  expect(headlineMetric([metric('acc'), metric('train/loss')])).toEqual(metric('train/loss'))
  expect(headlineMetric([metric('acc')])).toEqual(metric('acc'))
  expect(headlineMetric([])).toBeUndefined()
})
