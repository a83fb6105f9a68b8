import type { LucideIcon } from 'lucide-react'
import type { ComponentType } from 'react'

/** An experiment as far as a panel needs it. */
export interface PanelExperiment {
  key: string
  name: string
  number: number
}

/** A metric as far as a panel needs it. */
export interface PanelMetric {
  name: string
  context: string
}

/** What every panel is given beside its options. */
export interface PanelProps<Options> {
  options: Options
  experiments: readonly PanelExperiment[]
  metrics: readonly PanelMetric[]
}

/** What a kind of panel says of itself. Every chart in the product goes through this; saved options outlive code. */
export interface PanelManifest<Options, Props extends PanelProps<Options>> {
  id: string
  title: string
  icon: LucideIcon
  /** The data it draws. */
  takes: 'metrics'
  defaults: Options
  /** Reads options of any version; never throws. */
  migrate: (saved: unknown) => Options
  Panel: ComponentType<Props>
  Editor: ComponentType<{ options: Options; onChange: (change: Partial<Options>) => void }>
}
