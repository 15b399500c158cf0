"""Photos of nothing: a coloured thing on a table, small, different for each name."""

from __future__ import annotations

from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

SIZE = (360, 270)


def photo(name: str) -> bytes:
    """A JPEG. The same name, the same picture."""
    rng = Random(f"photo:{name}")  # noqa: S311 (dice, no secret)
    image = Image.new("RGB", SIZE, _colour(rng, 190, 235))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 190, *SIZE), fill=_colour(rng, 130, 170))
    left, top = rng.randint(50, 110), rng.randint(40, 80)
    right, bottom = left + rng.randint(130, 200), top + rng.randint(110, 160)
    draw.rounded_rectangle((left, top, right, bottom), 18, fill=_colour(rng, 60, 200), outline=(60, 60, 60), width=3)
    x, y = rng.randint(left + 20, right - 50), rng.randint(top + 20, bottom - 40)
    draw.line((x, y, x + 14, y + 12, x + 22, y + 4, x + 40, y + 22), fill=(30, 20, 20), width=4)  # the fault
    draw.ellipse((x - 16, y - 18, x + 58, y + 42), outline=(210, 40, 40), width=4)
    raw = BytesIO()
    image.save(raw, "JPEG", quality=80)
    return raw.getvalue()


def _colour(rng: Random, low: int, high: int) -> tuple[int, int, int]:
    return rng.randint(low, high), rng.randint(low, high), rng.randint(low, high)
