"""Settings, read once into a frozen object. The only module that reads or sets the process environment."""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from pipeline.ids import text_hash
from pipeline.refusal import Refusal

IDLE_SERVICES = (  # of Prefect's server, in a night that is run by hand
    "SCHEDULER",
    "LATE_RUNS",
    "TRIGGERS",
    "CANCELLATION_CLEANUP",
    "CLEANUP_RECONCILER",
    "PAUSE_EXPIRATIONS",
    "FOREMAN",
    "REPOSSESSOR",
    "DB_VACUUM",
)


NO_TELEMETRY = {  # libraries that report to their makers unless they are told not to
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ORT_DISABLE_TELEMETRY": "1",
}
CONTACT = r"^(https?://[^\s()]+|[^\s()@]+@[^\s()@]+\.[^\s()@]+)$"
LOOPBACK = r"^http://(127\.0\.0\.1|localhost):\d{1,5}$"
WEBHOOK = r"^(https://[^\s]+|http://(127\.0\.0\.1|localhost):\d{1,5}(/[^\s]*)?)$"
SCHEDULER = r"^(tcp|tls|ucx|ws|wss)://[^\s/]+:\d{1,5}$"
STORE = r"^(file:///|(s3|gs|abfs)://[^/\s]+)[^\s?#]*$"
Address = Annotated[str, Field(pattern=r"^[^\s@<>]+@[^\s@<>]+$")]


class SettingsError(Refusal):
    """A setting that cannot be used, in one sentence."""


def _check_schedule(line: str) -> str:
    """The cron line as it is; a `ValueError` says what is wrong with it."""
    try:
        CronSim(line, datetime.min)
    except CronSimError as error:
        raise ValueError(f"{line!r} is no cron line such as '30 2 * * *' ({str(error).lower()})") from error
    if len(line.split()) != 5:
        raise ValueError(f"{line!r} has not the five fields of a cron line, such as '30 2 * * *'")
    return line


class PerennialRule(BaseModel):
    """Asked in at least `years_needed` of the last `window_years` by at least `bodies_needed` bodies."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    years_needed: int = Field(default=3, ge=1)
    window_years: int = Field(default=5, ge=1)
    bodies_needed: int = Field(default=2, ge=1)


class Mail(BaseModel):
    """Where digests are posted from. The password is in `PERENNIAL_SMTP_PASSWORD` or in `password_file`, never here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str
    sender: str = Field(pattern=r"^[^\s@<>]+@[^\s@<>]+$")
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls"] = "starttls"  # plain SMTP is not offered
    user: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None  # whom to trust besides the machine's own authorities
    seconds: float = Field(default=30, gt=0)  # to wait for the server
    restricted: bool = False  # whether rows of restricted sources may go by mail
    quiet_nights: Literal["send", "skip"] = "skip"  # what to do when nothing changed


class Delivery(BaseModel):
    """How theme leads get their digests."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path | None = None  # one folder a lead below it; None: leads/ in the data folder
    mail: Mail | None = None
    recipients: dict[str, tuple[Annotated[str, Field(pattern=r"^[^\s@<>]+@[^\s@<>]+$")], ...]] = {}  # by theme


class ReviewPage(BaseModel):
    """Who may use `perennial review serve`, and where it answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=8710, ge=0, le=65535)
    names: tuple[str, ...] = ("127.0.0.1", "localhost")  # host names it answers to
    user_header: str | None = Field(
        default=None, pattern=r"^[A-Za-z][A-Za-z0-9-]+$"
    )  # set by a proxy that checks users
    restricted_users: tuple[str, ...] = ()  # who may see restricted rows


class Notify(BaseModel):
    """Whom the service tells when it needs a person, and when it sends its weekly summary."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mail: tuple[Address, ...] = ()  # through the server of `delivery.mail`
    webhook: str | None = Field(default=None, pattern=WEBHOOK)  # gets JSON; a token: PERENNIAL_WEBHOOK_TOKEN
    webhook_ca_file: Path | None = None  # whom to trust besides the usual authorities
    stuck_hours: float = Field(default=12, gt=0)  # a run that holds the data folder for longer is stuck
    summary_day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] | None = "monday"


class Keep(BaseModel):
    """How many days derived files are kept; None: for good. Archive, ledger and inbox are always kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    digest_days: int | None = Field(default=None, ge=7)
    log_days: int | None = Field(default=90, ge=7)


class Settings(BaseModel):
    """Everything a night may be told. Defaults suit one small machine."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path
    sources: tuple[str, ...] | None = None  # what a night without --source reads; None: every publisher and the inbox
    encoder: str | None = None  # a sentence-transformers name or folder; None: the bundled model
    themes: Path | None = None  # a theme registry of your own; None: the bundled one
    perennial: PerennialRule = PerennialRule()
    schedule: Annotated[str, AfterValidator(_check_schedule)] = "30 2 * * *"  # cron, local time
    log_format: Literal["text", "json"] = "text"  # of what serve, server and workers print
    workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)
    dask_scheduler: str | None = Field(default=None, pattern=SCHEDULER)  # reads and embeds on its workers; None: here
    archive_root: str | None = Field(default=None, pattern=STORE)  # archived bytes lie there; None: in the data folder
    parquet_root: str | None = Field(default=None, pattern=STORE)  # what is published is copied there; None: nowhere
    document_seconds: float = Field(default=300, gt=0)  # a document that takes longer is given up
    worker_memory_mb: int = Field(default=4000, ge=500)  # address space of one reading worker
    contact: str | None = Field(default=None, pattern=CONTACT)  # told to every publisher; without it none is asked
    years: int = Field(default=5, ge=1, le=30)  # how far back a first crawl goes
    seconds_between_requests: float = Field(default=2.0, ge=1)  # to one host
    requests_a_night: int = Field(default=5000, ge=1)  # to one host
    largest_megabytes: float = Field(default=60, gt=0)  # of one answer; a larger one is refused
    request_seconds: float = Field(default=300, gt=0)  # for one answer, whole
    replica: str | None = Field(default=None, pattern=LOOPBACK)  # every request goes to this address instead
    replica_speed: float = Field(default=1000, ge=1)  # against a replica, waits are so many times shorter
    delivery: Delivery = Delivery()
    review: ReviewPage = ReviewPage()
    ocr: bool = True  # read pages without a text layer from their picture: seconds a page
    notify: Notify = Notify()
    keep: Keep = Keep()

    def fingerprint(self) -> str:
        """Hash of the settings that can change what is published."""
        return text_hash(self.model_dump_json(include={"encoder", "themes", "perennial", "ocr", "parquet_root"}))


def read_settings(
    data: Path | None = None, environ: Mapping[str, str] | None = None, overrides: Mapping[str, object] | None = None
) -> Settings:
    """Settings, in rising order of authority: defaults, `<data>/settings.yml`, `PERENNIAL_*`, `overrides`, `data`.

    Raises `SettingsError` when the folder is a file or a value cannot be used.
    """
    environ = os.environ if environ is None else environ
    folder = data or Path(environ.get("PERENNIAL_DATA", "data"))
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"--data must be a folder, and {folder} is a file.")
    values = {
        **_read_file(folder / "settings.yml"),
        **_read_environment(environ),
        **(overrides or {}),
        "data": folder.resolve(),
    }
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"The setting {name!r} cannot be used: {first['msg']}.") from error


def set_environment(values: Mapping[str, str]) -> None:
    """Put `values` into this process's environment, for libraries that are configured no other way."""
    os.environ.update(values)


def read_variable(name: str) -> str | None:
    """One variable of this process's environment, for settings that belong to a library."""
    return os.environ.get(name) or None


def library_environment(
    settings: Settings, *, console_level: str = "ERROR", scheduling: bool = False
) -> dict[str, str]:
    """What Prefect and the model libraries must be told before they are imported.

    Nothing leaves the machine: telemetry off, no model hub. `console_level` is what Prefect may print.
    Without `scheduling` the services of Prefect's server that one night has no use for stay off; each
    costs start-up time.
    """
    idle = {f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in IDLE_SERVICES}
    lines = {"PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER": "json"} if settings.log_format == "json" else {}
    return {
        **(_forget_runs(settings.keep) if scheduling else idle),
        **lines,
        "PREFECT_HOME": str(settings.data / "logs" / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": console_level,
        "PREFECT_SERVER_LOGGING_LEVEL": console_level,
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_SERVER_DATABASE_TIMEOUT": "120",  # publishers are asked side by side, and each tells it something
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "true",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",  # the first start makes its database
        "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
        **NO_TELEMETRY,
        "MPLCONFIGDIR": str(settings.data / "logs" / "matplotlib"),  # the account may have no home to write to
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }


def _forget_runs(keep: Keep) -> dict[str, str]:
    """A server that runs for years must forget old runs; left alone, Prefect's forgets events only."""
    if keep.log_days is None:
        return {}
    service = "PREFECT_SERVER_SERVICES_DB_VACUUM"
    return {f"{service}_ENABLED": "true", f"{service}_RETENTION_PERIOD": str(keep.log_days * 24 * 3600)}


def _read_file(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from error
    except yaml.YAMLError as error:
        raise SettingsError(f"{path} is not valid YAML: {str(error).splitlines()[0]}.") from error
    if not isinstance(values, dict):
        raise SettingsError(f"{path} must hold 'name: value' lines.")
    return values


def _read_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """`PERENNIAL_WORKERS=4` sets `workers`."""
    names = {f"PERENNIAL_{name.upper()}": name for name in Settings.model_fields if name != "data"}
    return {names[key]: _read_value(value) for key, value in environ.items() if key in names}


def _read_value(value: str) -> object:
    """The value as YAML, so that lists and numbers work; as it stands where it is none, like the cron line `* * *`."""
    try:
        return yaml.safe_load(value)
    except yaml.YAMLError:
        return value
