/** The experiment's output. */
export function OutputTab() {
  return <h2 className="p-4">Output</h2>
}
