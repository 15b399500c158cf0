"""A shop whose day the guides tell, and a camera: KEFU_PICTURES=1 writes what it sees into docs/pictures."""

import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from PIL import Image

from flows import engine
from flows.table import Who
from returns import applications
from returns.page import links
from tests.admin.return_scenes import Scenes, fresh
from tests.admin.scenes import NAMES
from tests.browsers import Console, fits
from tests.returns.warehouse.scenes import Warehouse

FOLDER = Path(django_settings.BASE_DIR) / "docs" / "pictures"
WRITES = bool(os.environ.get("KEFU_PICTURES"))
SIZES = {"desk": (1280, 860), "phone": (390, 844)}
COLOURS = 96  # of a picture: enough for a page, a third of the bytes


@pytest.fixture(autouse=True)
def deployment(settings, tmp_path):
    settings.MEDIA_ROOT, settings.PUBLIC_URL = tmp_path, "https://kefu.example.com"


@pytest.fixture
def desk(transactional_db):
    found = Warehouse(code="chenguang")
    for role, user in found.people.items():
        user.username = NAMES[role]
        user.save(update_fields=["username"])
    found.products()
    return found


class Days(Scenes):
    """Orders that left five days ago and were signed for two and a half days ago; customers who ask since."""

    def signed(self, minutes=60 * 24 * 6, **order):
        left = self.desk.now - timedelta(days=5)
        order = self.desk.order("packed", minutes=minutes, **order)
        parcel = {"carrier": "顺丰", "tracking_number": f"SF{order.pk:010d}", "lines": []}
        order = self.desk.take(order, "ship", "warehouse", at=left, parcels=[parcel])
        self.desk.hear(order, "sign", self.desk.now - timedelta(hours=60))
        return fresh(order)

    def asks(self, hours=0, order=None, **told):
        """The customer asks, so many hours ago, for one piece of the first line where nothing else is said."""
        asked = {"kind": "return_refund", "reason": "quality", "lines": [{"line": "1", "quantity": 1}], **told}
        moment = self.desk.now - timedelta(hours=hours)
        return applications.start(
            order or self.signed(), asked, who=Who.SHOP, by="hook:native", at=moment, opened_by="hook"
        )

    def outside(self, subject, step, who=Who.SHOP, **inputs):
        """What the shop's back end or the platform says."""
        return engine.take(subject, step, who=who, by="hook:native", at=timezone.now(), inputs=inputs)


@pytest.fixture
def scenes(desk):
    return Days(desk)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The browser's own words in Chinese too."""
    return {**browser_type_launch_args, "env": {**os.environ, "LANGUAGE": "zh_CN"}}


@pytest.fixture
def opens(live_server, browser):
    """opens(size): a browser's page in light mode that fails on any error of the console or the policy."""
    opened, console = [], Console("status of 40")

    def opens(size):
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="light", base_url=live_server.url,
            locale="zh-CN", has_touch=size == "phone", reduced_motion="reduce",
        )  # fmt: skip
        opened.append(context)
        page = context.new_page()
        console.listens(page)
        return page

    yield opens
    for context in opened:
        context.close()
    assert console.complaints == []


@pytest.fixture
def sit(desk, opens):
    def sit(role, size="desk", at="/admin/"):
        page = opens(size)
        page.goto(f"/admin/login/?next={at}")
        page.get_by_label("用户名").fill(desk.people[role].get_username())
        page.get_by_label("密码").fill("secret")
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"**{at}")
        return page

    return sit


@pytest.fixture
def visits(desk, opens):
    """The customer with the link of this return, on a phone."""

    def visits(ret):
        page = opens("phone")
        page.goto(f"/c/{links.token_of(ret, desk.now)}/")
        return page

    return visits


@pytest.fixture
def shows():
    """shows(page, name): the page stands as the guide shows it. `part` of it, or the `whole`; at `most` so high."""

    def shows(page, name, part="", whole=False, most=1400):
        page.evaluate("document.activeElement && document.activeElement.blur(); window.scrollTo(0, 0)")
        fits(page)
        if not WRITES:
            return
        box = page.locator(part).first.bounding_box() if part else None
        raw = page.screenshot(full_page=whole or bool(part), **({"clip": box} if box else {}))
        picture = Image.open(io.BytesIO(raw)).convert("RGB")
        picture = picture.crop((0, 0, picture.width, min(picture.height, most)))
        picture.quantize(COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)

    return shows
