/** The experiment's overview. */
export function OverviewTab() {
  return <h2 className="p-4">Overview</h2>
}
