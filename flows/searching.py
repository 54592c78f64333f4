"""`perennial search` and the theme counts: questions to the published warehouse that need the model or the settings."""

from flows.vectors import load_encoder
from pipeline.settings import Settings
from pipeline.workspace import Workspace
from warehouse import search
from warehouse.summary import summarise


def search_warehouse(
    settings: Settings, words: str, *, scope: str, theme: str | None, source: str | None, limit: int
) -> list[search.Hit]:
    """The best passages or recommendations for `words`, by keywords and by meaning, best first."""
    [vector] = load_encoder(settings).encode([words])
    warehouse = Workspace(settings.data).warehouse
    return search.search(warehouse, words, vector, scope=scope, theme=theme, source=source, limit=limit)


def count_themes(settings: Settings) -> dict[str, int]:
    """Recommendations by theme in the published warehouse; empty before the first night."""
    warehouse = Workspace(settings.data).warehouse
    if not warehouse.exists():
        return {}
    return {theme.theme: theme.recommendations for theme in summarise(warehouse).themes}
