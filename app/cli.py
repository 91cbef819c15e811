"""The command line: `seatwire …`.

`serve` and `work` take everything from the environment; the tools also find the servers of a
running `seatwire up`.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer

from app.auth import Tokens
from app.config import Settings, SettingsError, project_root, settings_from_environ
from app.demo import load_demo
from app.development import read_development_environment, up
from app.doctor import report_lines
from app.domain import Role, ShowStatus
from app.errors import SeatwireError
from app.logs import configure_logs
from app.main import PortTaken, run
from app.plan_faults import PlanFaults
from app.plans import SeatingPlan, load_plan
from app.schema import PARTITION_MONTHS_AHEAD, migrate
from app.services import Services, open_services
from app.simulate import SimulationFailed, simulate
from workers.__main__ import main as run_workers

PORT_DEFAULT: Final = 8000
PORT_MAX: Final = 65_535

app = typer.Typer(
    help="Seatwire: live seat maps and ticket booking.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
plan_app = typer.Typer(help="Seating plans.", no_args_is_help=True)
app.add_typer(plan_app, name="plan")

PlanFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]


@app.command("up")
def up_command() -> None:
    """Run everything on this machine for development, until Ctrl-C."""
    port = os.environ.get("SEATWIRE_PORT", str(PORT_DEFAULT))
    if not port.isdecimal() or int(port) > PORT_MAX:
        _fail(f"SEATWIRE_PORT is no port: {port}")
    raise typer.Exit(up(_home(), int(port)))


@app.command()
def serve() -> None:
    """Run one web instance."""
    settings = _settings()
    configure_logs(settings.log_level)
    try:
        run(settings)
    except PortTaken as error:
        _fail(str(error))


@app.command()
def work(names: Annotated[list[str], typer.Argument(help="expiry, reconcile, partitions")]) -> None:
    """Run workers in one process."""
    raise typer.Exit(run_workers(names))


@app.command("migrate")
def migrate_command() -> None:
    """Bring the database to this release; safe to repeat."""
    applied = asyncio.run(migrate(_tool_settings().database_url.get_secret_value()))
    print(f"applied: {', '.join(applied)}" if applied else "up to date")


@app.command()
def demo() -> None:
    """Load the demo shows into an empty database."""

    async def load(services: Services) -> None:
        for show in await load_demo(services.catalog):
            print(f"show {show.show}: {show.title}, {show.count:,} seats")

    _with_services(load)


@plan_app.command("check")
def check_plan(file: PlanFile) -> None:
    """Say whether FILE is a plan that can be sold, or everything that is wrong with it."""
    plan = _read_plan(file)
    categories = ", ".join(category.name for category in plan.categories)
    print(f"{file}: {plan.name}, {plan.count:,} seats, categories {categories}")
    print(f"hash {plan.hash}")


@plan_app.command("import")
def import_plan(
    file: PlanFile,
    name: Annotated[str | None, typer.Option(help="Of the venue; the plan's if left out.")] = None,
    show: Annotated[str | None, typer.Option(help="Also open a show of this title.")] = None,
) -> None:
    """Add a venue with the plan in FILE, and print its number."""
    plan = _read_plan(file)

    async def add(services: Services) -> None:
        venue = await services.catalog.add_venue(name or plan.name, plan)
        print(f"venue {venue}")
        if show is not None:
            added = await services.catalog.add_show(
                venue=venue,
                title=show,
                starts_at=datetime.now(UTC) + timedelta(days=30),
                prices={category.name: 2_500 for category in plan.categories},
                status=ShowStatus.ON_SALE,
            )
            print(f"show {added.show}")

    _with_services(add)


@app.command()
def token(
    role: Annotated[Role, typer.Option(help="buyer, kiosk, staff or admin")],
    holder: Annotated[str | None, typer.Option(help="Whose; made up if left out.")] = None,
    ttl_s: Annotated[int | None, typer.Option(help="How long it lasts, in seconds.")] = None,
) -> None:
    """Print a bearer token."""
    settings = _tool_settings()
    tokens = Tokens(settings.secret.get_secret_value(), settings.session_ttl_s)
    try:
        print(tokens.issue(role, holder, ttl_s).token)
    except ValueError as error:
        _fail(str(error))


@app.command("simulate")
def simulate_command(
    show: Annotated[int, typer.Option(help="The show's number.")],
    buyers: Annotated[int, typer.Option(min=1, max=5_000)] = 200,
    seconds: Annotated[int, typer.Option(min=1, max=3_600)] = 30,
) -> None:
    """Rehearse a sale: buyers over real sockets, then check that all screens agree with the
    ledger."""
    settings = _tool_settings()
    try:
        agreed = asyncio.run(simulate(settings, show=show, buyers=buyers, seconds=seconds))
    except (SeatwireError, SimulationFailed) as error:
        _fail(str(error))
    raise typer.Exit(0 if agreed else 1)


@app.command("doctor")
def doctor_command(
    show: Annotated[list[int] | None, typer.Option(help="Only this one; may be repeated.")] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Put up wrong boards anew.")] = False,
) -> None:
    """Compare ledger, history and board of every show, and say what differs and since when."""
    wrong = 0

    async def examine(services: Services) -> None:
        nonlocal wrong
        doctor = services.doctor
        missing = await doctor.missing_partitions()
        if missing:
            print(f"partitions: these are missing: {', '.join(missing)}")
            wrong += 1
        if missing and fix:
            await services.ledger.ensure_partitions(PARTITION_MONTHS_AHEAD)
            print("partitions: made")
            wrong -= 1
        for number in show or await doctor.shows():
            examination = await doctor.examine(number, fix=fix)
            print("\n".join(report_lines(examination)), flush=True)
            wrong += not examination.is_well

    _with_services(examine)
    raise typer.Exit(1 if wrong else 0)


def main() -> None:
    """Run the command line."""
    app()


def _home() -> Path:
    return Path(os.environ.get("SEATWIRE_HOME") or project_root() / ".seatwire")


def _settings() -> Settings:
    try:
        return settings_from_environ()
    except SettingsError as error:
        _fail(str(error))


def _tool_settings() -> Settings:
    """Return the settings of the environment or, when it names no database, of `seatwire up`."""
    if "SEATWIRE_DATABASE_URL" not in os.environ:
        os.environ.update(read_development_environment(_home()))
    return _settings()


def _with_services(work: Callable[[Services], Coroutine[Any, Any, None]]) -> None:
    settings = _tool_settings()

    async def run_work() -> None:
        async with open_services(settings) as services:
            await work(services)

    try:
        asyncio.run(run_work())
    except SeatwireError as error:
        _fail(error.message)


def _read_plan(file: Path) -> SeatingPlan:
    try:
        return load_plan(file.read_bytes())
    except PlanFaults as error:
        print(f"{file}: {error.message}", file=sys.stderr)
        for fault in error.fields["faults"]:
            print(f"  {fault['place']}: {fault['message']}", file=sys.stderr)
        raise typer.Exit(1) from None


def _fail(text: str) -> NoReturn:
    print(f"seatwire: {text}", file=sys.stderr)
    raise typer.Exit(1)


if __name__ == "__main__":
    main()
