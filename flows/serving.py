"""`perennial serve`: one process that runs the night on its schedule, on Prefect's own server."""

from flows.nightly import night
from pipeline.settings import Settings


def serve_nightly(settings: Settings) -> None:
    """Serve the nightly deployment until stopped."""
    night.serve(
        name="nightly",
        cron=settings.schedule,
        parameters={"data": str(settings.data)},
        limit=1,
        description="One night: from discovery to digests.",
        tags=["perennial"],
    )
