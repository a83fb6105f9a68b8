import { columnWidth, type TableColumn } from '@/features/experiments/columns'

/** The table's measures, in px. */
export const HEADER_HEIGHT = 32
export const ROW_HEIGHT = 34

const NAME_WIDTH = 'clamp(150px, 26vw, 264px)'

/** The grid that header and rows share: the name, the columns, and what is left over. */
export function layOut(columns: readonly TableColumn[]): { template: string; minWidth: string } {
  const widths = columns.map(columnWidth)
  return {
    template: `${NAME_WIDTH} ${widths.map(width => `${width}px`).join(' ')} 1fr`,
    minWidth: `calc(${NAME_WIDTH} + ${widths.reduce((sum, width) => sum + width, 0)}px)`,
  }
}
