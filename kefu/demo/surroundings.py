"""What a demo runs in, set before the settings are read: its own folder, and nothing of a real deployment's."""

import os
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / ".data" / "demo"
# A demo never touches the databases, brokers and names that this shell may know.
REAL = ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "SECRET_KEY", "KEFU_STATIC_ROOT", "KEFU_BEHIND_PROXY", "DEBUG")


def settle() -> None:
    for name in REAL:
        os.environ.pop(name, None)
    os.environ.setdefault("KEFU_DATA_DIR", str(FOLDER))
    # The sample shops' own back end listens on this machine.
    os.environ["KEFU_ALLOW_PRIVATE_WEBHOOKS"] = "1"
