import type { Asset } from '@/api/types'

/** Assets of one kind and name: one thing, logged again and again. The steps ascend; assets without one come first. */
export interface AssetGroup {
  kind: string
  name: string
  assets: readonly Asset[]
  sizeBytes: number
}

/** Groups of one kind, by name. */
export interface AssetSection {
  kind: string
  groups: readonly AssetGroup[]
  sizeBytes: number
}

/** What people look at first comes first. */
const ORDER = ['image', 'figure', 'plotly', 'video', 'audio', 'text', 'html', 'confusion-matrix', 'table', 'curve', 'histogram', 'model', 'code', 'file']
const TITLES: Record<string, string> = {
  image: 'Images',
  figure: 'Figures',
  plotly: 'Plotly figures',
  video: 'Videos',
  audio: 'Audio',
  text: 'Text',
  html: 'HTML',
  table: 'Tables',
  curve: 'Curves',
  histogram: 'Histograms',
  'confusion-matrix': 'Confusion matrices',
  model: 'Models',
  code: 'Code',
  file: 'Files',
}

/** What a kind of asset is called in a heading. */
export const titleOf = (kind: string) => TITLES[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1).replace(/[-_.]/g, ' ')

/** Sorts assets, which come by kind, name and step, into sections of groups. */
export function groupAssets(assets: readonly Asset[]): AssetSection[] {
  const sections = new Map<string, Map<string, Asset[]>>()
  for (const asset of assets) {
    const groups = sections.get(asset.kind) ?? new Map<string, Asset[]>()
    sections.set(asset.kind, groups)
    const group = groups.get(asset.name)
    if (group) group.push(asset)
    else groups.set(asset.name, [asset])
  }
  return [...sections]
    .map(([kind, groups]) => {
      const made = [...groups].map(([name, of]) => ({ kind, name, assets: of, sizeBytes: sum(of.map(asset => asset.size_bytes)) }))
      return { kind, groups: made, sizeBytes: sum(made.map(group => group.sizeBytes)) }
    })
    .sort((a, b) => place(a.kind) - place(b.kind) || (a.kind < b.kind ? -1 : 1))
}

const place = (kind: string) => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length)
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

/** The group that holds an asset, and its place there; the first group and its last asset if none does. */
export function findAsset(sections: readonly AssetSection[], id: string | undefined): { group: AssetGroup; place: number } | null {
  const groups = sections.flatMap(section => section.groups)
  for (const group of groups) {
    const found = group.assets.findIndex(asset => asset.id === id)
    if (found >= 0) return { group, place: found }
  }
  const [first] = groups
  return first ? { group: first, place: first.assets.length - 1 } : null
}

/** How an asset can be shown, by its kind and media type. */
export type Look = 'image' | 'video' | 'audio' | 'html' | 'table' | 'curve' | 'histogram' | 'confusion-matrix' | 'text' | 'json' | 'none'

/** Decides how an asset is shown. */
export function lookOf(asset: Asset): Look {
  const type = asset.media_type.split(';')[0]?.toLowerCase() ?? ''
  if (type.startsWith('image/') && type !== 'image/tiff') return 'image'
  if (type.startsWith('video/')) return 'video'
  if (type.startsWith('audio/')) return 'audio'
  if (type === 'text/html') return 'html'
  if (type === 'text/csv' || type === 'text/tab-separated-values') return 'table'
  if (type === 'application/json' && (asset.kind === 'curve' || asset.kind === 'histogram' || asset.kind === 'confusion-matrix'))
    return asset.kind
  if (type === 'application/json' || type.endsWith('+json')) return 'json'
  if (type.startsWith('text/') || /^application\/(jsonl|toml|yaml|xml|javascript|x-sh|x-python)$/.test(type) || asset.kind === 'text')
    return 'text'
  return 'none'
}

/** The rows of CSV or TSV (RFC 4180: quotes, doubled quotes, line ends inside quotes), at most `limit` of them. */
export function readTable(text: string, limit: number): string[][] {
  const separator = /^[^\n",]*\t/.test(text) ? '\t' : ','
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let isQuoted = false
  for (let at = 0; at < text.length && rows.length < limit; at++) {
    const letter = text[at]
    if (isQuoted) {
      if (letter !== '"') cell += letter
      else if (text[at + 1] === '"') {
        cell += '"'
        at++
      } else isQuoted = false
    } else if (letter === '"' && cell === '') isQuoted = true
    else if (letter === separator || letter === '\n') {
      row.push(cell.replace(/\r$/, ''))
      cell = ''
      if (letter === '\n') {
        rows.push(row)
        row = []
      }
    } else cell += letter
  }
  if (rows.length < limit && (cell !== '' || row.length > 0)) rows.push([...row, cell])
  return rows
}

/** Text as JSON with indents; as it is where it is none, or is cut off. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
