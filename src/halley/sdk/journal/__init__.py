"""The run folder: append-only crash-safe journals of one experiment on this machine, and how far they are delivered.

```
<home>/journals/<experiment key>/     one run folder
    <writer id>/                      one journal: who wrote, alone
        alive                         locked by the writing process as long as it lives
        death                         how it died, where a signal handler could still say so
        000000000000.journal          segments, named by the number of their first record
    delivery                          how far the sender is (`journal.delivery`)
    sender.lock, sender.log           the sender's own
    refused/, broken/                 what the server would not take, what could not be read
```
"""
