import { SlidersHorizontal } from 'lucide-react'
import { IconButton } from '@/ui/Button'
import { Menu } from '@/ui/Menu'
import { Segmented } from '@/ui/Segmented'
import { Slider } from '@/ui/Slider'
import { Toggle } from '@/ui/Toggle'
import { AXES } from '@/panels/line-chart/data'
import { X_AXES, type LineChartOptions } from '@/panels/line-chart/options'

interface EditorProps {
  options: LineChartOptions
  onChange: (change: Partial<LineChartOptions>) => void
}

/** The options of line charts as a row of controls; the toolbar of every page of charts. */
export function Editor({ options, onChange }: EditorProps) {
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <span className="text-sm text-fg2">Smoothing</span>
        <Slider
          label="Smoothing"
          value={options.smoothing}
          max={0.99}
          className="mx-1 w-24"
          onChange={smoothing => onChange({ smoothing })}
        />
        <output className="num w-7 text-sm text-fg">{options.smoothing.toFixed(2)}</output>
        <Segmented
          label="Kind of smoothing"
          value={options.kind}
          onChange={kind => onChange({ kind })}
          options={[
            ['ema', 'EMA'],
            ['gaussian', 'Gaussian'],
          ]}
        />
      </div>
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <span className="text-sm text-fg2">X axis</span>
        <Segmented
          label="X axis"
          value={options.x}
          onChange={x => onChange({ x })}
          options={X_AXES.map(x => [x, AXES[x].short] as const)}
        />
      </div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Toggle isOn={options.isLogY} onChange={isLogY => onChange({ isLogY })}>
          Log Y
        </Toggle>
        <Toggle isOn={options.hasBand} onChange={hasBand => onChange({ hasBand })}>
          Min/max band
        </Toggle>
        <Menu
          align="start"
          trigger={
            <IconButton label="More options">
              <SlidersHorizontal />
            </IconButton>
          }
          items={[
            {
              label: 'Log X',
              isChecked: options.isLogX && options.x !== 'wall',
              isDisabled: options.x === 'wall',
              onSelect: () => onChange({ isLogX: !options.isLogX }),
            },
            'line',
            { label: 'Fit Y to every value', isChecked: !options.ignoresOutliers, onSelect: () => onChange({ ignoresOutliers: false }) },
            { label: 'Fit Y without outliers', isChecked: options.ignoresOutliers, onSelect: () => onChange({ ignoresOutliers: true }) },
          ]}
        />
      </div>
    </>
  )
}
