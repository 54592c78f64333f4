"""The command line as it runs some days from now: `python -m tests.bench.later DAYS run --data FOLDER`.

A service's next night is another day's: what leads were told of last night is no news to them any more.
"""

import sys
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from flows import order


def main() -> None:
    """Run `perennial` with the arguments after the first, its nights so many days on."""
    later, plan = timedelta(days=int(sys.argv.pop(1))), order.plan_night

    def plan_later(*order_of: Any) -> order.Order:
        return plan(*(one + later if isinstance(one, datetime) else one for one in order_of))

    with patch.object(order, "plan_night", plan_later):
        from flows.cli import main as run  # whoever imports it now gets the other one

        run()


if __name__ == "__main__":
    main()
