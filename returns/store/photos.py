"""A photo is what decodes as one: turned upright, redrawn, and written anew without anything that came with it."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from .limits import MOST_PIXELS, NotKept, broken

logger = logging.getLogger(__name__)

# What we write for what was decoded; a phone's MPO is a JPEG with more frames, of which the first is kept.
WRITTEN = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "WEBP": "WEBP"}
ENDING = {"JPEG": ("jpg", "image/jpeg"), "PNG": ("png", "image/png"), "WEBP": ("webp", "image/webp")}
OPTIONS = {"JPEG": {"quality": 88}, "PNG": {}, "WEBP": {"quality": 88, "method": 4}}
MOST_SIDE = 4096  # pixels that are kept of the longer side
SMALL = 320  # of a thumbnail
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@dataclass(frozen=True)
class Photo:
    """As it is stored: bytes, the ending and type that follow from its decoded format, size, a small JPEG of it."""

    body: bytes
    ending: str
    mime: str
    width: int
    height: int
    small: bytes


def looks_like_one(raw: bytes) -> bool:
    """By the first bytes, which only choose who looks closer."""
    return raw[:3] == b"\xff\xd8\xff" or raw[:8] == b"\x89PNG\r\n\x1a\n" or (raw[:4], raw[8:12]) == (b"RIFF", b"WEBP")


def redrawn(raw: bytes) -> Photo:
    """Raises NotKept. Decoders meet hostile bytes here: whatever goes wrong in them is the file's fault."""
    try:
        image = Image.open(io.BytesIO(raw), formats=("JPEG", "PNG", "WEBP"))
        if image.width * image.height > MOST_PIXELS:
            raise too_many_pixels()
        return _written(_upright(image), WRITTEN[image.format or ""])
    except NotKept:
        raise
    except Image.DecompressionBombError:
        raise too_many_pixels() from None
    except Exception as error:
        logger.info("a photo was not decoded: %s", type(error).__name__)
        raise broken() from None


def too_many_pixels() -> NotKept:
    most = MOST_PIXELS // 10_000
    return NotKept("not-an-image", _("照片的像素太多（最多 %(most)s 万），请缩小后再上传") % {"most": most})


def _upright(image: Image.Image) -> Image.Image:
    """Decoded, turned as its EXIF says, at most MOST_SIDE long, in sRGB; a fresh image that knows nothing of the old.

    Raises whatever a decoder raises.
    """
    profile = image.info.get("icc_profile")
    image.draft("RGB", (MOST_SIDE, MOST_SIDE))  # a large JPEG is decoded at half its size
    image.load()
    try:
        image = ImageOps.exif_transpose(image)
    except Exception:
        logger.info("a photo's EXIF was not read")
    image = _plain(_of_srgb(image, profile))
    image.thumbnail((MOST_SIDE, MOST_SIDE), Image.Resampling.LANCZOS)
    fresh = Image.new(image.mode, image.size)
    fresh.paste(image)
    return fresh


def _of_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """A colour that is argued about is shown as the camera saw it: the profile goes, so its colours are translated."""
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    try:
        found = ImageCms.profileToProfile(image, io.BytesIO(profile), SRGB, outputMode=_mode_of(image))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return found or image


def _mode_of(image: Image.Image) -> str:
    return "RGBA" if image.mode == "RGBA" else "RGB"


def _plain(image: Image.Image) -> Image.Image:
    """One of L, RGB, RGBA."""
    if image.mode in ("L", "RGB", "RGBA"):
        return image
    if image.mode.startswith(("I", "F")):  # 16 bits of grey: the upper 8
        return image.convert("I").point([i // 256 for i in range(65536)], "L")
    alpha = image.mode in ("LA", "PA", "La", "RGBa") or "transparency" in image.info
    return image.convert("RGBA" if alpha else "RGB")


def _written(image: Image.Image, kind: str) -> Photo:
    opaque = image.convert("RGB") if image.mode == "RGBA" and kind == "JPEG" else image
    ending, mime = ENDING[kind]
    return Photo(_bytes(opaque, kind), ending, mime, image.width, image.height, _small(image))


def _bytes(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **OPTIONS[kind])
    return out.getvalue()


def _small(image: Image.Image) -> bytes:
    """On white where it is see-through."""
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    ground.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    return _bytes(ground, "JPEG")
