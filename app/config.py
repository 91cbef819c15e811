"""All settings, read once from the environment (prefix SEATWIRE_), frozen afterwards.

Units stand in the names. Every fault is reported at once, by the name of its variable.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.failpoints import parse_failpoints

# HS256 wants a key as long as its hash (RFC 7518, section 3.2).
SECRET_BYTES_MIN = 32


class SettingsError(Exception):
    """Raised when the environment does not make a valid configuration; lists every fault."""


class Settings(BaseSettings):
    """The configuration of one process. `docs/OPERATING.md` describes each setting."""

    model_config = SettingsConfigDict(env_prefix="SEATWIRE_", frozen=True, extra="ignore")

    env: Literal["production", "development"] = "production"
    database_url: SecretStr
    redis_url: SecretStr
    secret: Annotated[SecretStr, Field(validate_default=True)] = SecretStr("")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    # Browser origins that may open a socket or call the API, beside the server's own.
    origins: Annotated[tuple[str, ...], NoDecode] = ()
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    # Keeps several installations (or test runs) apart on one Redis.
    redis_prefix: str = ""
    database_connections_max: Annotated[int, Field(ge=2, le=1_000)] = 8
    # 0 behind PgBouncer before 1.21 in transaction mode.
    database_statement_cache_size: Annotated[int, Field(ge=0)] = 100

    session_ttl_s: Annotated[int, Field(ge=60)] = 24 * 3600
    pulse_ms: Annotated[int, Field(ge=500, le=60_000)] = 5_000
    watchers_max: Annotated[int, Field(ge=1)] = 50_000
    sockets_per_s: Annotated[int, Field(ge=1)] = 1_000
    messages_per_s: Annotated[int, Field(ge=1)] = 50
    messages_burst: Annotated[int, Field(ge=1)] = 200
    # Where a test has the process killed (app/failpoints.py).
    failpoints: str = ""

    @field_validator("origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
        return value

    @field_validator("failpoints")
    @classmethod
    def _failpoints_are_for_development(cls, failpoints: str, info: ValidationInfo) -> str:
        if failpoints and info.data.get("env") != "development":
            raise ValueError("it is for tests; only with SEATWIRE_ENV=development")
        parse_failpoints(failpoints)
        return failpoints

    @field_validator("secret")
    @classmethod
    def _secret_is_long_enough(cls, secret: SecretStr) -> SecretStr:
        if len(secret.get_secret_value().encode()) < SECRET_BYTES_MIN:
            raise ValueError(
                f"it must have at least {SECRET_BYTES_MIN} bytes; "
                "make one with: openssl rand -hex 32"
            )
        return secret


def settings_from_environ() -> Settings:
    """Read the settings. Raises SettingsError that names every variable at fault."""
    try:
        return Settings()  # type: ignore[call-arg]  # the environment fills the required fields
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None


def project_root() -> Path:
    """Return the folder of the checkout, or the current folder when installed elsewhere."""
    root = Path(__file__).resolve().parent.parent
    return root if (root / "pyproject.toml").is_file() else Path.cwd()


def _explain(error: ValidationError) -> str:
    lines = []
    for fault in error.errors(include_input=False, include_url=False):
        name = "".join(f"SEATWIRE_{part}".upper() for part in fault["loc"][:1])
        text = fault["msg"].removeprefix("Value error, ")
        lines.append(f"{name}: {text}" if name else text)
    return "\n".join(lines)
