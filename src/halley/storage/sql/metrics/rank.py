"""Ranking: the summaries of ended runs in sorted order, so that the best of very many runs are found at once.

An index entry that moves with every batch costs more than the rest of the summary. So the indexes hold copies of the
summaries, made when a run ends and taken back when points come after all; who sorts looks at the other runs one by one.
"""

from halley.storage.sql.link import Link

RANKED = {"last": "ranked_last", "min": "ranked_min", "max": "ranked_max"}
"""What is ranked of a series, and the copy that indexes hold."""


def rank(link: Link, run: int) -> None:
    """Rank a run that the caller has locked, if it has ended and is not ranked yet."""
    if link.run(
        "update experiment set is_ranked = true where run = ? and state <> 'running' and not is_ranked", (run,)
    ).rowcount:
        copies = ", ".join(f"{copy} = {value}" for value, copy in RANKED.items())
        link.run(f"update series set {copies} where run = ?", (run,))


def unrank(link: Link, run: int) -> None:
    """Take a run, which the caller has locked, out of the ranks: its summaries change."""
    link.run("update experiment set is_ranked = false where run = ?", (run,))
    link.run(f"update series set {', '.join(f'{copy} = null' for copy in RANKED.values())} where run = ?", (run,))
