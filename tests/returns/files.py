"""Files as people and others give them: good photos, and everything that is none. No real person stands in them."""

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

SECRET = b"GPSSECRET-30.2741N-120.1551E"


def image(kind="JPEG", size=(64, 48), mode="RGB", colour=None, **options):
    out = io.BytesIO()
    Image.new(mode, size, colour if colour is not None else ((200, 30, 30) if mode == "RGB" else None)).save(
        out, kind, **options
    )
    return out.getvalue()


def with_gps(size=(80, 60), orientation=6):
    """As a phone writes it: turned on its side, with where it was taken and by whom."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "KefuPhone"
    exif[0x013B] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (30.0, 16.0, 26.76)
    return image(size=size, exif=exif, comment=SECRET)


def polyglot():
    """A PNG that a browser which sniffs would run as a page."""
    return image("PNG") + b"<html><script>alert(1)</script></html>"


def hidden_in_a_chunk():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", "<script>alert(1)</script>" + SECRET.decode())
    return image("PNG", pnginfo=info)


def archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("a.txt", "a")
    return out.getvalue()


def bomb():
    """Few bytes that claim 400 million pixels."""
    return image("PNG", size=(20000, 20000), mode="1")


MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00" * 64
MOV = b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  " + b"\x00" * 64
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + b"\x00" * 64
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64
AVIF = b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1" + b"\x00" * 64
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

NO_PHOTO = {
    "empty": b"",
    "truncated": image(size=(400, 300))[:700],
    "truncated png": image("PNG", size=(400, 300))[:60],
    "text": b"this is a photo, honestly",
    "svg": SVG,
    "html": b"<!doctype html><script>alert(1)</script>",
    "pdf": PDF,
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
    "fits": b"SIMPLE  =                    T".ljust(2880),
    "heic": HEIC,
    "avif": AVIF,
    "zip": archive(),
    "gif": image("GIF"),
    "bmp": image("BMP"),
    "tiff": image("TIFF"),
    "a jpeg's first bytes": b"\xff\xd8\xff\xe0" + b"\x00" * 200,
    "a webp's first bytes": b"RIFF\x10\x00\x00\x00WEBPVP8 " + b"\x00" * 200,
    "mp4": MP4,
    "a page that says it is a pdf": b"<html>%PDF-1.7 %%EOF</html>",
}


def upload(body, name="IMG_0001.jpg", kind="image/jpeg"):
    return SimpleUploadedFile(name, body, kind)
