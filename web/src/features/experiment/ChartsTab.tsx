/** The experiment's charts. */
export function ChartsTab() {
  return <h2 className="p-4">Charts</h2>
}
