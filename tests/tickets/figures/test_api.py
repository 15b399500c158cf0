"""/api/v1/reports/: the same numbers as on the pages, in the caller's own reach."""

import json
from datetime import timedelta

import jsonschema
import pytest
from django.test import Client

from tests.api.callers import Api, is_problem
from tests.factories import make_key, make_shop
from tests.tickets.figures.scenes import agent, week
from tickets.figures.figure import FIGURES


@pytest.fixture
def api(hands):
    return Api(make_key(hands.shop, roles=("lead",))[1])


def fits(told, path):
    """What the answer breaks of its own schema."""
    schema = json.loads(Client().get("/api/schema/").content)
    answer = schema["paths"][f"/api/v1{path}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    return list(
        jsonschema.Draft202012Validator({**answer, "components": schema["components"]}).iter_errors(told)
    )  # fmt: skip


def test_the_list_names_every_figure_with_its_definition(api):
    told = api.get("/reports/").data
    assert {f["name"] for f in told["results"]} == set(FIGURES)
    assert all(f["definition"] and f["label"] for f in told["results"])
    assert fits(told, "/reports/") == []


def test_a_figure_by_agent_and_day_with_its_age(hands, api):
    week(hands, days=2)
    told = api.get("/reports/first_answer/?by=agent,day&from=2026-11-17&to=2026-11-18").data
    assert fits(told, "/reports/{figure}/") == []
    assert told["counted_at"].startswith("2026-11-18T04:00:00")
    assert told["stale_days"] == 0
    assert [(c["by"]["agent"], c["by"]["day"], c["value"], c["top"], c["bottom"]) for c in told["cells"]] == [
        ("amy", "2026-11-17", 24.5, 49, 2), ("amy", "2026-11-18", 24.0, 48, 2),
        ("bob", "2026-11-17", 17.0, 17, 1), ("bob", "2026-11-18", 14.0, 14, 1),
    ]  # fmt: skip


def test_every_figure_answers_by_each_of_its_dimensions(hands, api):
    week(hands, days=2)
    for figure in FIGURES.values():
        for dimension in figure.dimensions:
            told = api.get(f"/reports/{figure.name}/?by={dimension}")
            assert told.status_code == 200, (figure.name, dimension)
            assert fits(told.data, "/reports/{figure}/") == []


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("by=carrier", "by"), ("by=nothing", "by"), ("by=day,day", "by"), ("by=", "by"), ("from=2026-13-01", "from"),
        ("from=2026-11-05&to=2026-11-01", "from"), ("from=1999-01-01", "from"), ("to=tomorrow", "to"),
        ("carrier=SF", "carrier"), ("agent=", "agent"), ("from=2026-11-01&from=2026-11-02", "from"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_named(api, query, parameter):
    told = is_problem(api.get(f"/reports/first_answer/?{query}"), 400, "validation")
    assert told["errors"][0]["parameter"] == parameter


def test_an_unknown_parameter_and_an_unknown_figure_are_refused(api):
    is_problem(api.get("/reports/first_answer/?colour=red"), 400, "validation")
    is_problem(api.get("/reports/nothing/"), 404)
    is_problem(api.get("/reports/first_answer/?shop=nowhere"), 404)


def test_nobody_reads_another_shops_numbers(hands):
    week(hands, days=2)
    other = make_shop("theirs")
    theirs = Api(make_key(other, roles=("lead", "shop"))[1])
    assert theirs.get("/reports/tickets/?by=agent").data["cells"] == []
    is_problem(theirs.get(f"/reports/tickets/?shop={hands.shop.code}"), 404)
    both = Api(make_key(other, hands.shop, roles=("lead",))[1])
    assert {c["by"]["shop"] for c in both.get("/reports/tickets/?by=shop").data["cells"]} == {hands.shop.code}


def test_an_agents_session_reads_their_own_numbers_alone(hands):
    week(hands, days=2)
    client = Client(headers={"content-type": "application/json"})
    client.force_login(agent(hands, "bob"))
    told = client.get("/api/v1/reports/first_answer/?by=agent").json()
    assert {c["by"]["agent"] for c in told["cells"]} == {"bob"}
    assert client.get("/api/v1/reports/first_answer/?by=agent&agent=amy").json()["cells"] == []
    is_problem(client.get("/api/v1/reports/refunded/"), 404)
    assert "refunded" not in {f["name"] for f in client.get("/api/v1/reports/").json()["results"]}


def test_who_neither_leads_nor_answers_reads_nothing(hands):
    week(hands, days=2)
    warehouse = Api(make_key(hands.shop, roles=("warehouse",))[1])
    assert warehouse.get("/reports/").data == {"results": []}
    is_problem(warehouse.get("/reports/tickets/"), 404)


def test_more_cells_than_anybody_reads_are_refused(hands, api, monkeypatch):
    week(hands, days=2)
    monkeypatch.setattr("tickets.figures.api.MOST_CELLS", 1)
    is_problem(api.get("/reports/first_answer/?by=agent"), 413, "too-large")


def test_one_number_takes_few_statements(hands, api, django_assert_max_num_queries):
    week(hands, days=2)
    first = (hands.t0 - timedelta(days=300)).date()
    with django_assert_max_num_queries(9):
        api.get(f"/reports/cost_per_ticket/?by=week,shop&from={first}")
