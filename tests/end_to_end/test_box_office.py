"""What staff are told of the screens of all instances."""

from contextlib import AsyncExitStack

from app.domain import Role
from tests.end_to_end.fleet import Fleet, eventually


async def test_HT12_staff_learn_how_many_screens_a_change_reaches(fleet: Fleet) -> None:
    """Three sockets on two instances watch; whichever instance is asked counts them all."""
    instances = [await fleet.start_web(), await fleet.start_web()]
    show = await fleet.add_show(instances[0].url)
    other = await fleet.add_show(instances[0].url)
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(fleet.buyer(instances[place])) for place in (0, 1, 1)
        ]
        for client in clients:
            await client.watch(show)
        await clients[0].watch(other)

        for instance in instances:

            async def counts_all(url: str = instance.url) -> bool:
                sales = await fleet.ask("GET", url, f"/shows/{show}/sales", role=Role.STAFF)
                counts = sorted(one["watchers"] for one in sales["instances"])
                return counts == [1, 2] and sales["watchers"] == 3

            await eventually(counts_all)

        patch = {"message": "Ten minutes late."}
        path = f"/shows/{show}"
        changed = await fleet.ask("PATCH", instances[1].url, path, patch, role=Role.STAFF)
        assert changed["reached"] == 3
        for client in clients:
            await client.until(lambda client=client: bool(client.pushed("show")))  # type: ignore[misc]  # mypy sees no type in a default
        preview = await fleet.ask(
            "GET", instances[0].url, f"/shows/{other}/change-preview", role=Role.STAFF
        )
        assert preview["watchers"] == 1

    async def nobody_left() -> bool:
        path = f"/shows/{show}/sales"
        sales = await fleet.ask("GET", instances[0].url, path, role=Role.STAFF)
        return bool(sales["watchers"] == 0)

    await eventually(nobody_left)
