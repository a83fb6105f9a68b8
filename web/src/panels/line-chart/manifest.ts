import { ChartLine } from 'lucide-react'
import type { PanelManifest } from '@/panels/contract'
import { Editor } from '@/panels/line-chart/Editor'
import { DEFAULT_OPTIONS, migrate, type LineChartOptions } from '@/panels/line-chart/options'
import { Panel, type LineChartPanelProps } from '@/panels/line-chart/Panel'

/** Metrics of experiments as lines. */
export const lineChart: PanelManifest<LineChartOptions, LineChartPanelProps> = {
  id: 'line-chart',
  title: 'Line chart',
  icon: ChartLine,
  takes: 'metrics',
  defaults: DEFAULT_OPTIONS,
  migrate,
  Panel,
  Editor,
}
