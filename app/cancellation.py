"""Cancellations that a library kept to itself.

redis-py waits for each write with `asyncio.wait_for`, which until Python 3.12 loses a cancellation
that comes just as what it waits for is done (python/cpython#86296). A loop that lost its own would
run for ever, and its process never end.

Not for a task that opens a task group itself: until Python 3.13 a group whose task has failed may
leave the one that opened it counted as cancelled.
"""

import asyncio


def end_if_cancelled() -> None:
    """Raise CancelledError when the running task has been cancelled, though it did not notice."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def pause(seconds: float) -> None:
    """Sleep, as a loop does between two turns. Raises CancelledError, also for one lost before."""
    end_if_cancelled()
    await asyncio.sleep(seconds)
