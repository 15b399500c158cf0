"""Charts as SVG within the page: drawn by pygal, coloured by our own stylesheet, light and dark.

pygal words its styles and its script into every picture, which the Content-Security-Policy refuses. They are taken
out here; what they would colour has class names, which kefu/static/kefu/figures.css knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as Tree

import pygal
from django.utils.safestring import SafeString, mark_safe
from pygal.style import Style

MOST_BARS = 12
WIDTH = 480
ROOMY = Style(label_font_size=20)  # pygal reckons with Latin letters: as much room as Chinese ones take
SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
GONE = {"style", "script", "defs", "title"}
Value = float | int | None


@dataclass(frozen=True)
class Chart:
    """title: read to whoever does not see it. worded: value -> the words of the axis and of a point. links: the page
    behind each place of the axis."""

    title: str
    labels: Sequence[str]
    series: Mapping[str, Sequence[Value]]
    worded: Callable[[Any], str]
    links: Sequence[str] = ()


def lines(chart: Chart) -> SafeString:
    """Over time: a line for each series, a point for each day."""
    some = len(chart.labels)
    drawn = pygal.Line(
        **_plain(chart, WIDTH, 200), dots_size=3, truncate_label=-1, show_minor_x_labels=False,
        x_labels_major_every=max(1, -(-some // 6)), allow_interruptions=True,
    )  # fmt: skip
    return _drawn(drawn, chart)


def bars(chart: Chart) -> SafeString:
    """Of things that are compared: the first at the top."""
    some = len(chart.labels)
    turned = Chart(
        chart.title, list(reversed(chart.labels)), {n: list(reversed(v)) for n, v in chart.series.items()},
        chart.worded, list(reversed(chart.links)),
    )  # fmt: skip
    return _drawn(
        pygal.HorizontalBar(**_plain(chart, WIDTH, 50 + 26 * max(2, some)), truncate_label=12, style=ROOMY), turned
    )


def _plain(chart: Chart, width: int, height: int) -> dict[str, Any]:
    return {
        "js": (), "css": (), "width": width, "height": height, "show_legend": len(chart.series) > 1,
        "legend_at_bottom": True, "legend_at_bottom_columns": 3, "margin": 12, "max_scale": 6, "min_scale": 2,
        "no_prefix": True, "value_formatter": chart.worded, "classes": ("chart",), "include_x_axis": True,
        "truncate_legend": 14,
    }  # fmt: skip


def _drawn(drawn: Any, chart: Chart) -> SafeString:
    drawn.x_labels = [str(label) for label in chart.labels]
    for name, values in chart.series.items():
        drawn.add(name, [_point(value, chart, n) for n, value in enumerate(values)])
    picture = Tree.fromstring(Tree.tostring(drawn.render_tree()))  # noqa: S314 (it is our own)
    _clean(picture)
    picture.set("role", "group" if any(chart.links) else "img")
    picture.set("aria-label", chart.title)
    Tree.register_namespace("", SVG.strip("{}"))
    return mark_safe(Tree.tostring(picture, encoding="unicode"))  # noqa: S308 (every text in it was escaped by Tree)


def _point(value: Value, chart: Chart, n: int) -> Any:
    if value is None or n >= len(chart.links) or not chart.links[n]:
        return value
    return {"value": value, "xlink": {"href": chart.links[n], "target": "_self"}}


def _clean(node: Any) -> None:
    """Without styles, scripts and comments; what a point is called becomes its title, which a browser shows."""
    for attribute in [name for name in node.attrib if name == "style" or name.startswith("on") or name == "id"]:
        del node.attrib[attribute]
    if LINK in node.attrib:
        node.set("href", node.attrib.pop(LINK))
    within = {d.get("class"): d.text or "" for d in node if _name(d) == "desc"}
    for child in list(node):
        if _name(child) in GONE or _name(child) == "desc" or "tooltip-overlay" in (child.get("class") or ""):
            node.remove(child)
        else:
            _clean(child)
    if within.get("value"):
        title = Tree.SubElement(node, "title")
        title.text = " ".join(w for w in (within.get("x_label"), within["value"]) if w)


def _name(node: Any) -> str:
    return str(node.tag).removeprefix(SVG)
